import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { startRun } from '../../strings/start-run.ts';
import { JsonInput } from './json-input.tsx';
import type { Agent, Draft, Source } from './order-request.ts';
import { beginningOf } from './schema-fields.ts';

interface SourceFormProps {
  readonly agents: readonly Agent[];
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly problems: ReadonlyMap<string, string>;
}

const sources = ['playbook', 'goal', 'plan'] as const satisfies readonly Source[];
const { source: words, agent: agentWords, goal: goalWords, plan: planWords } = startRun;

/** Which agent, and where its plan comes from. */
export function SourceForm({ agents, draft, onChange, problems }: SourceFormProps): ReactElement {
  const { agent, source, playbook, goal, plan } = draft;
  const agentOptions = agents.map(({ name, description }) => ({ value: name, label: name, description }));
  return (
    <SpaceBetween size="m">
      <FormField label={agentWords.label}>
        <Select
          selectedOption={agentOptions.find(({ value }) => value === agent?.name) ?? null}
          options={agentOptions}
          placeholder={agentWords.choose}
          empty={startRun.noAgents}
          filteringType="auto"
          onChange={({ detail }) => onChange(choiceOfAgent(agents, detail.selectedOption.value))}
        />
      </FormField>
      <FormField label={words.label}>
        <SegmentedControl
          label={words.label}
          selectedId={source}
          options={sources.map((id) => ({ id, text: words[id] }))}
          onChange={({ detail }) => onChange({ source: sources.find((id) => id === detail.selectedId) ?? 'playbook' })}
        />
      </FormField>
      {source === 'playbook' && agent && <PlaybookSelect {...{ agent, playbook, onChange }} />}
      {source === 'plan' && (
        <FormField label={planWords.label} description={planWords.description} errorText={problems.get('plan')} stretch>
          <JsonInput
            value={plan}
            onChange={(changed) => onChange({ plan: changed })}
            label={planWords.label}
            rows={14}
          />
        </FormField>
      )}
      <FormField
        label={source === 'goal' ? goalWords.label : goalWords.optional}
        description={goalWords.description}
        errorText={problems.get('goal')}
        stretch
      >
        <Textarea value={goal} rows={2} onChange={({ detail }) => onChange({ goal: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}

function PlaybookSelect({
  agent,
  playbook,
  onChange,
}: {
  readonly agent: Agent;
  readonly playbook: string | undefined;
  readonly onChange: (change: Partial<Draft>) => void;
}): ReactElement {
  const options = agent.playbooks.map(({ name, description, kind }) => ({
    ...{ value: name, label: name, description, labelTag: words.ofKind[kind] },
  }));
  return (
    <FormField label={words.playbookLabel}>
      <Select
        selectedOption={options.find(({ value }) => value === playbook) ?? null}
        options={options}
        placeholder={words.choosePlaybook}
        empty={words.noPlaybooks}
        onChange={({ detail }) => onChange(choiceOfPlaybook(agent, detail.selectedOption.value))}
      />
    </FormField>
  );
}

/** An agent with its only playbook, if it has just one. */
function choiceOfAgent(agents: readonly Agent[], name: string | undefined): Partial<Draft> {
  const agent = agents.find((known) => known.name === name);
  if (!agent) return {};
  const [only, ...others] = agent.playbooks;
  if (!only) return { agent, source: 'goal', playbook: undefined, input: undefined };
  return { agent, source: 'playbook', ...choiceOfPlaybook(agent, others.length === 0 ? only.name : undefined) };
}

function choiceOfPlaybook({ playbooks }: Agent, name: string | undefined): Partial<Draft> {
  const playbook = playbooks.find((known) => known.name === name);
  return { playbook: playbook?.name, input: playbook && beginningOf(playbook.input) };
}
