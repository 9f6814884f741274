import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySpendAccounts } from '../../core/adapters/memory/index.ts';
import type { AccountItem, SpendAccounts } from '../../core/adapters/spend-book.ts';
import { SpendBook } from '../../core/adapters/spend-book.ts';
import type { Reservation, SpendLimits } from '../../core/model/budget.ts';
import { sumOfCharges } from '../../core/model/budget.ts';
import { usedByRun, usedOnDay } from '../../core/model/spend-account.ts';
import { CountingIds } from '../fixtures/counting-ids.ts';

const [tenantId, day] = ['acme', '2026-11-27'];
const ids = new CountingIds(0);
const callOf = (key: string, worst = 5, change: Partial<Reservation> = {}): Reservation => ({
  ...{ tenantId, runId: 'run-1', agent: 'writer', model: 'small', key, day },
  worst: { usdMicros: worst, tokens: worst },
  ...change,
});
const micros = (amount: number) => ({ usdMicros: amount, tokens: amount });
const unlimited: SpendLimits = { run: {}, tenantDay: {} };

class Crash extends Error {}

/** Called around each read and write of an account; may throw, or wait. */
type Around = (act: () => Promise<unknown>) => Promise<unknown>;

function accountsThrough(accounts: SpendAccounts, around: Around): SpendAccounts {
  const item = <Account>(inner: AccountItem<Account>): AccountItem<Account> => ({
    read: () => around(() => inner.read()) as ReturnType<typeof inner.read>,
    write: (...args) => around(() => inner.write(...args)) as ReturnType<typeof inner.write>,
  });
  return {
    ofRun: (run) => item(accounts.ofRun(run)),
    ofDay: (tenant, of) => item(accounts.ofDay(tenant, of)),
    readDays: (tenant, days) => accounts.readDays(tenant, days),
  };
}

/** A book whose process dies at one of its reads and writes, before or after it. */
function bookThatDies(accounts: SpendAccounts, at: number, when: 'before' | 'after'): SpendBook {
  let calls = 0;
  const around: Around = async (act) => {
    const dies = calls++ === at;
    if (dies && when === 'before') throw new Crash();
    const answer = await act();
    if (dies) throw new Crash();
    return answer;
  };
  return new SpendBook(accountsThrough(accounts, around), ids);
}

/** True when it got to its end. */
async function lived(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  }
}

async function standing(accounts: SpendAccounts) {
  const run = await accounts.ofRun({ tenantId, runId: 'run-1' }).read();
  const onDay = await accounts.ofDay(tenantId, day).read();
  return {
    run: run ? usedByRun(run).usdMicros : 0,
    day: onDay ? usedOnDay(onDay).usdMicros : 0,
    open: [...(run?.open ?? []), ...(onDay?.open ?? [])].length,
    lines: onDay?.lines ?? [],
  };
}

/** Does the work again and again, dead at each point in turn, until it lives. */
async function atEveryPoint(
  work: (book: SpendBook, attempt: string) => Promise<void>,
  check: (accounts: SpendAccounts, at: string) => Promise<void>,
): Promise<number> {
  let points = 0;
  for (const when of ['before', 'after'] as const) {
    for (let at = 0; ; at++) {
      const accounts = new MemorySpendAccounts();
      const isDone = await lived(() => work(bookThatDies(accounts, at, when), 'first'));
      if (!isDone) points += 1;
      await check(accounts, `${when} ${at}`);
      if (isDone) break;
    }
  }
  return points;
}

describe('after a crash between any two reads or writes', () => {
  it('a reservation sets too much aside rather than too little; the same key again makes it one reservation', async () => {
    const limits: SpendLimits = { run: { usdMicros: 5 }, tenantDay: { usdMicros: 5 } };
    const points = await atEveryPoint(
      async (book) => void (await book.reserve(callOf('k'), limits)),
      async (accounts, at) => {
        const crashed = await standing(accounts);
        expect(crashed.day, at).toBeGreaterThanOrEqual(crashed.run);
        const book = new SpendBook(accounts, ids);
        // There is room for one: what the dead process left is no other call.
        expect(await book.reserve(callOf('k'), limits), at).toBeUndefined();
        expect(await standing(accounts), at).toMatchObject({ run: 5, day: 5 });
        expect(await book.reserve(callOf('other', 1), limits), at).toMatchObject({ limit: 'run' });
        await book.settle(callOf('k'), micros(2));
        expect(await standing(accounts), at).toMatchObject({ run: 2, day: 2, open: 0 });
      },
    );
    // Both sides of: run read, day read and written, run written.
    expect(points).toBe(8);
  });

  it('a settlement neither loses nor doubles a charge once it is repeated, and until then the day counts no less', async () => {
    const points = await atEveryPoint(
      async (book) => {
        await book.reserve(callOf('k'), unlimited);
        await book.settle(callOf('k'), micros(3));
      },
      async (accounts, at) => {
        const crashed = await standing(accounts);
        expect(crashed.day, at).toBeGreaterThanOrEqual(crashed.run);
        const book = new SpendBook(accounts, ids);
        await book.reserve(callOf('k'), unlimited).catch((error: Error) => expect(error.message).toContain('settled'));
        for (let times = 0; times < 2; times++) await book.settle(callOf('k'), micros(3));
        expect(await standing(accounts), at).toMatchObject({
          ...{ run: 3, day: 3, open: 0 },
          lines: [{ calls: 1, usdMicros: 3 }],
        });
      },
    );
    expect(points).toBe(16);
  });

  it('what a settlement left undone is put right by the next reservation of the run, on whatever day', async () => {
    for (const nextDay of [day, '2026-11-28']) {
      await atEveryPoint(
        async (book) => {
          await book.reserve(callOf('k'), unlimited);
          await book.settle(callOf('k'), micros(3));
          await book.reserve(callOf('next', 1, { day: nextDay }), unlimited);
        },
        async (accounts, at) => {
          const run = await accounts.ofRun({ tenantId, runId: 'run-1' }).read();
          const wasSettled = (run?.spent.usdMicros ?? 0) > 0;
          await new SpendBook(accounts, ids).reserve(callOf('next', 1, { day: nextDay }), unlimited);
          const { lines } = await standing(accounts);
          expect(
            lines.map(({ calls, usdMicros }) => [calls, usdMicros]),
            at,
          ).toEqual(wasSettled ? [[1, 3]] : []);
        },
      );
    }
  });

  it('a hold that a refused attempt left is gone once the call is settled', async () => {
    const accounts = new MemorySpendAccounts();
    const other = new SpendBook(accounts, ids);
    const limits: SpendLimits = { run: { usdMicros: 5 }, tenantDay: {} };
    let calls = 0;
    // Another call takes the last room of the run when the hold is there; then the process dies.
    const around: Around = async (act) => {
      calls += 1;
      if (calls === 4) expect(await other.reserve(callOf('rival'), limits)).toBeUndefined();
      if (calls > 5) throw new Crash();
      return act();
    };
    expect(
      await lived(
        async () => void (await new SpendBook(accountsThrough(accounts, around), ids).reserve(callOf('k'), limits)),
      ),
    ).toBe(false);
    expect(await standing(accounts)).toMatchObject({ run: 5, day: 10 });
    await other.settle(callOf('rival'), micros(0));
    expect(await other.reserve(callOf('k'), limits)).toBeUndefined();
    expect(await standing(accounts)).toMatchObject({ run: 5, day: 5 });
    await other.settle(callOf('k'), micros(1));
    expect(await standing(accounts)).toMatchObject({ run: 1, day: 1, open: 0 });
  });

  it('an own write that was taken for lost keeps its hold, also when another process has settled the call since', async () => {
    const accounts = new MemorySpendAccounts();
    let calls = 0;
    const around: Around = async (act) => {
      const answer = await act();
      calls += 1;
      // The call is open now. Another process settles it and dies before the bill; this one hears that it was too late.
      if (calls !== 4) return answer;
      expect(await lived(() => bookThatDies(accounts, 2, 'before').settle(callOf('k'), micros(3)))).toBe(false);
      return { written: false, current: undefined };
    };
    const book = new SpendBook(accountsThrough(accounts, around), ids);
    await expect(book.reserve(callOf('k'), unlimited)).rejects.toThrow('is settled');
    expect(await standing(accounts)).toMatchObject({ run: 3, day: 5, lines: [] });
    await book.settle(callOf('k'), micros(3));
    expect(await standing(accounts)).toMatchObject({ run: 3, day: 3, open: 0, lines: [{ calls: 1 }] });
  });
});

/** One process: the call that it makes, and after how many reads and writes it dies, if ever. */
const worker = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  dies: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined, freq: 2 }),
  /** Which of its writes is done, and then said to have come too late: its answer was lost, and others wrote since. */
  misheard: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined, freq: 2 }),
});

describe('processes at the same time', () => {
  it('never overspend and never lose or double a charge, in whatever order they come and wherever they die', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(worker, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 5, max: 15 }),
        fc.integer({ min: 5, max: 15 }),
        fc.infiniteStream(fc.nat({ max: 1_000 })),
        async (workers, ofRun, ofDay, picks) => {
          const accounts = new MemorySpendAccounts();
          const limits: SpendLimits = { run: { usdMicros: ofRun }, tenantDay: { usdMicros: ofDay } };
          const waiting: (() => void)[] = [];
          const work = workers.map(async ({ key, dies, misheard }) => {
            let calls = 0;
            const around: Around = async (act) => {
              await new Promise<void>((resolve) => waiting.push(resolve));
              const number = calls++;
              if (number === dies) throw new Crash();
              const answer = await act();
              await neverTooMuch(accounts, limits);
              return number === misheard && isWritten(answer) ? { written: false, current: undefined } : answer;
            };
            const book = new SpendBook(accountsThrough(accounts, around), ids);
            return lived(async () => {
              const refusal = await book.reserve(callOf(key), limits).catch(settledOnly);
              if (!refusal) await book.settle(callOf(key), micros(3));
            });
          });
          const running = new Set(work);
          for (const each of work) void each.finally(() => running.delete(each));
          while (running.size > 0) {
            // Everybody who can go on does so, up to the next read or write.
            await new Promise(setImmediate);
            const [next] = waiting.splice((picks.next().value ?? 0) % Math.max(1, waiting.length), 1);
            if (next) next();
            else if (running.size > 0) await sleep(1);
          }
          await Promise.all(work);

          const book = new SpendBook(accounts, ids);
          for (const { key } of workers) {
            const refusal = await book.reserve(callOf(key), unlimited).catch(settledOnly);
            if (!refusal) await book.settle(callOf(key), micros(3));
          }
          const made = new Set(workers.map(({ key }) => key)).size;
          const after = await standing(accounts);
          expect(after).toMatchObject({ run: 3 * made, day: 3 * made, open: 0 });
          expect(after.lines).toMatchObject([{ calls: made, usdMicros: 3 * made }]);
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);
});

function isWritten(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'written') === true;
}

function settledOnly(error: Error): undefined {
  if (!error.message.includes('is settled')) throw error;
}

/** Nothing is over a limit, and whatever the run counts the day counts as well. */
async function neverTooMuch(accounts: SpendAccounts, limits: SpendLimits): Promise<void> {
  const run = await accounts.ofRun({ tenantId, runId: 'run-1' }).read();
  const onDay = await accounts.ofDay(tenantId, day).read();
  if (onDay) expect(usedOnDay(onDay).usdMicros).toBeLessThanOrEqual(limits.tenantDay.usdMicros ?? 0);
  if (!run) return;
  expect(usedByRun(run).usdMicros).toBeLessThanOrEqual(limits.run.usdMicros ?? 0);
  for (const { key, hold } of run.open) {
    expect(onDay?.open.find((call) => call.key === key)?.holds ?? []).toContain(hold);
  }
  expect(sumOfCharges(onDay?.lines ?? []).usdMicros).toBeLessThanOrEqual(run.spent.usdMicros);
}
