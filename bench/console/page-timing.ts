/** From one moment to another, in milliseconds since the navigation began. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a page has seen of itself while it loaded. */
export interface Seen {
  readonly firstContentfulPaintMs: number;
  readonly largestContentfulPaintMs: number;
  /** Tasks of the main thread that took longer than 50 ms. */
  readonly longTasks: readonly Span[];
  readonly requests: readonly Span[];
  readonly layoutShifts: readonly { readonly atMs: number; readonly score: number }[];
  /** How long it has been watched. */
  readonly untilMs: number;
}

export interface Timing {
  readonly firstContentfulPaintMs: number;
  readonly largestContentfulPaintMs: number;
  readonly timeToInteractiveMs: number;
  readonly totalBlockingMs: number;
  readonly layoutShift: number;
}

/** A task up to this long keeps nobody waiting. */
const shortTaskMs = 50;
const quietMs = 5_000;
const mostRequestsWhenQuiet = 2;
/** Shifts this close to each other are one disturbance, which lasts at most five seconds. */
const shiftGapMs = 1_000;
const mostShiftMs = 5_000;

/** The metrics of a page load, as Lighthouse defines them; undefined when the page has not been quiet for five seconds yet. */
export function timingOf(seen: Seen): Timing | undefined {
  const { firstContentfulPaintMs, largestContentfulPaintMs, longTasks } = seen;
  const quietFromMs = quietFrom(seen);
  if (quietFromMs === undefined) return undefined;
  const ends = longTasks.map(({ endMs }) => endMs).filter((endMs) => endMs <= quietFromMs);
  const timeToInteractiveMs = Math.max(firstContentfulPaintMs, ...ends);
  return {
    ...{ firstContentfulPaintMs, largestContentfulPaintMs, timeToInteractiveMs },
    totalBlockingMs: blockingBetween(longTasks, firstContentfulPaintMs, timeToInteractiveMs),
    layoutShift: worstShift(seen.layoutShifts),
  };
}

/** The first moment after which, for five seconds, there is no long task and at most two requests are under way. */
function quietFrom({ firstContentfulPaintMs, longTasks, requests, untilMs }: Seen): number | undefined {
  const candidates = [firstContentfulPaintMs, ...[...longTasks, ...requests].map(({ endMs }) => endMs)];
  return candidates
    .filter((atMs) => atMs >= firstContentfulPaintMs && atMs + quietMs <= untilMs)
    .toSorted((a, b) => a - b)
    .find((atMs) => {
      const window = { startMs: atMs, endMs: atMs + quietMs };
      return !longTasks.some((task) => overlap(task, window)) && mostAtOnce(requests, window) <= mostRequestsWhenQuiet;
    });
}

function overlap(one: Span, other: Span): boolean {
  return one.startMs < other.endMs && one.endMs > other.startMs;
}

function mostAtOnce(requests: readonly Span[], window: Span): number {
  const within = requests.filter((request) => overlap(request, window));
  // The count is highest where one begins.
  const begins = [window.startMs, ...within.map(({ startMs }) => startMs).filter((ms) => ms > window.startMs)];
  return Math.max(...begins.map((ms) => within.filter(({ startMs, endMs }) => startMs <= ms && endMs > ms).length));
}

function blockingBetween(longTasks: readonly Span[], fromMs: number, untilMs: number): number {
  return longTasks
    .map(({ startMs, endMs }) => Math.min(endMs, untilMs) - Math.max(startMs, fromMs))
    .reduce((sum, ms) => sum + Math.max(0, ms - shortTaskMs), 0);
}

function worstShift(shifts: Seen['layoutShifts']): number {
  let worst = 0;
  let sum = 0;
  let first = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { atMs, score } of shifts) {
    if (atMs - last > shiftGapMs || atMs - first > mostShiftMs) {
      sum = 0;
      first = atMs;
    }
    sum += score;
    last = atMs;
    worst = Math.max(worst, sum);
  }
  return worst;
}
