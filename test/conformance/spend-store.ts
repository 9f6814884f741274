import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reservation, SpendLimits } from '../../core/model/budget.ts';
import { sumOfCharges } from '../../core/model/budget.ts';
import type { SpendStore } from '../../core/ports/index.ts';

const day = '2026-11-27';
const unlimited: SpendLimits = { run: {}, tenantDay: {} };
const micros = (usdMicros: number): { usdMicros: number; tokens: number } => ({ usdMicros, tokens: 10 * usdMicros });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** What every store of spending promises. Each adapter's test calls it with a store of its own. */
export function spendStoreConformance(
  setup: () => Promise<{ readonly spend: SpendStore; readonly stop: () => Promise<void> }>,
): void {
  let spend: SpendStore;
  let stop: () => Promise<void>;
  let tenants = 0;

  beforeAll(async () => {
    ({ spend, stop } = await setup());
  });
  afterAll(() => stop());

  /** Makes calls of a tenant of its own. */
  const fresh = () => {
    const tenantId = `tenant-${++tenants}`;
    const call = (key: string, change: Partial<Reservation> = {}): Reservation => ({
      tenantId,
      runId: 'run-1',
      agent: 'writer',
      model: 'bedrock:small',
      key,
      day,
      worst: micros(1),
      ...change,
    });
    const bill = async (from = day, to = day) => spend.lines({ tenantId, from, to });
    return { tenantId, call, bill, run: { tenantId, runId: 'run-1' } };
  };

  it('counts what is set aside in full, then what was really used, and bills it', async () => {
    const { call, bill, run } = fresh();
    expect(await spend.ofRun(run)).toEqual(micros(0));
    expect(await bill()).toEqual([]);
    expect(await spend.reserve(call('a', { worst: micros(10) }), unlimited)).toBeUndefined();
    expect(await spend.ofRun(run)).toEqual(micros(10));
    expect(await bill()).toEqual([]);
    await spend.settle(call('a'), { usdMicros: 4, tokens: 7 });
    expect(await spend.ofRun(run)).toEqual({ usdMicros: 4, tokens: 7 });
    expect(await bill()).toEqual([{ day, agent: 'writer', model: 'bedrock:small', usdMicros: 4, tokens: 7, calls: 1 }]);
  });

  it('takes a repetition for the same reservation and the same settlement', async () => {
    const { call, bill, run } = fresh();
    const limits: SpendLimits = { run: { usdMicros: 10 }, tenantDay: { usdMicros: 10 } };
    const reservation = call('a', { worst: micros(10) });
    for (let times = 0; times < 3; times++) expect(await spend.reserve(reservation, limits)).toBeUndefined();
    for (let times = 0; times < 3; times++) await spend.settle(reservation, micros(4 + times));
    expect(await spend.ofRun(run)).toEqual(micros(4));
    expect(await bill()).toMatchObject([{ ...micros(4), calls: 1 }]);
    await expect(spend.reserve(reservation, limits)).rejects.toThrow("The call 'a' of run run-1 is settled");
    expect(await spend.reserve(call('b', { worst: micros(6) }), limits)).toBeUndefined();
    expect(await spend.reserve(call('c', { worst: micros(1) }), limits)).toMatchObject({ limit: 'run', used: 10 });
  });

  it('says which limit is in the way, and then sets nothing aside', async () => {
    const { call, run } = fresh();
    const limits: SpendLimits = { run: { tokens: 100 }, tenantDay: { usdMicros: 15 } };
    expect(await spend.reserve(call('a', { worst: micros(9) }), limits)).toBeUndefined();
    expect(await spend.reserve(call('b', { worst: micros(2) }), limits)).toEqual({
      limit: 'run',
      unit: 'tokens',
      allowed: 100,
      used: 90,
      wanted: 20,
    });
    const elsewhere = (key: string, units: number) => call(key, { runId: 'run-2', worst: micros(units) });
    expect(await spend.reserve(elsewhere('a', 7), limits)).toEqual({
      limit: 'tenantDay',
      unit: 'usdMicros',
      allowed: 15,
      used: 9,
      wanted: 7,
    });
    expect(await spend.ofRun(run)).toEqual(micros(9));
    expect(await spend.ofRun({ ...run, runId: 'run-2' })).toEqual(micros(0));
    expect(await spend.reserve(elsewhere('b', 6), limits)).toBeUndefined();
    // The next day is another one.
    expect(await spend.reserve({ ...elsewhere('c', 4), day: '2026-11-28' }, limits)).toBeUndefined();
  });

  it('lets exactly as many of fifty reservations pass at once as the limit of the run has room for', async () => {
    const { call, run } = fresh();
    const limits: SpendLimits = { run: { usdMicros: 30 }, tenantDay: {} };
    const answers = await Promise.all(numbers(50).map((number) => spend.reserve(call(`k${number}`), limits)));
    expect(answers.filter((refusal) => refusal === undefined)).toHaveLength(30);
    expect(await spend.ofRun(run)).toEqual(micros(30));
    const refused = answers.flatMap((refusal, number) => (refusal ? [number] : []));
    // Those who were refused have left no hold behind: the day has room for them in another run.
    const day20: SpendLimits = { run: {}, tenantDay: { usdMicros: 50 } };
    const others = await Promise.all(
      refused.map((number) => spend.reserve(call(`k${number}`, { runId: 'run-2' }), day20)),
    );
    expect(others.filter((refusal) => refusal !== undefined)).toEqual([]);
  }, 60_000);

  it('lets exactly as many pass over all runs as the limit of the day has room for', async () => {
    const { call } = fresh();
    const limits: SpendLimits = { run: {}, tenantDay: { usdMicros: 30 } };
    const reservations = numbers(50).map((number) => call('k', { runId: `run-${number}` }));
    const answers = await Promise.all(reservations.map((reservation) => spend.reserve(reservation, limits)));
    expect(answers.filter((refusal) => refusal === undefined)).toHaveLength(30);
    const used = await Promise.all(reservations.map((reservation) => spend.ofRun(reservation)));
    expect(sumOfCharges(used)).toEqual(micros(30));
  }, 60_000);

  it('makes one reservation and one charge of many at once under one key', async () => {
    const { call, bill, run } = fresh();
    const limits: SpendLimits = { run: { usdMicros: 5 }, tenantDay: { usdMicros: 5 } };
    const reservation = call('k', { worst: micros(5) });
    const answers = await Promise.all(numbers(15).map(() => spend.reserve(reservation, limits)));
    expect(answers.filter((refusal) => refusal !== undefined)).toEqual([]);
    expect(await spend.ofRun(run)).toEqual(micros(5));
    await Promise.all(numbers(15).map(() => spend.settle(reservation, micros(2))));
    expect(await spend.ofRun(run)).toEqual(micros(2));
    expect(await bill()).toMatchObject([{ ...micros(2), calls: 1 }]);
    expect(await spend.reserve(call('next', { worst: micros(3) }), limits)).toBeUndefined();
  }, 60_000);

  it('bills many calls at once without losing one', async () => {
    const { call, bill, run } = fresh();
    const calls = numbers(24).map((number) => call(`k${number}`, { model: `model-${number % 3}` }));
    await Promise.all(calls.map((each) => spend.reserve(each, unlimited)));
    await Promise.all(calls.map((each) => spend.settle(each, micros(1))));
    expect(await spend.ofRun(run)).toEqual(micros(24));
    const lines = await bill();
    expect(lines.map(({ model, calls: count }) => `${model} ${count}`).toSorted()).toEqual([
      'model-0 8',
      'model-1 8',
      'model-2 8',
    ]);
    expect(sumOfCharges(lines)).toEqual(micros(24));
  }, 60_000);

  it('keeps a charge above the worst case in full, after which nothing passes', async () => {
    const { call, bill, run } = fresh();
    const limits: SpendLimits = { run: { usdMicros: 10 }, tenantDay: { usdMicros: 10 } };
    await spend.reserve(call('a'), limits);
    await spend.settle(call('a'), micros(12));
    expect(await spend.ofRun(run)).toEqual(micros(12));
    expect(sumOfCharges(await bill())).toEqual(micros(12));
    expect(await spend.reserve(call('b', { worst: micros(0) }), limits)).toMatchObject({ limit: 'run', used: 12 });
    expect(await spend.reserve(call('b', { runId: 'run-2' }), limits)).toMatchObject({ limit: 'tenantDay', used: 12 });
  });

  it('takes a reservation back with a charge of nothing, without a call on the bill', async () => {
    const { call, bill, run } = fresh();
    const limits: SpendLimits = { run: {}, tenantDay: { usdMicros: 1 } };
    await spend.reserve(call('a'), limits);
    await spend.settle(call('a'), micros(0));
    expect(await spend.ofRun(run)).toEqual(micros(0));
    expect(await bill()).toEqual([]);
    expect(await spend.reserve(call('b'), limits)).toBeUndefined();
  });

  it('charges nothing for a key that was never reserved, which then counts as settled', async () => {
    const { call, bill, run } = fresh();
    await spend.settle(call('a'), micros(5));
    expect(await spend.ofRun(run)).toEqual(micros(0));
    expect(await bill()).toEqual([]);
    await expect(spend.reserve(call('a'), unlimited)).rejects.toThrow('settled');
  });

  describe('a part for another run', () => {
    const anything = { wanted: {}, atMost: {} };

    it('is set aside once, and what was used takes its place once', async () => {
      const { run, bill } = fresh();
      const limits = { usdMicros: 10, tokens: 100 };
      const first = await spend.allot(run, 'a.1.child', anything, limits);
      expect(first).toEqual({ kind: 'allotted', part: { usdMicros: 5, tokens: 50 } });
      for (let times = 0; times < 2; times++) {
        expect(await spend.allot(run, 'a.1.child', anything, limits)).toEqual(first);
        expect(await spend.ofRun(run)).toEqual(micros(5));
      }
      for (let times = 0; times < 3; times++) await spend.takeBack(run, 'a.1.child', micros(2 + times));
      expect(await spend.ofRun(run)).toEqual(micros(2));
      await spend.allot(run, 'a.1.child', anything, limits);
      expect(await spend.ofRun(run)).toEqual(micros(2));
      // The calls of the other run are on its own bill.
      expect(await bill()).toEqual([]);
    });

    it('is refused when the run has not so much left, and then nothing is set aside', async () => {
      const { run, call } = fresh();
      await spend.reserve(call('k', { worst: micros(4) }), unlimited);
      const share = { wanted: { tokens: 61 }, atMost: {} };
      expect(await spend.allot(run, 'a.1.child', share, { tokens: 100 })).toEqual({
        kind: 'refused',
        refusal: { limit: 'run', unit: 'tokens', allowed: 100, used: 40, wanted: 61 },
      });
      expect(await spend.ofRun(run)).toEqual(micros(4));
    });

    it('leaves no room for calls that would need it', async () => {
      const { run, call } = fresh();
      const limits: SpendLimits = { run: { usdMicros: 10 }, tenantDay: {} };
      await spend.allot(run, 'a.1.child', { wanted: { usdMicros: 7 }, atMost: {} }, limits.run);
      expect(await spend.reserve(call('k', { worst: micros(4) }), limits)).toMatchObject({ limit: 'run', used: 7 });
      await spend.takeBack(run, 'a.1.child', micros(6));
      expect(await spend.reserve(call('k', { worst: micros(4) }), limits)).toBeUndefined();
    });

    it('that was never set aside is charged nothing, and cannot be any more', async () => {
      const { run } = fresh();
      await spend.takeBack(run, 'a.1.child', micros(3));
      await spend.allot(run, 'a.1.child', anything, { tokens: 100 });
      expect(await spend.ofRun(run)).toEqual(micros(0));
    });

    it('is one of many at once under one key, and of many keys no more than there is', async () => {
      const { run } = fresh();
      const same = await Promise.all(numbers(15).map(() => spend.allot(run, 'a.1.child', anything, { tokens: 400 })));
      expect(new Set(same.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(await spend.ofRun(run)).toEqual({ usdMicros: 0, tokens: 200 });
      const share = { wanted: { tokens: 30 }, atMost: {} };
      const others = await Promise.all(
        numbers(15).map((number) => spend.allot(run, `b${number}.1.child`, share, { tokens: 400 })),
      );
      expect(others.filter(({ kind }) => kind === 'allotted')).toHaveLength(6);
      expect(await spend.ofRun(run)).toEqual({ usdMicros: 0, tokens: 380 });
      await Promise.all(
        numbers(15).flatMap((number) => [1, 2].map(() => spend.takeBack(run, `b${number}.1.child`, micros(1)))),
      );
      await spend.takeBack(run, 'a.1.child', micros(1));
      expect(await spend.ofRun(run)).toEqual(micros(7));
    }, 60_000);

    it('has a key and a charge that can be kept', async () => {
      const { run } = fresh();
      await expect(spend.allot(run, 'a#b', anything, {})).rejects.toThrow(RangeError);
      await expect(spend.takeBack(run, 'a#b', micros(1))).rejects.toThrow(RangeError);
      await expect(spend.takeBack(run, 'a', { usdMicros: -1, tokens: 0 })).rejects.toThrow(RangeError);
    });
  });

  describe('a bill', () => {
    it('has the days from the first to the last, in order, and of one tenant only', async () => {
      const { call, bill } = fresh();
      for (const [number, on] of ['2026-12-02', '2026-11-30', '2026-12-01', '2026-12-03'].entries()) {
        await spend.reserve(call(`k${number}`, { day: on }), unlimited);
        await spend.settle(call(`k${number}`, { day: on }), micros(number + 1));
      }
      expect((await bill('2026-11-30', '2026-12-02')).map((line) => [line.day, line.usdMicros])).toEqual([
        ['2026-11-30', 2],
        ['2026-12-01', 3],
        ['2026-12-02', 1],
      ]);
      expect(await fresh().bill('2026-11-30', '2026-12-02')).toEqual([]);
    });

    it('is on the day of the reservation, also when the call is settled after midnight', async () => {
      const { call, bill } = fresh();
      await spend.reserve(call('a'), unlimited);
      await spend.settle(call('a', { day: '2026-11-28' }), micros(1));
      expect((await bill('2026-11-26', '2026-11-29')).map((line) => line.day)).toEqual([day]);
    });

    it('covers 1 to 92 days', async () => {
      const { bill } = fresh();
      expect(await bill('2026-11-27', '2027-02-26')).toEqual([]);
      await expect(bill('2026-11-27', '2027-02-27')).rejects.toThrow('covers 1 to 92 days');
      await expect(bill('2026-11-27', '2026-11-26')).rejects.toThrow(RangeError);
      await expect(bill('27.11.2026', day)).rejects.toThrow("A day is written like 2026-11-27, not '27.11.2026'.");
    });
  });

  it('refuses what it could not keep', async () => {
    const { call } = fresh();
    for (const wrong of [
      call(''),
      call('a#b'),
      call('k'.repeat(101)),
      call('k', { model: 'm'.repeat(201) }),
      call('k', { day: '2026-13-01' }),
      call('k', { worst: { usdMicros: -1, tokens: 0 } }),
      call('k', { worst: { usdMicros: 0.5, tokens: 0 } }),
    ]) {
      await expect(spend.reserve(wrong, unlimited)).rejects.toThrow(RangeError);
    }
    await expect(spend.settle(call('k'), { usdMicros: 1, tokens: Number.NaN })).rejects.toThrow(RangeError);
  });
}
