import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Share } from './allotment.ts';
import { allot, takeBack } from './allotment.ts';
import type { Charge, Reservation } from './budget.ts';
import { noCharge, sumOfCharges } from './budget.ts';
import type { RunAccount } from './spend-account.ts';
import { emptyRunAccount, maxOpenCalls, reserveForRun, settleForRun, usedByRun } from './spend-account.ts';

type Limits = Share['wanted'];
const units = ['usdMicros', 'tokens'] as const;
const anything: Share = { wanted: {}, atMost: {} };

/** The part that is allotted. Throws when it is refused. */
function partOf(account: RunAccount, share: Share, limits: Limits, key = 'child') {
  const allotted = allot(account, key, share, limits);
  if (allotted.kind === 'refused') throw new Error(JSON.stringify(allotted.refusal));
  return allotted;
}

describe('a part of what a run may use', () => {
  it('is half of what is left, unless something is wanted; and never more than the agent may use', () => {
    const limits = { usdMicros: 1_000, tokens: 90 };
    const first = partOf(emptyRunAccount, anything, limits);
    expect(first.part).toEqual({ usdMicros: 500, tokens: 45 });
    expect(partOf(first.account, anything, limits, 'next').part).toEqual({ usdMicros: 250, tokens: 23 });
    const wanted = { wanted: { tokens: 80 }, atMost: { tokens: 60, usdMicros: 7 } };
    expect(partOf(emptyRunAccount, wanted, limits).part).toEqual({ usdMicros: 7, tokens: 60 });
  });

  it('is refused when more is wanted than is left, with the numbers, and when nothing is left to halve', () => {
    const half = partOf(emptyRunAccount, anything, { tokens: 100 }).account;
    expect(allot(half, 'next', { wanted: { tokens: 51 }, atMost: {} }, { tokens: 100 })).toEqual({
      kind: 'refused',
      refusal: { limit: 'run', unit: 'tokens', allowed: 100, used: 50, wanted: 51 },
    });
    const all = partOf(half, { wanted: { tokens: 50 }, atMost: {} }, { tokens: 100 }, 'next').account;
    expect(allot(all, 'last', anything, { tokens: 100 })).toMatchObject({ kind: 'refused', refusal: { wanted: 1 } });
  });

  it('is the last that is left, and not one without a limit, when there is nothing to halve it into', () => {
    expect(partOf(emptyRunAccount, anything, { tokens: 1 }).part).toEqual({ tokens: 1 });
  });

  it('has the limit that is wanted where the run has none; nothing is set aside, and what was used counts', () => {
    const { part, account } = partOf(emptyRunAccount, { wanted: { usdMicros: 3 }, atMost: { tokens: 9 } }, {});
    expect(part).toEqual({ usdMicros: 3, tokens: 9 });
    expect(usedByRun(account)).toEqual(noCharge);
    expect(usedByRun(takeBack(account, 'child', { usdMicros: 2, tokens: 8 }))).toEqual({ usdMicros: 2, tokens: 8 });
    expect(partOf(emptyRunAccount, anything, {}).part).toEqual({});
  });

  it('cannot be set aside any more once it was taken back, also when that was before', () => {
    const gone = takeBack(emptyRunAccount, 'child', noCharge);
    expect(partOf(gone, anything, { tokens: 10 }).account).toBe(gone);
    expect(usedByRun(gone)).toEqual(noCharge);
    const known = takeBack(partOf(emptyRunAccount, anything, { tokens: 10 }).account, 'child', noCharge);
    expect(partOf(known, anything, { tokens: 10 }).account).toBe(known);
  });

  it('is refused when more is open than can be kept track of', () => {
    const call = { usdMicros: 0, tokens: 0, hold: '', day: '' };
    const open = Array.from({ length: maxOpenCalls.run }, (_, index) => ({ ...call, key: `k${index}` }));
    expect(allot({ ...emptyRunAccount, open }, 'child', anything, {})).toMatchObject({
      refusal: { unit: 'openCalls', allowed: maxOpenCalls.run, used: maxOpenCalls.run },
    });
  });
});

const amount = fc.integer({ min: 1, max: 120 });
const limitsOf = (of: fc.Arbitrary<number>): fc.Arbitrary<Limits> =>
  fc.record({ usdMicros: of, tokens: of }, { requiredKeys: [] });
const used = fc.record({ usdMicros: fc.nat(120), tokens: fc.nat(120) });
const key = fc.constantFrom('a', 'b', 'c', 'd');
const move = fc.oneof(
  fc.record({ kind: fc.constant('allot' as const), key, wanted: limitsOf(amount), atMost: limitsOf(amount) }),
  fc.record({ kind: fc.constant('takeBack' as const), key, used }),
  fc.record({ kind: fc.constant('reserve' as const), key, used }),
  fc.record({ kind: fc.constant('settle' as const), key, used }),
);

/** What a run above has seen of its account, kept by other means than the account itself. */
class Witness {
  account = emptyRunAccount;
  readonly #limits: Limits;
  /** By key: what was set aside, until what was used takes its place. */
  readonly #counted = new Map<string, { readonly charge: Charge; readonly over: boolean }>();
  readonly #parts = new Map<string, Limits>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  allot(child: string, share: Share): void {
    const known = this.#counted.get(child);
    const allotted = allot(this.account, child, share, this.#limits);
    if (allotted.kind === 'refused') {
      expect(known, 'a part that is known is refused').toBeUndefined();
      const { unit, used: counted, wanted, allowed } = allotted.refusal;
      expect(counted + wanted).toBeGreaterThan(allowed);
      expect(unit === 'openCalls' ? 0 : usedByRun(this.account)[unit]).toBe(counted);
      return;
    }
    this.account = allotted.account;
    if (known) return;
    this.#parts.set(child, allotted.part);
    const setAside = (unit: (typeof units)[number]): number =>
      this.#limits[unit] === undefined ? 0 : (allotted.part[unit] ?? Number.NaN);
    this.#counted.set(child, {
      charge: { usdMicros: setAside('usdMicros'), tokens: setAside('tokens') },
      over: false,
    });
    for (const unit of units) {
      const most = [share.wanted[unit], share.atMost[unit]].filter((one) => one !== undefined);
      if (most.length > 0) expect(allotted.part[unit]).toBeLessThanOrEqual(Math.min(...most));
      if (this.#limits[unit] !== undefined) expect(allotted.part[unit]).toBeGreaterThan(0);
    }
  }

  /** A child that keeps its part. */
  takeBack(child: string, wished: Charge): void {
    const part = this.#parts.get(child);
    const charge = {
      usdMicros: Math.min(wished.usdMicros, part?.usdMicros ?? Infinity),
      tokens: Math.min(wished.tokens, part?.tokens ?? Infinity),
    };
    this.account = takeBack(this.account, child, charge);
    const known = this.#counted.get(child);
    if (!known) this.#counted.set(child, { charge: noCharge, over: true });
    else if (!known.over) this.#counted.set(child, { charge, over: true });
  }

  reserve(call: Reservation): void {
    if (this.#counted.has(call.key)) return;
    const reserved = reserveForRun(this.account, call, 'hold', this.#limits);
    if (reserved.kind === 'refused') return;
    this.account = reserved.account;
    this.#counted.set(call.key, { charge: call.worst, over: false });
  }

  settle(call: Reservation, wished: Charge): void {
    const known = this.#counted.get(call.key);
    const charge = known ? least(wished, known.charge) : noCharge;
    this.account = settleForRun(this.account, call, charge);
    if (!known?.over) this.#counted.set(call.key, { charge, over: true });
  }

  check(): void {
    expect(usedByRun(this.account)).toEqual(sumOfCharges([...this.#counted.values()].map(({ charge }) => charge)));
    for (const unit of units) {
      expect(usedByRun(this.account)[unit]).toBeLessThanOrEqual(this.#limits[unit] ?? Infinity);
    }
  }
}

const least = (one: Charge, other: Charge): Charge => ({
  usdMicros: Math.min(one.usdMicros, other.usdMicros),
  tokens: Math.min(one.tokens, other.tokens),
});

describe('whatever is set aside, taken back, reserved and settled, in any order and repeated', () => {
  it('never is more used than allowed when all keep to their part, and nothing counts twice', () => {
    let parts = 0;
    fc.assert(
      fc.property(limitsOf(fc.integer({ min: 1, max: 300 })), fc.array(move, { maxLength: 40 }), (limits, moves) => {
        const witness = new Witness(limits);
        for (const next of moves) {
          const call: Reservation = {
            ...{ tenantId: 't', runId: 'r', agent: 'a', model: 'm', day: '2026-11-27' },
            key: `call-${next.key}`,
            worst: next.kind === 'reserve' ? next.used : noCharge,
          };
          if (next.kind === 'allot') witness.allot(next.key, next);
          if (next.kind === 'takeBack') witness.takeBack(next.key, next.used);
          if (next.kind === 'reserve') witness.reserve(call);
          if (next.kind === 'settle') witness.settle(call, next.used);
          witness.check();
        }
        parts += witness.account.open.length;
      }),
      { numRuns: 2_000 },
    );
    expect(parts).toBeGreaterThan(0);
  });

  it('the same key is the same part, whatever happened to the account in between', () => {
    fc.assert(
      fc.property(
        fc.record({ wanted: limitsOf(amount), atMost: limitsOf(amount) }),
        limitsOf(fc.integer({ min: 1, max: 300 })),
        fc.array(used, { maxLength: 5 }),
        (share, limits, others) => {
          const first = allot(emptyRunAccount, 'child', share, limits);
          fc.pre(first.kind === 'allotted');
          let account = first.account;
          for (const [index, worst] of others.entries()) {
            const next = allot(account, `other-${index}`, { wanted: { tokens: worst.tokens }, atMost: {} }, limits);
            if (next.kind === 'allotted') account = next.account;
          }
          const again = allot(account, 'child', share, limits);
          expect(again).toEqual({ kind: 'allotted', part: first.part, account });
        },
      ),
    );
  });
});
