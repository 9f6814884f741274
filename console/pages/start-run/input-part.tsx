import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { startRun } from '../../strings/start-run.ts';
import { InputForm } from './input-form.tsx';
import { JsonInput } from './json-input.tsx';
import type { Draft } from './order-request.ts';
import { fieldOf } from './schema-fields.ts';

const { input: words } = startRun;

interface InputPartProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly problems: ReadonlyMap<string, string>;
}

/** Asks for the input: by a form where there is a schema, as JSON where somebody likes that better or where there is none. */
export function InputPart({ draft, onChange, problems }: InputPartProps): ReactElement | null {
  const [asJson, setAsJson] = useState(false);
  const { agent, source, playbook: name, input } = draft;
  const playbook = source === 'playbook' ? agent?.playbooks.find((known) => known.name === name) : undefined;
  if (agent === undefined || (source === 'playbook' && !playbook)) return null;
  const field = playbook ? fieldOf(playbook.input) : ({ kind: 'json' } as const);
  const isForm = field.kind !== 'json' && !asJson;
  const change = (changed: Draft['input']): void => onChange({ input: changed });
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            field.kind === 'json' ? undefined : (
              <Toggle checked={asJson} onChange={({ detail }) => setAsJson(detail.checked)}>
                {words.asJson}
              </Toggle>
            )
          }
        >
          {words.header}
        </Header>
      }
    >
      {isForm && field.kind === 'group' && field.members.length === 0 ? <Box>{words.none}</Box> : null}
      {isForm ? (
        <InputForm
          key={`${agent.name} ${name}`}
          {...{ field, problems, value: input, onChange: change, path: 'input', label: words.header }}
        />
      ) : (
        <JsonInput key={`${agent.name} ${name}`} value={input} onChange={change} label={words.json} rows={12} />
      )}
    </Container>
  );
}
