import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { StepStatusMark } from '../../format/status.tsx';
import { durationText } from '../../format/time.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { plan } from '../../strings/plan.ts';
import { runPage } from '../../strings/run.ts';
import type { StepState } from './step-states.ts';

const stepsOnPage = 25;
const { columns } = plan;

const definitions: readonly TableProps.ColumnDefinition<StepState>[] = [
  { id: 'id', header: columns.id, isRowHeader: true, cell: ({ id }) => id },
  { id: 'action', header: columns.action, cell: ({ step }) => `${step.skill}/${step.action}` },
  { id: 'status', header: columns.status, cell: ({ status }) => <StepStatusMark status={status} /> },
  { id: 'attempts', header: runPage.plan.attempts, cell: ({ attempts }) => attempts },
  { id: 'took', header: runPage.plan.took, cell: tookText },
  { id: 'after', header: columns.after, cell: ({ step }) => step.after.join(', ') },
  { id: 'why', header: columns.why, cell: ({ step }) => step.why },
  { id: 'revision', header: columns.revision, cell: ({ revision }) => revision },
];

interface StepsTableProps {
  readonly steps: readonly StepState[];
  readonly selectedId: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
}

/** The steps of a plan in words: what the graph shows, for whoever reads better than looks, and for plans of any size. */
export function StepsTable({ steps, selectedId, onSelect }: StepsTableProps): ReactElement {
  const [text, setText] = useState('');
  const [pageNumber, setPageNumber] = useState(1);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = steps.filter(({ id, step, status }) => {
    const told = `${id} ${step.skill}/${step.action} ${status} ${step.why}`.toLowerCase();
    return words.every((word) => told.includes(word));
  });
  const pages = Math.max(1, Math.ceil(found.length / stepsOnPage));
  const page = Math.min(pageNumber, pages);
  return (
    <Table
      trackBy="id"
      items={found.slice((page - 1) * stepsOnPage, page * stepsOnPage)}
      columnDefinitions={definitions}
      selectionType="single"
      selectedItems={steps.filter(({ id }) => id === selectedId)}
      onSelectionChange={({ detail }) => onSelect(detail.selectedItems[0]?.id)}
      onRowClick={({ detail }) => onSelect(detail.item.id)}
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{
        tableLabel: plan.steps,
        selectionGroupLabel: plan.steps,
        itemSelectionLabel: (_, { id }) => runPage.plan.details(id),
      }}
      filter={
        <TextFilter
          filteringText={text}
          filteringPlaceholder={runPage.plan.find}
          filteringAriaLabel={runPage.plan.find}
          onChange={({ detail }) => {
            setText(detail.filteringText);
            setPageNumber(1);
          }}
        />
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={pages}
          onChange={({ detail }) => setPageNumber(detail.currentPageIndex)}
        />
      }
      empty={<NothingHere title={plan.noSteps} />}
    />
  );
}

function tookText({ startedAt, endedAt }: StepState): string {
  if (startedAt === undefined || endedAt === undefined) return '';
  return durationText(Date.parse(endedAt) - Date.parse(startedAt));
}
