import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { RunView, TraceEvent } from '../../../core/contract/api.ts';
import { countText, usdText } from '../../format/amounts.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { runPage } from '../../strings/run.ts';
import { spendByStep } from './spend-by-step.ts';
import type { SpendLine } from './spend-by-step.ts';

const { spend: words } = runPage;

const definitions: readonly TableProps.ColumnDefinition<SpendLine>[] = [
  { id: 'step', header: words.step, isRowHeader: true, cell: ({ stepId }) => stepId },
  { id: 'model', header: words.model, cell: ({ model }) => model },
  { id: 'usd', header: words.usd, cell: ({ usdMicros }) => usdText(usdMicros) },
  { id: 'tokens', header: words.tokens, cell: ({ tokens }) => countText(tokens) },
  { id: 'calls', header: words.calls, cell: ({ calls }) => countText(calls) },
];

export function SpendTab({
  run,
  events,
}: {
  readonly run: RunView;
  readonly events: readonly TraceEvent[];
}): ReactElement {
  const lines = spendByStep(events);
  const { spend } = run;
  return (
    <Table
      trackBy="id"
      items={lines}
      columnDefinitions={definitions}
      ariaLabels={{ tableLabel: words.table }}
      header={
        spend === undefined ? undefined : (
          <Header
            variant="h2"
            counter={`${usdText(spend.usdMicros)}, ${countText(spend.tokens)} ${words.tokens.toLowerCase()}`}
          >
            {words.total}
          </Header>
        )
      }
      empty={<NothingHere title={words.none} />}
    />
  );
}
