import type { TraceEvent, TracePage } from '../../../core/contract/api.ts';
import type { seqOfRevision } from '../../../core/model/trace.ts';

/** Places that the events of one revision have. */
const placesOfRevision: typeof seqOfRevision = 100_000;

export interface KnownTrace {
  readonly events: readonly TraceEvent[];
  /** False while pages are missing at its end. */
  readonly isWhole: boolean;
}

export const emptyTrace: KnownTrace = { events: [], isWhole: false };

/**
 * After which event a trace is read again. It is put together anew from what is stored, so while a revision is open, something may
 * still come between its events: they are read again, and older revisions are not.
 *
 * @param openRevision the oldest revision that may still change
 */
export function readAgainAfter({ events, isWhole }: KnownTrace, openRevision: number): number {
  const open = openRevision * placesOfRevision;
  const last = events.at(-1)?.seq ?? 0;
  return isWhole ? Math.min(open, last) : Math.min(last, Math.max(open, 0));
}

/** A trace with one more page: from its beginning on, what was known before is replaced. */
export function withPage({ events }: KnownTrace, after: number, page: TracePage): KnownTrace {
  return {
    events: [...events.filter(({ seq }) => seq <= after), ...page.events],
    isWhole: page.nextAfter === null,
  };
}
