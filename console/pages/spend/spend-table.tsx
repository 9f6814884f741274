import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { SpendView } from '../../../core/contract/spend-api.ts';
import { countText, usdText } from '../../format/amounts.ts';
import { spend } from '../../strings/spend.ts';
import { shareText } from './bars.ts';

type Line = SpendView['items'][number];

const { columns } = spend;

/** The bill in numbers; each column sorts it. */
export function SpendTable({ bill }: { readonly bill: SpendView }): ReactElement {
  const { items, collectionProps } = useCollection(bill.items, { sorting: {} });
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy="key"
      variant="container"
      columnDefinitions={columnsOf(bill)}
      ariaLabels={{ tableLabel: spend.table(spend.groups[bill.by]) }}
      header={<Header counter={`(${bill.items.length})`}>{spend.table(spend.groups[bill.by])}</Header>}
    />
  );
}

function columnsOf({ by, total }: SpendView): readonly TableProps.ColumnDefinition<Line>[] {
  const number = (id: 'usdMicros' | 'tokens' | 'calls', header: string, text: (amount: number) => string) => ({
    ...{ id, header, sortingField: id, cell: (line: Line) => text(line[id]) },
  });
  return [
    { id: 'key', header: spend.groups[by], sortingField: 'key', isRowHeader: true, cell: ({ key }) => key },
    number('usdMicros', columns.money, usdText),
    { id: 'share', header: columns.share, cell: ({ usdMicros }) => shareText(usdMicros, total.usdMicros) },
    number('tokens', columns.tokens, countText),
    number('calls', columns.calls, countText),
  ];
}
