import { expect, test } from 'vitest';
import type { Seen } from './page-timing.ts';
import { timingOf } from './page-timing.ts';

const seen = (more: Partial<Seen>): Seen => ({
  ...{ firstContentfulPaintMs: 100, largestContentfulPaintMs: 300, longTasks: [], requests: [], layoutShifts: [] },
  untilMs: 20_000,
  ...more,
});
const span = (startMs: number, endMs: number) => ({ startMs, endMs });

test('a page that never has much to do is interactive with its first content', () => {
  expect(timingOf(seen({}))).toEqual({
    ...{ firstContentfulPaintMs: 100, largestContentfulPaintMs: 300, timeToInteractiveMs: 100 },
    ...{ totalBlockingMs: 0, layoutShift: 0 },
  });
});

test('it is interactive at the end of the last long task before it is quiet for five seconds', () => {
  const longTasks = [span(150, 250), span(5_000, 5_090)];
  expect(timingOf(seen({ longTasks }))).toMatchObject({ timeToInteractiveMs: 5_090 });
  expect(timingOf(seen({ longTasks: [span(150, 250), span(5_300, 5_390)] }))?.timeToInteractiveMs).toBe(250);
});

test('three requests at once are not quiet, two are', () => {
  const three = [span(200, 4_000), span(200, 6_000), span(300, 7_000)];
  const longTasks = [span(3_900, 3_960)];
  expect(timingOf(seen({ longTasks, requests: three }))?.timeToInteractiveMs).toBe(3_960);
  expect(timingOf(seen({ longTasks: [span(500, 600), span(6_100, 6_200)], requests: three }))).toMatchObject({
    timeToInteractiveMs: 6_200,
  });
  expect(timingOf(seen({ requests: three.slice(1) }))?.timeToInteractiveMs).toBe(100);
});

test('nothing is said of a page that was not watched long enough', () => {
  expect(timingOf(seen({ untilMs: 5_000 }))).toBeUndefined();
});

test('what blocks is the part of each long task above 50 ms, between first content and interactive', () => {
  const longTasks = [span(0, 90), span(60, 180), span(200, 300)];
  expect(timingOf(seen({ longTasks }))?.totalBlockingMs).toBe(80 - 50 + 100 - 50);
});

test('the layout shift is that of the worst disturbance', () => {
  const shift = (atMs: number, score: number) => ({ atMs, score });
  const layoutShifts = [shift(100, 0.1), shift(900, 0.25), shift(2_500, 0.3), shift(9_000, 0.1)];
  expect(timingOf(seen({ layoutShifts }))?.layoutShift).toBeCloseTo(0.35);
});
