import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import type { RunPage } from '../../../core/contract/api.ts';
import { Moment } from '../../format/moment.tsx';
import { RunStatusMark } from '../../format/status.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { runs } from '../../strings/runs.ts';

type Run = RunPage['items'][number];
const { columns } = runs;

export const runColumns: readonly TableProps.ColumnDefinition<Run>[] = [
  {
    id: 'goal',
    header: columns.goal,
    isRowHeader: true,
    width: 330,
    minWidth: 220,
    cell: ({ runId, goal }) => (
      <PageLink to={`/runs/${runId}`}>{goal === undefined || goal === '' ? runs.noGoal : goal}</PageLink>
    ),
  },
  { id: 'status', header: columns.status, width: 190, cell: ({ status }) => <RunStatusMark status={status} /> },
  { id: 'agent', header: columns.agent, width: 170, cell: ({ agent }) => agent },
  { id: 'created', header: columns.created, width: 200, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    id: 'runId',
    header: columns.runId,
    width: 300,
    cell: ({ runId }) => (
      <Box variant="code" fontSize="body-s">
        {runId}
      </Box>
    ),
  },
];
