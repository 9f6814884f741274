import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge, Reservation } from './budget.ts';
import { noCharge, sumOfCharges } from './budget.ts';
import type { DayAccount, RunAccount } from './spend-account.ts';
import {
  billOnDay,
  emptyDayAccount,
  emptyRunAccount,
  markBilled,
  maxOpenCalls,
  maxSettledKeys,
  releaseCall,
  releaseHold,
  reserveForDay,
  reserveForRun,
  settleForRun,
  standingOf,
  usedByRun,
  usedOnDay,
} from './spend-account.ts';

const callOf = (key: string, worst: Charge): Reservation => ({
  tenantId: 'acme',
  runId: 'run-1',
  agent: 'writer',
  model: 'small',
  key,
  day: '2026-11-27',
  worst,
});
const one: Charge = { usdMicros: 1, tokens: 1 };

/** Open calls in the account of a run, as a store would. */
function opened(account: RunAccount, keys: readonly string[], worst = one): RunAccount {
  return keys.reduce((sofar, key) => {
    const reserved = reserveForRun(sofar, callOf(key, worst), `hold-${key}`, {});
    return reserved.kind === 'reserved' ? reserved.account : sofar;
  }, account);
}
function settled(account: RunAccount, keys: readonly string[], used = one): RunAccount {
  return keys.reduce((sofar, key) => settleForRun(sofar, callOf(key, one), used), account);
}
const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`);

/** What happens to one of a few calls, each of which costs at most its worst case. */
const event = fc.record({
  what: fc.constantFrom('reserve', 'settle', 'markBilled'),
  call: fc.integer({ min: 0, max: 7 }),
});
const prices = fc.array(
  fc.record({ worst: fc.integer({ min: 0, max: 20 }), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 8,
    maxLength: 8,
  },
);

describe('the account of a run', () => {
  it('never passes its limit while each call costs at most its worst case, and counts each call once', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        prices,
        fc.integer({ min: 1, max: 60 }),
        (events, costs, limit) => {
          let account = emptyRunAccount;
          const used = new Map<number, Charge>();
          for (const { what, call } of events) {
            const { worst = 0, part = 0 } = costs[call] ?? {};
            const reservation = callOf(`k${call}`, { usdMicros: worst, tokens: 0 });
            const before = standingOf(account, reservation.key);
            if (what === 'reserve' && before === 'unknown') {
              const answer = reserveForRun(account, reservation, `h${call}`, { usdMicros: limit });
              if (answer.kind === 'reserved') account = answer.account;
              else expect(usedByRun(account).usdMicros + worst).toBeGreaterThan(limit);
            } else if (what === 'settle') {
              const charge = { usdMicros: Math.floor(worst * part), tokens: 0 };
              if (before === 'open') used.set(call, charge);
              account = settleForRun(account, reservation, charge);
              expect(settleForRun(account, reservation, { usdMicros: 99, tokens: 9 })).toBe(account);
            } else if (what === 'markBilled') account = markBilled(account, new Set([reservation.key]));
            expect(usedByRun(account).usdMicros).toBeLessThanOrEqual(limit);
            expect(account.spent).toEqual(sumOfCharges(used.values()));
          }
        },
      ),
    );
  });

  it('comes to the same whatever the order in which calls are settled', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(keys(6), { minLength: 6 }), fc.shuffledSubarray(keys(6)), (order, twice) => {
        const start = opened(emptyRunAccount, keys(6));
        const account = settled(start, [...order, ...twice]);
        const other = settled(start, keys(6));
        expect(account.spent).toEqual(other.spent);
        expect(account.open).toEqual([]);
        expect(account.unbilled.map(({ key }) => key).toSorted()).toEqual(keys(6));
      }),
    );
  });

  it('keeps a charge above the worst case in full, and then lets nothing pass', () => {
    const account = settleForRun(opened(emptyRunAccount, ['k'], one), callOf('k', one), { usdMicros: 50, tokens: 7 });
    expect(account.spent).toEqual({ usdMicros: 50, tokens: 7 });
    const free = callOf('free', { usdMicros: 0, tokens: 0 });
    expect(reserveForRun(account, free, 'h', { usdMicros: 10 })).toEqual({
      kind: 'refused',
      refusal: { limit: 'run', unit: 'usdMicros', allowed: 10, used: 50, wanted: 0 },
    });
    expect(reserveForRun(account, free, 'h', { usdMicros: 50, tokens: 7 }).kind).toBe('reserved');
  });

  it('counts a key as settled that was never reserved, and charges nothing for it', () => {
    const account = settleForRun(emptyRunAccount, callOf('k', one), one);
    expect(account).toMatchObject({ spent: { usdMicros: 0, tokens: 0 }, unbilled: [] });
    expect(standingOf(account, 'k')).toBe('settled');
  });

  it('forgets the oldest settled keys, never one that is still to be billed, and stays small enough for the table', () => {
    const many = keys(maxOpenCalls.run);
    const account = settled(opened(emptyRunAccount, many), many);
    expect(many.every((key) => standingOf(account, key) === 'settled')).toBe(true);
    const billed = markBilled(account, new Set(many));
    const remembered = many.slice(-maxSettledKeys);
    expect(many.filter((key) => standingOf(billed, key) === 'settled')).toEqual(remembered);
    expect(standingOf(billed, 'k0')).toBe('unknown');
    expect(settled(billed, ['k0']).spent).toEqual(billed.spent);
    expect(JSON.stringify(account).length).toBeLessThan(200_000);
  });

  it('is full after a few calls, and no larger after many, however long their keys are', () => {
    const sizeAfter = (calls: number): number => {
      let account = emptyRunAccount;
      for (let call = 0; call < calls; call += 1) {
        const key = `${'long'.repeat(20)}-${1_000 + call}`;
        account = markBilled(settled(opened(account, [key], noCharge), [key], noCharge), new Set([key]));
      }
      return JSON.stringify(account).length;
    };
    expect(sizeAfter(maxSettledKeys)).toBeLessThan(400);
    expect(sizeAfter(500)).toBe(sizeAfter(maxSettledKeys));
  });

  it('charges each call that was made once, however late it is settled again, and whatever was forgotten since', () => {
    const step = fc.record({
      // Which call a process goes on with; a call has one owner, who reserves, calls and settles in this order.
      call: fc.integer({ min: 0, max: 3 * maxSettledKeys }),
      // What comes to a call that is over, at any time later.
      late: fc.constantFrom('bill', 'settle', 'reserve'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        let account = emptyRunAccount;
        const made = new Map<number, 'reserved' | 'settled'>();
        let expected = 0;
        for (const { call, late } of steps) {
          const [key, at] = [`k${call}`, made.get(call)];
          if (at === undefined) {
            account = opened(account, [key], { usdMicros: call, tokens: 1 });
            made.set(call, 'reserved');
          } else if (at === 'reserved') {
            account = settled(account, [key], { usdMicros: call, tokens: 1 });
            made.set(call, 'settled');
            expected += call;
          } else if (late === 'bill') account = markBilled(account, new Set([key]));
          else if (late === 'settle') account = settled(account, [key], { usdMicros: 1_000, tokens: 1 });
          else if (standingOf(account, key) === 'unknown') {
            // A process that slept so long that the call was forgotten makes it anew, and pays for it anew.
            account = opened(account, [key], { usdMicros: call, tokens: 1 });
            made.set(call, 'reserved');
          }
          expect(account.spent.usdMicros).toBe(expected);
          const open = [...made].filter(([, state]) => state === 'reserved').map(([one]) => `k${one}`);
          expect(account.open.map((one) => one.key).toSorted()).toEqual(open.toSorted());
          expect(account.settled.length).toBeLessThanOrEqual(maxSettledKeys);
        }
      }),
    );
  });

  it('refuses more open calls than it can keep by name', () => {
    const account = opened(emptyRunAccount, keys(maxOpenCalls.run));
    expect(reserveForRun(account, callOf('more', one), 'h', {})).toMatchObject({
      kind: 'refused',
      refusal: { unit: 'openCalls', allowed: maxOpenCalls.run, used: maxOpenCalls.run },
    });
  });
});

describe('the account of a day', () => {
  const reserved = (account: DayAccount, call: Reservation, hold: string, limit?: number): DayAccount => {
    const answer = reserveForDay(account, call, hold, limit === undefined ? {} : { usdMicros: limit });
    if (answer.kind === 'refused') throw new Error('refused');
    return answer.account;
  };
  const call = callOf('k', { usdMicros: 5, tokens: 1 });
  const unbilled = { usdMicros: 3, tokens: 1, key: 'k', hold: 'a', day: call.day, agent: 'writer', model: 'small' };

  it('counts two attempts at one call once, and keeps its place until the last hold is gone', () => {
    const account = reserved(reserved(emptyDayAccount, call, 'a', 5), call, 'b', 5);
    expect(usedOnDay(account)).toEqual({ usdMicros: 5, tokens: 1 });
    const less = releaseHold(account, call, 'a');
    expect(usedOnDay(less)).toEqual({ usdMicros: 5, tokens: 1 });
    expect(releaseHold(less, call, 'b').open).toEqual([]);
    expect(releaseHold(less, call, 'a')).toBe(less);
  });

  it('tells the calls of two runs apart that have the same key', () => {
    const account = reserved(reserved(emptyDayAccount, call, 'a'), { ...call, runId: 'run-2' }, 'b');
    expect(usedOnDay(account).usdMicros).toBe(10);
    expect(usedOnDay(releaseCall(account, call)).usdMicros).toBe(5);
  });

  it('bills a call by the hold that its run remembers, once, on the line of its agent and model', () => {
    const account = billOnDay(reserved(reserved(emptyDayAccount, call, 'b'), call, 'a'), 'run-1', unbilled);
    expect(account).toEqual({
      ...emptyDayAccount,
      lines: [{ agent: 'writer', model: 'small', usdMicros: 3, tokens: 1, calls: 1 }],
    });
    expect(billOnDay(account, 'run-1', unbilled)).toBe(account);
    // A dead attempt that comes late leaves a hold of another name.
    const late = reserved(account, call, 'c');
    expect(billOnDay(late, 'run-1', unbilled)).toBe(late);
  });

  it('has no line for a call that was never made', () => {
    const free = { ...unbilled, usdMicros: 0, tokens: 0 };
    expect(billOnDay(reserved(emptyDayAccount, call, 'a'), 'run-1', free)).toEqual(emptyDayAccount);
  });

  it('refuses what would pass its limit, and more holds than it can keep by name', () => {
    const full = reserved(emptyDayAccount, call, 'a', 5);
    const other = callOf('other', one);
    expect(reserveForDay(full, other, 'b', { usdMicros: 5 })).toEqual({
      kind: 'refused',
      refusal: { limit: 'tenantDay', unit: 'usdMicros', allowed: 5, used: 5, wanted: 1 },
    });
    const holds = Array.from({ length: maxOpenCalls.tenantDay }, (_, index) => `h${index}`);
    const crowded = { ...emptyDayAccount, open: [{ ...call.worst, runId: 'run-1', key: 'k', holds }] };
    expect(reserveForDay(crowded, other, 'b', {})).toMatchObject({ refusal: { unit: 'openCalls' } });
  });
});
