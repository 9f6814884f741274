import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { RunView, TraceEvent } from '../../../core/contract/api.ts';
import { LazyPlanGraph } from '../../plan/lazy-plan-graph.tsx';
import { planAt } from '../../plan/plan-at.ts';
import type { Revision } from '../../plan/plan-at.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { runPage } from '../../strings/run.ts';
import { revisionOptions } from './revision-options.ts';
import { StepDetail } from './step-detail.tsx';
import { stepStates } from './step-states.ts';
import { StepsTable } from './steps-table.tsx';

interface PlanTabProps {
  readonly run: RunView;
  readonly revisions: readonly Revision[];
  readonly events: readonly TraceEvent[];
}

const { plan: words } = runPage;
/** A larger plan is read more easily as a table; the graph is one press away. */
const mostStepsAsGraph = 400;

/** The plan as it is, or as it was after an earlier revision, with what has become of its steps. */
export function PlanTab({ run, revisions, events }: PlanTabProps): ReactElement {
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<number>();
  const [form, setForm] = useState<'graph' | 'table'>();
  const newest = revisions.at(-1)?.revision ?? 0;
  const at = chosen ?? newest;
  if (newest === 0) return <NothingHere title={words.none}>{words.noneText}</NothingHere>;
  const steps = stepStates(planAt(revisions, at), run, events);
  const selectedId = search.get('step') ?? undefined;
  const selected = steps.find(({ id }) => id === selectedId);
  const shown = form ?? (steps.length > mostStepsAsGraph ? 'table' : 'graph');
  const select = (id: string | undefined): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (id === undefined) next.delete('step');
        else next.set('step', id);
        return next;
      },
      { replace: true },
    );
  const options = revisionOptions(revisions);
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="m" alignItems="end">
        <FormField label={words.revision}>
          <div style={{ inlineSize: '24rem', maxInlineSize: '80vw' }}>
            <Select
              selectedOption={options.find(({ value }) => value === String(at)) ?? null}
              options={options}
              filteringType="auto"
              virtualScroll
              onChange={({ detail }) => {
                const wanted = Number(detail.selectedOption.value);
                // Whoever looks at the newest one goes along with the run.
                setChosen(wanted === newest ? undefined : wanted);
              }}
            />
          </div>
        </FormField>
        <FormField label={words.view}>
          <SegmentedControl
            label={words.view}
            selectedId={shown}
            options={[
              { id: 'graph', text: words.graph, iconName: 'share' },
              { id: 'table', text: words.table, iconName: 'view-full' },
            ]}
            onChange={({ detail }) => setForm(detail.selectedId === 'table' ? 'table' : 'graph')}
          />
        </FormField>
      </SpaceBetween>
      {shown === 'table' ? (
        <StepsTable steps={steps} selectedId={selectedId} onSelect={select} />
      ) : (
        <LazyPlanGraph
          key={at}
          steps={steps.map(({ id, step, since, status }) => ({
            ...{ id, status, after: step.after, optional: step.optional, group: since },
            action: `${step.skill}/${step.action}`,
          }))}
          selectedId={selectedId}
          onSelect={select}
        />
      )}
      {selected ? (
        <StepDetail key={selected.id} step={selected} run={run} events={events} onClose={() => select(undefined)} />
      ) : (
        <Container>
          <NothingHere title={words.choose} />
        </Container>
      )}
    </SpaceBetween>
  );
}
