import Button from '@cloudscape-design/components/button';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { useAnswer } from '../../api/use-answer.ts';
import { useApi } from '../../session/session-context.ts';
import { runs } from '../../strings/runs.ts';
import { runStatusTexts } from '../../strings/statuses.ts';
import { allStatuses } from './filters.ts';
import type { RunsFilter } from './read-runs.ts';
import { runIdIn } from './read-runs.ts';

interface RunsFiltersProps {
  readonly filter: RunsFilter;
  readonly onFilter: (change: Partial<RunsFilter>) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
}

const { filters } = runs;
const anyAgent = { value: '', label: filters.agent };
const statusOptions = allStatuses.map((value) => ({ value, label: runStatusTexts[value] }));

export function RunsFilters({ filter, onFilter, text, onText }: RunsFiltersProps): ReactElement {
  const api = useApi();
  const navigate = useNavigate();
  const agents = useAnswer('agents', (signal) => api.get('/v1/agents', {}, { signal }));
  const names = agents.state === 'loaded' ? agents.value.items.map(({ name }) => name) : [];
  // An agent of the address that is no longer there has runs all the same.
  const known = [...new Set([...names, ...(filter.agent === undefined ? [] : [filter.agent])])];
  const agentOptions = [anyAgent, ...known.map((name) => ({ value: name, label: name }))];
  const runId = runIdIn(text);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <div style={{ inlineSize: '22rem', maxInlineSize: '80vw' }}>
        <TextFilter
          filteringText={text}
          filteringPlaceholder={filters.text}
          filteringAriaLabel={filters.text}
          onChange={({ detail }) => onText(detail.filteringText)}
        />
      </div>
      {runId !== undefined && (
        <Button iconName="external" onClick={() => void navigate(`/runs/${runId}`)}>
          {filters.open}
        </Button>
      )}
      <div style={{ inlineSize: '14rem' }}>
        <Multiselect
          selectedOptions={statusOptions.filter(({ value }) => filter.statuses.includes(value))}
          options={statusOptions}
          placeholder={filters.status}
          ariaLabel={filters.statusLabel}
          deselectAriaLabel={({ label }) => `${filters.statusDeselect} ${label ?? ''}`}
          inlineTokens
          onChange={({ detail }) => {
            const chosen = new Set(detail.selectedOptions.map(({ value }) => value));
            onFilter({ statuses: allStatuses.filter((status) => chosen.has(status)) });
          }}
        />
      </div>
      <div style={{ inlineSize: '14rem' }}>
        <Select
          selectedOption={agentOptions.find(({ value }) => value === (filter.agent ?? '')) ?? anyAgent}
          options={agentOptions}
          ariaLabel={filters.agentLabel}
          onChange={({ detail }) => onFilter({ agent: detail.selectedOption.value || undefined })}
        />
      </div>
    </SpaceBetween>
  );
}
