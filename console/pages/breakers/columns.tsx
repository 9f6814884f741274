import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { BreakerView } from '../../../core/contract/breaker-api.ts';
import { Moment } from '../../format/moment.tsx';
import { breakers } from '../../strings/breakers.ts';

export type Act = 'isolate' | 'close';

const marks: Readonly<Record<BreakerView['state'], StatusIndicatorProps.Type>> = {
  closed: 'success',
  open: 'error',
  'half-open': 'pending',
  isolated: 'stopped',
};

const { columns } = breakers;

export function columnsFor(
  onAct: (act: Act, breaker: BreakerView) => void,
): readonly TableProps.ColumnDefinition<BreakerView>[] {
  return [
    {
      id: 'dependency',
      header: columns.dependency,
      isRowHeader: true,
      minWidth: 170,
      cell: ({ dependency, kind }) => (
        <>
          <Box variant="strong">{dependency}</Box>
          <Box variant="small" display="block">
            {breakers.kinds[kind]}
          </Box>
        </>
      ),
    },
    { id: 'state', header: columns.state, minWidth: 260, cell: (breaker) => <State breaker={breaker} /> },
    {
      id: 'calls',
      header: columns.calls,
      minWidth: 150,
      cell: callsText,
    },
    {
      id: 'usedBy',
      header: columns.usedBy,
      cell: ({ usedBy }) => (usedBy.length === 0 ? breakers.usedByNobody : usedBy.join(', ')),
    },
    { id: 'byHand', header: columns.byHand, minWidth: 210, cell: (breaker) => <ByHand breaker={breaker} /> },
    {
      id: 'acts',
      header: columns.acts,
      minWidth: 140,
      cell: (breaker) => (
        <SpaceBetween direction="horizontal" size="xs">
          {breaker.state !== 'isolated' && <ActButton act="isolate" {...{ breaker, onAct }} />}
          {breaker.state !== 'closed' && <ActButton act="close" {...{ breaker, onAct }} />}
        </SpaceBetween>
      ),
    },
  ];
}

/** A breaker forgets what it has counted when it opens. */
function callsText({ state, calls, failures }: BreakerView): string {
  if (calls > 0) return breakers.failed(failures, calls);
  return state === 'closed' ? breakers.neverFailed : breakers.notCounted;
}

function State({ breaker: { state, since, openUntil } }: { readonly breaker: BreakerView }): ReactElement {
  return (
    <>
      <StatusIndicator type={marks[state]}>{breakers.states[state]}</StatusIndicator>
      {since !== undefined && (
        <Box variant="small" display="block">
          {breakers.since} <Moment at={since} />
        </Box>
      )}
      {openUntil !== undefined && (
        <Box variant="small" display="block">
          {breakers.until} <Moment at={openUntil} />
        </Box>
      )}
    </>
  );
}

function ByHand({ breaker: { byHand } }: { readonly breaker: BreakerView }): ReactElement {
  if (byHand === undefined) return <>–</>;
  return (
    <>
      {breakers.acts[byHand.act]} {breakers.actBy(byHand.by)}, <Moment at={byHand.at} />
      <Box variant="small" display="block">
        {byHand.reason}
      </Box>
    </>
  );
}

interface ActButtonProps {
  readonly act: Act;
  readonly breaker: BreakerView;
  readonly onAct: (act: Act, breaker: BreakerView) => void;
}

function ActButton({ act, breaker, onAct }: ActButtonProps): ReactElement {
  const { button, label } = breakers[act];
  return (
    <Button variant="inline-link" ariaLabel={label(breaker.dependency)} onClick={() => onAct(act, breaker)}>
      {button}
    </Button>
  );
}
