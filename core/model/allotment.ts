import type { BudgetRefusal, Charge, RunBudget } from './budget.ts';
import { sumOfCharges } from './budget.ts';
import type { RunAccount } from './spend-account.ts';
import { maxOpenCalls, remembered, standingOf, usedByRun } from './spend-account.ts';

/** What one run may use. */
type Limits = Pick<RunBudget, 'usdMicros' | 'tokens'>;

/** What a run wants for one that it begins. */
export interface Share {
  /** Half of what is left where it says nothing. */
  readonly wanted: Limits;
  /** It is never more, whatever is wanted or left. */
  readonly atMost: Limits;
}

const units = ['usdMicros', 'tokens'] as const;

/** A part of what a run may use, for a run that it begins. Units that are not limited are left out. */
export type Allotted =
  | { readonly kind: 'allotted'; readonly part: Limits; readonly account: RunAccount }
  | { readonly kind: 'refused'; readonly refusal: BudgetRefusal };

export type Enlarged =
  | { readonly kind: 'enlarged'; readonly account: RunAccount }
  | { readonly kind: 'refused'; readonly refusal: BudgetRefusal };

/**
 * Sets a part aside in the account of the run that begins another. Known by its key, so that it is set aside once; asked for
 * again it is what it was. A unit that the run may use without limit is not set aside; the part has the limit that is wanted.
 * A part that was taken back is not set aside again: whoever asks for it comes late.
 */
export function allot(account: RunAccount, key: string, { wanted, atMost }: Share, limits: Limits): Allotted {
  const known = account.open.find((call) => call.key === key);
  const used = usedByRun(account);
  const asked = (unit: (typeof units)[number]): number | undefined => {
    const given = [wanted[unit], atMost[unit]].filter((one) => one !== undefined);
    return given.length === 0 ? undefined : Math.min(...given);
  };
  const amountOf = (unit: (typeof units)[number]): number => {
    const allowed = limits[unit];
    if (allowed === undefined) return 0;
    // Rounded up: a part of nothing could not be told from one without a limit.
    const half = Math.max(0, Math.ceil((allowed - used[unit]) / 2));
    return wanted[unit] === undefined ? Math.min(half, asked(unit) ?? half) : (asked(unit) ?? 0);
  };
  const amounts: Charge = known ?? { usdMicros: amountOf('usdMicros'), tokens: amountOf('tokens') };
  const part: Limits = Object.fromEntries(
    units.flatMap((unit) => {
      const limit = amounts[unit] > 0 ? amounts[unit] : asked(unit);
      return limit === undefined ? [] : [[unit, limit]];
    }),
  );
  if (standingOf(account, key) !== 'unknown') return { kind: 'allotted', part, account };
  for (const unit of units) {
    const allowed = limits[unit];
    if (allowed === undefined) continue;
    // Nothing left to halve is refused as well: one of it is wanted.
    const refusal = { limit: 'run', unit, allowed, used: used[unit], wanted: Math.max(1, amounts[unit]) } as const;
    if (refusal.used + refusal.wanted > allowed) return { kind: 'refused', refusal };
  }
  if (account.open.length >= maxOpenCalls.run) {
    const refusal = { limit: 'run', unit: 'openCalls', allowed: maxOpenCalls.run, used: account.open.length } as const;
    return { kind: 'refused', refusal: { ...refusal, wanted: 1 } };
  }
  const open = [...account.open, { ...amounts, key, hold: '', day: '' }];
  return { kind: 'allotted', part, account: { ...account, open } };
}

/**
 * Sets more aside under a key, unless the limits forbid it: a part never shrinks. A unit that is not limited stays so, and a key
 * that is not open has nothing to enlarge.
 */
export function enlarge(account: RunAccount, key: string, wanted: Limits, limits: Limits): Enlarged {
  const known = account.open.find((call) => call.key === key);
  if (!known) return { kind: 'enlarged', account };
  const used = usedByRun(account);
  const next = { ...known };
  for (const unit of units) {
    const allowed = limits[unit];
    if (allowed === undefined) continue;
    const more = Math.max(0, (wanted[unit] ?? 0) - known[unit]);
    if (used[unit] + more > allowed) {
      return { kind: 'refused', refusal: { limit: 'run', unit, allowed, used: used[unit], wanted: more } };
    }
    next[unit] += more;
  }
  const open = account.open.map((call) => (call === known ? next : call));
  return { kind: 'enlarged', account: { ...account, open } };
}

/**
 * Puts what the other run has used in the place of what was set aside for it. Repeating it changes nothing. A part that was
 * never set aside is charged nothing, and cannot be set aside any more.
 */
export function takeBack(account: RunAccount, key: string, used: Charge): RunAccount {
  const settled = remembered(account, [key]);
  switch (standingOf(account, key)) {
    case 'settled':
      return account;
    case 'unknown':
      return { ...account, settled };
    case 'open':
      return {
        ...account,
        spent: sumOfCharges([account.spent, used]),
        open: account.open.filter((call) => call.key !== key),
        settled,
      };
  }
}
