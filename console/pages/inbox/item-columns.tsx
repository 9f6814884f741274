import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { Moment } from '../../format/moment.tsx';
import { plainText } from '../../format/plain-json.ts';
import { agoText } from '../../format/time.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { inbox } from '../../strings/inbox.ts';
import { holderOf } from './items.ts';
import { KindMark } from './kind-mark.tsx';

type Column = TableProps.ColumnDefinition<EscalationView>;

const { columns } = inbox;

/** @param isSettled whether the items shown are, so that who has settled them matters and not who is asked */
export function itemColumns(isSettled: boolean): readonly Column[] {
  return [
    {
      id: 'item',
      header: columns.item,
      isRowHeader: true,
      minWidth: 200,
      cell: (one) => (
        <>
          <KindMark kind={one.kind} /> <PageLink to={`/inbox/${one.escalationId}`}>{one.stepId ?? one.agent}</PageLink>
          <Box variant="small" display="block">
            {one.agent}
          </Box>
        </>
      ),
    },
    { id: 'reason', header: columns.reason, minWidth: 280, cell: ({ reason }) => plainText(shortened(reason)) },
    {
      id: 'run',
      header: columns.run,
      minWidth: 110,
      cell: ({ runId }) => <PageLink to={`/runs/${runId}`}>{`…${runId.slice(-6)}`}</PageLink>,
    },
    {
      id: 'opened',
      header: columns.opened,
      minWidth: 170,
      cell: ({ openedAt }) => (
        <>
          {agoText(openedAt, Date.now())}
          <Box variant="small" display="block">
            <Moment at={openedAt} />
          </Box>
        </>
      ),
    },
    isSettled ? { id: 'settled', header: columns.settled, cell: settledCell } : whoColumn,
  ];
}

const whoColumn: Column = {
  id: 'who',
  header: columns.who,
  minWidth: 150,
  cell: (one) => {
    const holder = holderOf(one, Date.now());
    const { assignedTo } = one;
    if (holder === undefined && assignedTo === undefined) return inbox.nobody;
    return (
      <>
        {holder !== undefined && <div>{inbox.heldBy(holder)}</div>}
        {assignedTo !== undefined && <div>{inbox.asked(assignedTo)}</div>}
      </>
    );
  },
};

function settledCell({ settled }: EscalationView): ReactElement {
  if (settled === undefined) return <>–</>;
  return (
    <>
      {plainText(shortened(settled.reason))}
      <Box variant="small" display="block">
        {inbox.by(settled.by)}, <Moment at={settled.at} />
      </Box>
    </>
  );
}

const mostCharacters = 200;

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= mostCharacters ? text : `${characters.slice(0, mostCharacters).join('')}…`;
}
