import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { JsonView } from '../../frame/json-view.tsx';
import type { RevisionStep } from '../../plan/plan-at.ts';
import { readableInput } from '../../plan/plan-at.ts';
import type { StepDifference } from '../../plan/plan-difference.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { runPage } from '../../strings/run.ts';

const { revisions: words } = runPage;
const stepsOnPage = 30;

const colours = { added: 'green', removed: 'red', changed: 'blue', same: 'grey' } as const;

const definitions: readonly TableProps.ColumnDefinition<StepDifference>[] = [
  { id: 'step', header: words.columns.step, isRowHeader: true, width: 170, cell: ({ id }) => id },
  {
    id: 'change',
    header: words.columns.change,
    width: 160,
    cell: (difference) => (
      <>
        <Badge color={colours[difference.kind]}>{words.kinds[difference.kind]}</Badge>{' '}
        {difference.kind === 'changed' ? difference.members.join(', ') : ''}
      </>
    ),
  },
  {
    id: 'before',
    header: words.columns.before,
    width: '37%',
    cell: (difference) => (
      <Side difference={difference} step={'before' in difference ? difference.before : undefined} label={words.left} />
    ),
  },
  {
    id: 'after',
    header: words.columns.after,
    width: '37%',
    cell: (difference) => (
      <Side difference={difference} step={'after' in difference ? difference.after : undefined} label={words.right} />
    ),
  },
];

/** Steps of two plans side by side; of changed ones what is different. */
export function DifferenceTable({ differences }: { readonly differences: readonly StepDifference[] }): ReactElement {
  const [pageNumber, setPageNumber] = useState(1);
  const pages = Math.max(1, Math.ceil(differences.length / stepsOnPage));
  const page = Math.min(pageNumber, pages);
  return (
    <Table
      trackBy="id"
      items={differences.slice((page - 1) * stepsOnPage, page * stepsOnPage)}
      columnDefinitions={definitions}
      wrapLines
      ariaLabels={{ tableLabel: runPage.tabs.revisions }}
      pagination={
        pages === 1 ? undefined : (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => setPageNumber(detail.currentPageIndex)}
          />
        )
      }
      empty={<NothingHere title={words.equal} />}
    />
  );
}

function Side({
  difference,
  step,
  label,
}: {
  readonly difference: StepDifference;
  readonly step: RevisionStep | undefined;
  readonly label: string;
}): ReactElement {
  if (step === undefined) return <Box color="text-status-inactive">{words.absent}</Box>;
  const { skill, action } = step;
  if (difference.kind === 'same') return <>{`${skill}/${action}`}</>;
  const readable = { ...step, input: readableInput(step) };
  const shown =
    difference.kind === 'changed'
      ? Object.fromEntries(difference.members.map((name) => [name, readable[name as keyof RevisionStep]]))
      : { action: `${skill}/${action}`, input: readable.input };
  return <JsonView value={shown} label={`${difference.id}: ${label}`} />;
}
