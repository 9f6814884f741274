import Button from '@cloudscape-design/components/button';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useAnswer } from '../../api/use-answer.ts';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { frame } from '../../strings/frame.ts';
import { runs } from '../../strings/runs.ts';
import { useFilters } from './filters.ts';
import { readRuns, withWords } from './read-runs.ts';
import { runColumns } from './run-columns.tsx';
import { RunsFilters } from './runs-filters.tsx';

/** New runs begin on the first page; on older ones only statuses change. */
const everyMs = { first: 3_000, older: 10_000 };
const nothing = [] as const;

export function Component(): ReactElement {
  const api = useApi();
  const navigate = useNavigate();
  const [filter, changeFilter] = useFilters();
  const [text, setText] = useState('');
  /** Where the pages begin that were gone through, the newest first. */
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const [pageNumber, setPageNumber] = useState(1);
  const cursor = cursors[pageNumber - 1];
  const answer = useAnswer(
    JSON.stringify([filter, cursor]),
    (signal) => readRuns(api, filter, cursor, signal),
    pageNumber === 1 ? everyMs.first : everyMs.older,
  );
  const page = answer.state === 'loaded' ? answer.value : undefined;
  const next = page?.nextCursor ?? undefined;
  const items = page ? withWords(page.items, text) : nothing;
  const isFiltered = filter.statuses.length > 0 || filter.agent !== undefined || text !== '';
  const fromFirst = (): void => {
    setCursors([undefined]);
    setPageNumber(1);
  };
  const open = (to: number): void => {
    if (to > cursors.length && next !== undefined) setCursors([...cursors.slice(0, pageNumber), next]);
    setPageNumber(Math.min(to, cursors.length + 1));
  };
  const clear = (): void => {
    changeFilter({ statuses: [], agent: undefined });
    setText('');
    fromFirst();
  };
  return (
    <Page
      title={runs.title}
      description={runs.description}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel={runs.refresh} onClick={answer.again} />
          <Button variant="primary" onClick={() => void navigate('/start')}>
            {runs.start}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        <FailureNotice error={answer.state === 'loading' ? undefined : answer.error} again={answer.again} />
        <Table
          variant="container"
          trackBy="runId"
          items={items}
          columnDefinitions={runColumns}
          loading={answer.state === 'loading'}
          loadingText={frame.loading}
          stickyHeader
          resizableColumns
          enableKeyboardNavigation
          ariaLabels={{ tableLabel: runs.title }}
          filter={
            <RunsFilters
              filter={filter}
              text={text}
              onText={setText}
              onFilter={(change) => {
                changeFilter(change);
                fromFirst();
              }}
            />
          }
          pagination={
            <Pagination
              currentPageIndex={pageNumber}
              pagesCount={next === undefined ? pageNumber : Math.max(cursors.length, pageNumber + 1)}
              openEnd={next !== undefined}
              onChange={({ detail }) => open(detail.currentPageIndex)}
              ariaLabels={{
                paginationLabel: runs.paging.label,
                nextPageLabel: runs.paging.next,
                previousPageLabel: runs.paging.previous,
                pageLabel: runs.paging.page,
              }}
            />
          }
          empty={
            isFiltered || pageNumber > 1 ? (
              <NothingHere title={runs.noMatch}>
                <SpaceBetween size="xs">
                  {runs.noMatchText}
                  <Button onClick={clear}>{runs.clear}</Button>
                </SpaceBetween>
              </NothingHere>
            ) : (
              <NothingHere title={runs.empty}>{runs.emptyText}</NothingHere>
            )
          }
        />
      </SpaceBetween>
    </Page>
  );
}
