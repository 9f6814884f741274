import { describe, expect, it } from 'vitest';
import * as names from '../../model/names.ts';
import { SystemIds, systemClock } from './index.ts';

describe('ids', () => {
  it('are legal run ids and strictly ascending within one millisecond', () => {
    const ids = new SystemIds({ now: () => 1_790_000_000_000 });
    const drawn = Array.from({ length: 2_000 }, () => ids.ulid());
    for (const id of drawn) expect(names.runId.safeParse(`run-${id}`).success).toBe(true);
    expect(drawn).toEqual([...new Set(drawn)].toSorted());
  });

  it('stay ascending when the clock runs backwards', () => {
    const times = [1_000, 999, 500, 1_000, 1_001];
    const ids = new SystemIds({ now: () => times.shift() ?? 0 });
    const drawn = Array.from({ length: 5 }, () => ids.ulid());
    expect(drawn).toEqual(drawn.toSorted());
  });

  it('begin with the time, so that they sort by it, and hold the time of the specification', () => {
    expect(new SystemIds({ now: () => 1_469_918_176_385 }).ulid().slice(0, 10)).toBe('01aryz6s41');
    expect(new SystemIds({ now: () => 2 }).ulid() > new SystemIds({ now: () => 1 }).ulid()).toBe(true);
  });

  it('of two processes in the same millisecond differ', () => {
    const clock = { now: () => 5 };
    expect(new SystemIds(clock).ulid()).not.toBe(new SystemIds(clock).ulid());
  });

  it('have tokens that do not repeat and fractions from 0 to below 1', () => {
    const ids = new SystemIds();
    const tokens = Array.from({ length: 10_000 }, () => ids.token());
    expect(new Set(tokens).size).toBe(tokens.length);
    for (const token of tokens.slice(0, 100)) expect(token).toMatch(/^[A-Za-z0-9_-]{16}$/);
    const fractions = Array.from({ length: 1_000 }, () => ids.fraction());
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThan(1);
  });
});

describe('the clock', () => {
  it('sleeps at least as long as it is asked to', async () => {
    const before = performance.now();
    await systemClock.sleep(30);
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
  });

  it('wakes at once when the signal is aborted, before or during the sleep', async () => {
    const before = performance.now();
    await systemClock.sleep(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const asleep = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    await asleep;
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});
