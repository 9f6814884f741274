import { beforeEach, describe, expect, it } from 'vitest';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { MemoryBreakerStore } from '../adapters/memory/index.ts';
import type { Breaker } from '../model/breaker.ts';
import { ActionError, StoreUnavailable } from '../model/failure.ts';
import type { BreakerStore } from '../ports/index.ts';
import { Breakers } from './with-breaker.ts';

const name = 'model:openai:gpt-test';
const longestMs = 60_000;
const down = () => Promise.reject(new ActionError('down', { class: 'transient', sendOutcome: 'unknown' }));
const up = () => Promise.resolve('answer');

/** A store that counts what is asked of it, and may be told to fail or to answer that somebody else was faster. */
class WatchedStore implements BreakerStore {
  reads = 0;
  writes = 0;
  broken = false;
  readonly inner = new MemoryBreakerStore();

  async read(dependency: string): Promise<Breaker | undefined> {
    this.reads += 1;
    if (this.broken) throw new StoreUnavailable('breakers.read', new Error('gone'));
    return this.inner.read(dependency);
  }

  readMany(dependencies: readonly string[]) {
    return this.inner.readMany(dependencies);
  }

  async write(next: Breaker, seen: string | undefined) {
    this.writes += 1;
    if (this.broken) throw new StoreUnavailable('breakers.write', new Error('gone'));
    return this.inner.write(next, seen);
  }
}

describe('a call under a breaker', () => {
  let store: WatchedStore;
  let clock: ManualClock;
  let ids: CountingIds;
  let unrecorded: unknown[];
  beforeEach(() => {
    store = new WatchedStore();
    // No waiting between tries: a manual clock moves only when told to.
    clock = new ManualClock();
    clock.sleep = async () => undefined;
    ids = new CountingIds();
    unrecorded = [];
  });

  const breakers = () =>
    new Breakers({ breakers: store, clock, ids, unrecorded: (_, error) => unrecorded.push(error) });
  const failTimes = async (one: Breakers, times: number) => {
    for (let count = 0; count < times; count++)
      await expect(one.call(name, down, { longestMs })).rejects.toThrow('down');
  };
  const refused = { failureClass: 'dependencyDown', sendOutcome: 'notSent' };

  it('gives the answer of the call, and writes nothing while all is well', async () => {
    const one = breakers();
    for (let count = 0; count < 50; count++) expect(await one.call(name, up, { longestMs })).toBe('answer');
    expect(store).toMatchObject({ reads: 1, writes: 0 });
    clock.advance(2_000);
    await one.call(name, up, { longestMs });
    expect(store.reads).toBe(2);
  });

  it('is refused once five have failed, with the time to wait, and the dependency is left alone', async () => {
    const one = breakers();
    await failTimes(one, 5);
    clock.advance(10_000);
    let calls = 0;
    const counted = async () => (calls += 1);
    await expect(one.call(name, counted, { longestMs })).rejects.toMatchObject({ ...refused, retryAfterMs: 20_000 });
    await expect(breakers().call(name, counted, { longestMs })).rejects.toMatchObject(refused);
    expect(calls).toBe(0);
  });

  it('counts the successes of before a failure, although they were not written', async () => {
    const one = breakers();
    for (let count = 0; count < 15; count++) await one.call(name, up, { longestMs });
    await failTimes(one, 9);
    expect(await store.inner.read(name)).toMatchObject({ state: 'closed', outcomes: '+'.repeat(11) + '-'.repeat(9) });
    await failTimes(one, 1);
    expect(await store.inner.read(name)).toMatchObject({ state: 'open' });
  });

  it('is judged by what others have written where calls fail, although this process has just looked', async () => {
    const [mine, theirs] = [breakers(), breakers()];
    await failTimes(mine, 1);
    await failTimes(theirs, 4);
    let calls = 0;
    await expect(mine.call(name, async () => (calls += 1), { longestMs })).rejects.toMatchObject(refused);
    expect(calls).toBe(0);
  });

  it('leaves since when the breaker has been as it is, and what a person did last', async () => {
    const byHand = { act: 'closed', by: 'ann', reason: 'repaired', atMs: 1 } as const;
    const closed: Breaker = { dependency: name, writeToken: 'ann', state: 'closed', outcomes: '', sinceMs: 1, byHand };
    await store.inner.write(closed, undefined);
    const startMs = clock.now();
    await failTimes(breakers(), 4);
    expect(await store.inner.read(name)).toMatchObject({ state: 'closed', sinceMs: 1, byHand });
    clock.advance(500);
    await failTimes(breakers(), 1);
    expect(await store.inner.read(name)).toMatchObject({ state: 'open', sinceMs: startMs + 500, byHand });
  });

  it('is told of to planners where it would be refused or is a probe, and where nothing can be read it is not', async () => {
    const one = breakers();
    await failTimes(one, 5);
    expect(await one.troubled([name, 'other', name])).toEqual(new Map([[name, 'open']]));
    clock.advance(30_000);
    expect(await one.troubled([name])).toEqual(new Map([[name, 'half-open']]));
    store.broken = true;
    expect(await breakers().troubled([name])).toEqual(new Map());
    expect(unrecorded).toHaveLength(1);
  });

  it('is made by one of many when it is time to try again, and its success lets all in', async () => {
    await failTimes(breakers(), 5);
    clock.advance(30_000);
    const many = Array.from({ length: 10 }, breakers);
    let calls = 0;
    let finish = () => undefined as void;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = async () => {
      calls += 1;
      await finished;
    };
    const answers = many.map((each) => each.call(name, slow, { longestMs }));
    const settled = Promise.allSettled(answers);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
    finish();
    expect((await settled).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.inner.read(name)).toMatchObject({ state: 'closed', outcomes: '' });
    expect(await breakers().call(name, up, { longestMs })).toBe('answer');
  });

  it('that tries and fails keeps the breaker open for twice as long', async () => {
    await failTimes(breakers(), 5);
    clock.advance(30_000);
    await failTimes(breakers(), 1);
    await expect(breakers().call(name, up, { longestMs })).rejects.toMatchObject({ ...refused, retryAfterMs: 60_000 });
  });

  it('that tries and is never heard of again gives way to another one', async () => {
    await failTimes(breakers(), 5);
    clock.advance(30_000);
    void breakers().call(name, () => new Promise(() => undefined), { longestMs });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(breakers().call(name, up, { longestMs })).rejects.toMatchObject({
      ...refused,
      retryAfterMs: 5_000,
    });
    clock.advance(longestMs);
    expect(await breakers().call(name, up, { longestMs })).toBe('answer');
  });

  it('is not judged by throttling, by a bug, or by a caller who stops', async () => {
    const one = breakers();
    const controller = new AbortController();
    controller.abort();
    await one.call(name, up, { longestMs });
    for (let count = 0; count < 10; count++) {
      for (const failureClass of ['throttled', 'bug', 'denied', 'budgetExceeded'] as const) {
        const fails = () => Promise.reject(new ActionError('no', { class: failureClass, sendOutcome: 'notDone' }));
        await expect(one.call(name, fails, { longestMs })).rejects.toMatchObject({ failureClass });
      }
      await expect(one.call(name, down, { longestMs, signal: controller.signal })).rejects.toThrow('down');
    }
    expect(store.writes).toBe(0);
  });

  it('is refused for as long as a person says so', async () => {
    await store.inner.write(
      { dependency: name, writeToken: 'ann', state: 'isolated', by: 'ann', reason: 'wrong answers', sinceMs: 1 },
      undefined,
    );
    clock.advance(10 ** 9);
    await expect(breakers().call(name, up, { longestMs })).rejects.toMatchObject({
      ...refused,
      retryAfterMs: undefined,
      message: "'model:openai:gpt-test' is not called: ann holds it open: wrong answers.",
    });
  });

  it('keeps its own result when the breaker can be neither read nor written', async () => {
    store.broken = true;
    expect(await breakers().call(name, up, { longestMs })).toBe('answer');
    await failTimes(breakers(), 7);
    expect(unrecorded.length).toBeGreaterThanOrEqual(8);
    for (const error of unrecorded) expect(error).toBeInstanceOf(StoreUnavailable);
  });

  it('is counted although others write at the same time, with a bounded number of tries', async () => {
    const many = Array.from({ length: 3 }, breakers);
    await Promise.allSettled(many.map((each) => each.call(name, down, { longestMs })));
    expect(await store.inner.read(name)).toMatchObject({ outcomes: '---' });
    expect(unrecorded).toEqual([]);
    store.inner.write = async ({ dependency }) => ({
      written: false,
      current: { dependency, writeToken: ids.token(), state: 'closed', outcomes: '---' },
    });
    store.writes = 0;
    await failTimes(breakers(), 1);
    expect(store.writes).toBe(8);
    expect(unrecorded).toHaveLength(1);
  });
});
