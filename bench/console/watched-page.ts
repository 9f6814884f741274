import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser, Page, Response } from 'playwright-core';
import type { Seen, Timing } from './page-timing.ts';
import { timingOf } from './page-timing.ts';

const viewport = { width: 1_440, height: 900 };
const lookEveryMs = 500;
const withinMs = 90_000;

/** A page load, with nothing in the cache of the browser. */
export interface Load extends Timing {
  /** Scripts, styles and pages of the console as a server sends them that compresses, in bytes. */
  readonly filesGzipBytes: number;
  /** Answers of the API, in the same way; each address once. */
  readonly answersGzipBytes: number;
  /** What really came over the loopback, where nothing is compressed. */
  readonly transferredBytes: number;
}

/** What a browser tells of a paint, a task, a shift or a request; each has some of these. */
interface Entry {
  readonly startTime: number;
  readonly duration: number;
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly responseEnd: number;
}

interface Watch {
  largestContentfulPaintMs: number;
  readonly longTasks: { startMs: number; endMs: number }[];
  readonly layoutShifts: { atMs: number; score: number }[];
}

/** What functions find that run in a page. */
interface InPage {
  watchOfPage: Watch;
  readonly performance: {
    now(): number;
    setResourceTimingBufferSize(entries: number): void;
    getEntriesByType(type: string): readonly Entry[];
  };
  readonly PerformanceObserver: new (take: (list: { getEntries(): readonly Entry[] }) => void) => {
    observe(of: { readonly type: string; readonly buffered: boolean }): void;
  };
}

/** Loads a page without touching it, and watches it until it has been quiet for five seconds. Throws when it does not become quiet. */
export async function loadPage(browser: Browser, url: string, content: string): Promise<Load> {
  return inFreshContext(browser, async (page) => {
    const session = await page.context().newCDPSession(page);
    let transferredBytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (transferredBytes += encodedDataLength));
    await session.send('Network.enable');
    const known = new Map<string, Promise<Size>>();
    page.on('response', (response) => {
      // At once: the browser forgets bodies. A stream of events has no end.
      if (response.ok() && !known.has(response.url()) && !isStream(response))
        known.set(response.url(), gzipBytesOf(response));
    });
    await page.addInitScript(watch);
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(content).first().waitFor();
    const timing = await untilQuiet(page);
    const sizes = await Promise.all(known.values());
    const sum = (isOfApi: boolean): number =>
      sizes.filter((size) => size.isOfApi === isOfApi).reduce((total, { bytes }) => total + bytes, 0);
    return { ...timing, filesGzipBytes: sum(false), answersGzipBytes: sum(true), transferredBytes };
  });
}

/** When a run's plan was there, and when the details of a step were that was clicked at once; in milliseconds since the navigation began. */
export interface Use {
  readonly planMs: number;
  readonly detailsMs: number;
}

/** Opens a run as an operator does who wants to know of one step. */
export async function openStep(browser: Browser, url: string, stepId: string): Promise<Use> {
  return inFreshContext(browser, async (page) => {
    await page.goto(url, { waitUntil: 'commit' });
    const step = page.locator(stepOf(stepId)).first();
    await step.waitFor();
    const planMs = await page.evaluate(() => performance.now());
    await step.click();
    await page.getByRole('button', { name: 'Close the step' }).waitFor();
    return { planMs, detailsMs: await page.evaluate(() => performance.now()) };
  });
}

/** A step of a plan, as a selector: its box in the graph, or its name in the table. */
export function stepOf(stepId: string): string {
  return `.plan-graph .react-flow__node[data-id="${stepId}"], table :text-is("${stepId}")`;
}

async function inFreshContext<Result>(browser: Browser, body: (page: Page) => Promise<Result>): Promise<Result> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  try {
    return await body(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Runs in the page before anything of its own. */
function watch(): void {
  const page = globalThis as unknown as InPage;
  const seen: Watch = { largestContentfulPaintMs: 0, longTasks: [], layoutShifts: [] };
  page.watchOfPage = seen;
  page.performance.setResourceTimingBufferSize(2_000);
  const each = (type: string, note: (entry: Entry) => void): void =>
    new page.PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  each('largest-contentful-paint', ({ startTime }) => (seen.largestContentfulPaintMs = startTime));
  each('longtask', ({ startTime, duration }) =>
    seen.longTasks.push({ startMs: startTime, endMs: startTime + duration }),
  );
  each('layout-shift', ({ startTime, value, hadRecentInput }) => {
    if (!hadRecentInput) seen.layoutShifts.push({ atMs: startTime, score: value });
  });
}

async function untilQuiet(page: Page): Promise<Timing> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += lookEveryMs) {
    await pause(lookEveryMs);
    const timing = timingOf(await page.evaluate(seenByPage));
    if (timing) return timing;
  }
  throw new Error(`${page.url()} was not quiet for five seconds within ${withinMs / 1_000} s.`);
}

function seenByPage(): Seen {
  const { performance: own, watchOfPage } = globalThis as unknown as InPage;
  const paint = own
    .getEntriesByType('paint')
    .find((entry) => 'name' in entry && entry.name === 'first-contentful-paint');
  return {
    ...watchOfPage,
    firstContentfulPaintMs: paint?.startTime ?? Number.POSITIVE_INFINITY,
    requests: own
      .getEntriesByType('resource')
      .map(({ startTime, responseEnd }) => ({ startMs: startTime, endMs: responseEnd })),
    untilMs: own.now(),
  };
}

interface Size {
  readonly isOfApi: boolean;
  readonly bytes: number;
}

function isStream(response: Response): boolean {
  return response.headers()['content-type']?.startsWith('text/event-stream') ?? false;
}

async function gzipBytesOf(response: Response): Promise<Size> {
  const isOfApi = new URL(response.url()).pathname.startsWith('/v1/');
  return { isOfApi, bytes: gzipSync(await response.body()).byteLength };
}
