import type { PageName, Visit } from './measure.ts';

/** Medians of the visits of a page. Times in milliseconds since the navigation began; sizes in bytes. */
export interface ConsoleRow {
  readonly page: PageName;
  readonly visits: number;
  readonly firstContentfulPaintMs: number;
  readonly largestContentfulPaintMs: number;
  readonly timeToInteractiveMs: number;
  readonly totalBlockingMs: number;
  readonly layoutShift: number;
  readonly filesGzipBytes: number;
  readonly answersGzipBytes: number;
  readonly transferredBytes: number;
  /** Of the page of a run: the plan is there; a step that was clicked at once shows its details. */
  readonly planMs?: number;
  readonly detailsMs?: number;
  readonly detailsRangeMs?: readonly [number, number];
  /** Median of the ratios to the short run in the same round. */
  readonly detailsToShortRun?: number;
}

export const mostFilesGzipBytes = 600_000;
/** Of the long run. Where the machine itself is busy, a third more than the short run may take. */
export const mostDetailsMs = 2_000;
export const mostToShortRun = 4 / 3;
const baseline: PageName = 'short run';

export function rowsOf(visits: readonly Visit[]): ConsoleRow[] {
  return [...Map.groupBy(visits, ({ page }) => page)].map(([page, own]) => {
    const of = (take: (visit: Visit) => number, digits = 0): number => rounded(median(own.map(take)), digits);
    return {
      ...{ page, visits: own.length },
      firstContentfulPaintMs: of(({ load }) => load.firstContentfulPaintMs),
      largestContentfulPaintMs: of(({ load }) => load.largestContentfulPaintMs),
      timeToInteractiveMs: of(({ load }) => load.timeToInteractiveMs),
      totalBlockingMs: of(({ load }) => load.totalBlockingMs),
      layoutShift: of(({ load }) => load.layoutShift, 3),
      filesGzipBytes: of(({ load }) => load.filesGzipBytes),
      answersGzipBytes: of(({ load }) => load.answersGzipBytes),
      transferredBytes: of(({ load }) => load.transferredBytes),
      ...useOf(own, visits),
    };
  });
}

function useOf(own: readonly Visit[], all: readonly Visit[]): Partial<ConsoleRow> {
  const uses = own.flatMap(({ use }) => use ?? []);
  if (uses.length === 0) return {};
  const details = uses.map(({ detailsMs }) => detailsMs);
  const ratios = own.flatMap(({ round, use }) => {
    const base = all.find((other) => other.page === baseline && other.round === round)?.use;
    return use && base ? [use.detailsMs / base.detailsMs] : [];
  });
  return {
    planMs: rounded(median(uses.map(({ planMs }) => planMs)), 0),
    detailsMs: rounded(median(details), 0),
    detailsRangeMs: [rounded(Math.min(...details), 0), rounded(Math.max(...details), 0)],
    detailsToShortRun: rounded(median(ratios), 2),
  };
}

/** What is larger or slower than it may be. */
export function excesses(rows: readonly ConsoleRow[]): string[] {
  const shortRunMs = rows.find(({ page }) => page === baseline)?.detailsMs ?? 0;
  const allowedMs = Math.max(mostDetailsMs, Math.round(shortRunMs * mostToShortRun));
  return rows.flatMap(({ page, filesGzipBytes, detailsMs }) => [
    ...(page === 'list of runs' && filesGzipBytes > mostFilesGzipBytes
      ? [`the first load is ${filesGzipBytes} bytes, compressed; ${mostFilesGzipBytes} are allowed`]
      : []),
    ...(page === 'long run' && detailsMs !== undefined && detailsMs > allowedMs
      ? [`a step of the long run shows its details after ${detailsMs} ms; ${allowedMs} are allowed`]
      : []),
  ]);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper = Number.NaN, lower = upper] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (upper + lower) / 2;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
