import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { RunPreview } from '../../../core/contract/api.ts';
import { LazyPlanGraph } from '../../plan/lazy-plan-graph.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { plan as planWords } from '../../strings/plan.ts';
import { startRun } from '../../strings/start-run.ts';

type Step = NonNullable<RunPreview['plan']>['steps'][number];

const { columns, effects } = planWords;
const { preview: words } = startRun;

const stepColumns: readonly TableProps.ColumnDefinition<Step>[] = [
  { id: 'id', header: columns.id, isRowHeader: true, cell: ({ id }) => id },
  { id: 'action', header: columns.action, cell: ({ skill, action }) => `${skill}/${action}` },
  {
    id: 'effect',
    header: columns.effect,
    cell: ({ effectClass }) => (effectClass === undefined ? '' : effects[effectClass]),
  },
  { id: 'after', header: columns.after, cell: ({ after }) => after.join(', ') },
  { id: 'why', header: columns.why, cell: ({ why }) => why },
];

/** What a run would begin with. */
export function PlanPreview({
  preview,
  isStale,
}: {
  readonly preview: RunPreview | undefined;
  readonly isStale: boolean;
}): ReactElement {
  if (preview === undefined) return <NothingHere title={words.none}>{words.noneText}</NothingHere>;
  const { plan } = preview;
  return (
    <SpaceBetween size="m">
      {isStale && <Alert type="info">{words.stale}</Alert>}
      {plan === undefined ? (
        <Box>{words.model}</Box>
      ) : (
        <>
          {!plan.final && <Alert type="info">{words.more}</Alert>}
          <LazyPlanGraph
            steps={plan.steps.map(({ id, skill, action, after, optional }) => ({
              ...{ id, action: `${skill}/${action}`, after, optional, group: 1, status: undefined },
            }))}
          />
          <Table
            variant="embedded"
            trackBy="id"
            items={plan.steps}
            columnDefinitions={stepColumns}
            wrapLines
            ariaLabels={{ tableLabel: planWords.steps }}
            empty={<NothingHere title={planWords.noSteps} />}
          />
        </>
      )}
    </SpaceBetween>
  );
}
