import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Breaker, BreakerState } from '../../core/model/breaker.ts';
import type { BreakerStore } from '../../core/ports/index.ts';

const states: readonly BreakerState[] = [
  { state: 'closed', outcomes: '' },
  { state: 'closed', outcomes: '+-+' },
  { state: 'open', untilMs: 1_700_000_030_000, openForMs: 30_000 },
  { state: 'halfOpen', probe: 'probe-1', untilMs: 1_700_000_060_000, openForMs: 60_000 },
  { state: 'isolated', by: 'ann', reason: 'gives wrong answers — "all" day' },
];

/** What every store of breakers promises. Each adapter's test calls it with a store of its own. */
export function breakerStoreConformance(
  setup: () => Promise<{ readonly breakers: BreakerStore; readonly stop: () => Promise<void> }>,
): void {
  let breakers: BreakerStore;
  let stop: () => Promise<void>;
  let dependencies = 0;

  beforeAll(async () => {
    ({ breakers, stop } = await setup());
  });
  afterAll(() => stop());

  const fresh = (writeToken: string, state: BreakerState = { state: 'closed', outcomes: '-' }): Breaker => {
    dependencies += 1;
    const atMs = 1_700_000_000_000;
    return {
      ...{ ...state, dependency: `model:bedrock:some.model-v${dependencies}:0/x`, writeToken },
      ...{ sinceMs: atMs, byHand: { act: 'closed', by: 'ann', reason: 'was "repaired" — twice', atMs } },
    };
  };

  it('gives back every state as it was written, and nothing for a dependency that nobody wrote', async () => {
    for (const state of states) {
      const written = fresh('one', state);
      expect(await breakers.read(written.dependency)).toBeUndefined();
      expect(await breakers.write(written, undefined)).toEqual({ written: true });
      expect(await breakers.read(written.dependency)).toEqual(written);
    }
  });

  it('gives back many at once, each as it was written, and leaves out those that nobody wrote', async () => {
    const written = states.map((state) => fresh('one', state));
    for (const one of written) await breakers.write(one, undefined);
    const names = written.map(({ dependency }) => dependency);
    const found = await breakers.readMany([...names, 'nobody', ...names.slice(0, 2)]);
    const byName = (a: Breaker, b: Breaker) => (a.dependency < b.dependency ? -1 : 1);
    expect(found.toSorted(byName)).toEqual(written.toSorted(byName));
    expect(await breakers.readMany([])).toEqual([]);
  });

  it('keeps dependencies apart, however alike their names are', async () => {
    const one = fresh('one');
    await breakers.write(one, undefined);
    for (const other of [`${one.dependency}1`, one.dependency.slice(0, -1), one.dependency.toUpperCase()]) {
      expect(await breakers.read(other)).toBeUndefined();
    }
  });

  it('writes over what was seen and nothing else, and shows what stands there instead', async () => {
    const first = fresh('first');
    await breakers.write(first, undefined);
    expect(await breakers.write({ ...first, writeToken: 'late' }, undefined)).toEqual({
      written: false,
      current: first,
    });
    expect(await breakers.write({ ...first, writeToken: 'lost' }, 'other')).toEqual({ written: false, current: first });
    const { dependency } = first;
    const second: Breaker = { dependency, writeToken: 'second', ...{ state: 'open', untilMs: 5, openForMs: 30_000 } };
    expect(await breakers.write(second, 'first')).toEqual({ written: true });
    expect(await breakers.read(dependency)).toEqual(second);
  });

  it('recognises its own write', async () => {
    const first = fresh('mine');
    await breakers.write(first, undefined);
    expect(await breakers.write(first, undefined)).toEqual({ written: true });
  });

  it('lets one of many take the probe', async () => {
    const open = fresh('open', { state: 'open', untilMs: 1, openForMs: 30_000 });
    await breakers.write(open, undefined);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const probe = `probe-${index}`;
        const { dependency } = open;
        const next: Breaker = {
          dependency,
          writeToken: probe,
          ...{ state: 'halfOpen', probe, untilMs: 9, openForMs: 30_000 },
        };
        return breakers.write(next, 'open');
      }),
    );
    const winners = answers.flatMap(({ written }, index) => (written ? [`probe-${index}`] : []));
    expect(winners).toHaveLength(1);
    expect(await breakers.read(open.dependency)).toMatchObject({ probe: winners[0] });
  });
}
