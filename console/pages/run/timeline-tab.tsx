import Box from '@cloudscape-design/components/box';
import Multiselect from '@cloudscape-design/components/multiselect';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunView, TraceEvent } from '../../../core/contract/api.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { runPage } from '../../strings/run.ts';
import { AuditCheck } from './audit-check.tsx';
import { EventList } from './event-list.tsx';
import { wordsOf } from './event-words.ts';
import type { LiveTrace } from './use-trace.ts';

const { timeline: words } = runPage;
const eventsOnPage = 200;

/** Everything that happened, in its order. */
export function TimelineTab({ run, trace }: { readonly run: RunView; readonly trace: LiveTrace }): ReactElement {
  const [text, setText] = useState('');
  const [kinds, setKinds] = useState<readonly string[]>([]);
  const [pageNumber, setPageNumber] = useState(1);
  const found = matching(trace.events, text, kinds);
  const pages = Math.max(1, Math.ceil(found.length / eventsOnPage));
  const page = Math.min(pageNumber, pages);
  const options = [...new Set(trace.events.map(({ type }) => type))]
    .toSorted()
    .map((type) => ({ value: type, label: type }));
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="xs">
        <div style={{ inlineSize: '20rem', maxInlineSize: '80vw' }}>
          <TextFilter
            filteringText={text}
            filteringPlaceholder={words.find}
            filteringAriaLabel={words.find}
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        </div>
        <div style={{ inlineSize: '16rem' }}>
          <Multiselect
            selectedOptions={options.filter(({ value }) => kinds.includes(value))}
            options={options}
            placeholder={words.kinds}
            ariaLabel={words.kindsLabel}
            inlineTokens
            onChange={({ detail }) => setKinds(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
          />
        </div>
        <Pagination
          currentPageIndex={page}
          pagesCount={pages}
          ariaLabels={{ paginationLabel: words.page }}
          onChange={({ detail }) => setPageNumber(detail.currentPageIndex)}
        />
        <AuditCheck runId={run.runId} />
      </SpaceBetween>
      {!trace.isWhole && trace.error === undefined && <StatusIndicator type="loading">{words.partial}</StatusIndicator>}
      {found.length === 0 ? (
        <NothingHere title={words.empty} />
      ) : (
        <Box>
          <EventList events={found.slice((page - 1) * eventsOnPage, page * eventsOnPage)} />
        </Box>
      )}
    </SpaceBetween>
  );
}

function matching(events: readonly TraceEvent[], text: string, kinds: readonly string[]): readonly TraceEvent[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return events.filter((event) => {
    if (kinds.length > 0 && !kinds.includes(event.type)) return false;
    if (wanted.length === 0) return true;
    const { about, says } = wordsOf(event);
    const told = [event.type, about, ...says].join(' ').toLowerCase();
    return wanted.every((word) => told.includes(word));
  });
}
