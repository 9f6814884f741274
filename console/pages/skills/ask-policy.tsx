import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Explanation } from '../../../core/contract/api.ts';
import type { GrantsPage } from '../../../core/contract/grants-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { blankValue } from '../../forms/blank-value.ts';
import { JsonField } from '../../forms/json-field.tsx';
import { readJson } from '../../forms/written-json.ts';
import { plainJson } from '../../format/plain-json.ts';
import { useApi } from '../../session/session-context.ts';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { asking } from '../../strings/grants.ts';
import { Verdict } from './verdict.tsx';

interface AskPolicyProps {
  readonly agents: GrantsPage['items'];
  /** What somebody comes with from the matrix. */
  readonly agent: string | undefined;
  readonly action: string | undefined;
}

/** Asks the policies about a use with some arguments; nothing is run. */
export function AskPolicy({ agents, ...given }: AskPolicyProps): ReactElement {
  const api = useApi();
  const [agent, setAgent] = useState(given.agent);
  const [action, setAction] = useState(given.action);
  const { text, setText, fillIn } = useArguments(given.action);
  const [isChecked, setChecked] = useState(false);
  const [answer, setAnswer] = useState<Explanation>();
  const written = readJson(text, undefined);
  const order = useOrder(async () => {
    if (agent === undefined || action === undefined || written.state === 'bad') return;
    const [skill = '', name = ''] = action.split('/');
    setAnswer(await api.post('/v1/policy/explain', {}, { agent, skill, action: name, input: written.value }));
  });
  const actions = agents[0]?.actions.map(({ skill, action: name }) => `${skill}/${name}`) ?? [];
  const mend = <Value,>(set: (value: Value) => void) => {
    return (value: Value): void => {
      setAnswer(undefined);
      set(value);
    };
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header description={asking.text}>{asking.title}</Header>}>
        <SpaceBetween size="m">
          <Choice label={asking.agent} names={agents.map((one) => one.agent)} value={agent} onChange={mend(setAgent)} />
          <Choice
            label={asking.action}
            names={actions}
            value={action}
            onChange={mend((next) => {
              setAction(next);
              void fillIn(next);
            })}
          />
          <JsonField
            label={asking.arguments}
            text={text}
            problems={written.state === 'bad' ? written.problems : []}
            onChange={mend(setText)}
          />
          {isChecked && (agent === undefined || action === undefined) && (
            <Box color="text-status-error">
              <span role="alert">{asking.chooseBoth}</span>
            </Box>
          )}
          <Button
            variant="primary"
            loading={order.isUnderway}
            onClick={() => {
              setChecked(true);
              void order.give();
            }}
          >
            {asking.ask}
          </Button>
          <FailureNotice error={order.error} onDismiss={order.forgetError} />
        </SpaceBetween>
      </Container>
      <div aria-live="polite">{answer !== undefined && <Verdict answer={answer} />}</div>
    </SpaceBetween>
  );
}

interface WrittenArguments {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Puts the names of an action's arguments there, unless somebody has written something. */
  readonly fillIn: (action: string | undefined) => Promise<void>;
}

const empty = '{}';

function useArguments(first: string | undefined): WrittenArguments {
  const api = useApi();
  const [text, setText] = useState(empty);
  const [filledIn, setFilledIn] = useState(empty);
  const fillIn = async (action: string | undefined): Promise<void> => {
    if (action === undefined || text !== filledIn) return;
    const [skillId = '', name = ''] = action.split('/');
    // Only a help for whoever writes: where the skill cannot be had, the question can be asked all the same.
    const skill = await api.get('/v1/skills/{skillId}', { skillId }).catch(() => undefined);
    const input = skill?.actions.find((one) => one.name === name)?.input;
    const blank = input === undefined ? empty : plainJson(blankValue(input));
    setFilledIn(blank);
    setText((now) => (now === text ? blank : now));
  };
  const fillInFirst = useEffectEvent(() => void fillIn(first));
  useEffect(() => fillInFirst(), []);
  return { text, setText, fillIn };
}

interface ChoiceProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function Choice({ label, names, value, onChange }: ChoiceProps): ReactElement {
  return (
    <FormField label={label}>
      <Select
        options={names.map((name) => ({ value: name, label: name }))}
        selectedOption={value === undefined ? null : { value, label: value }}
        placeholder={asking.choose}
        filteringType={names.length > 10 ? 'auto' : 'none'}
        onChange={({ detail }) => onChange(detail.selectedOption.value)}
      />
    </FormField>
  );
}
