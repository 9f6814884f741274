import * as z from 'zod';
import type { BudgetRefusal, Charge, Reservation, SpendLimits } from './budget.ts';
import { charge, noCharge, sumOfCharges } from './budget.ts';
import { sha256 } from './json.ts';

/**
 * Calls of one account that are set aside and not settled. Every one is kept by name, because only what is known by
 * name is never counted twice; the bound keeps the item small enough for the table.
 */
export const maxOpenCalls = { run: 500, tenantDay: 1_000 } as const;

/**
 * Settled keys that a run remembers, so that a repeated reservation of a call that was just made is refused. No sum
 * depends on it: a key that later calls have pushed out is unknown again, so settling it once more still changes nothing,
 * and reserving it is a new call, which is set aside and charged like any. Every call writes the list, so it is short.
 */
export const maxSettledKeys = 16;

/** Hexadecimal, of the hash of a key that may have 100 characters: one new call in 10^10 is refused for another one. */
const markCharacters = 10;

const placed = charge.extend({
  key: z.string(),
  /** Names the mark that the reservation left in the account of the day: each attempt to reserve leaves its own. */
  hold: z.string(),
  day: z.string(),
});

/** What one run has spent: the truth about each of its calls. A call is open, then unbilled, then settled. */
export const runAccount = z.object({
  spent: charge,
  /** Worst cases that are set aside. */
  open: z.array(placed),
  /** Counted in `spent`, with what was really used; not yet known to be in the account of the day. */
  unbilled: z.array(placed.extend({ agent: z.string(), model: z.string() })),
  /** Marks of keys, newest last. */
  settled: z.array(z.string()),
  writeToken: z.string(),
});
export type RunAccount = z.infer<typeof runAccount>;
export type UnbilledCall = RunAccount['unbilled'][number];

/** What a tenant has spent on one day: its bill, and what is set aside on top. */
export const dayAccount = z.object({
  /** Worst cases by run and key. At most one of the holds can come to count, so the call counts once. */
  open: z.array(charge.extend({ runId: z.string(), key: z.string(), holds: z.array(z.string()) })),
  lines: z.array(charge.extend({ agent: z.string(), model: z.string(), calls: z.int() })),
  writeToken: z.string(),
});
export type DayAccount = z.infer<typeof dayAccount>;

export const emptyRunAccount: RunAccount = { spent: noCharge, open: [], unbilled: [], settled: [], writeToken: '' };
export const emptyDayAccount: DayAccount = { open: [], lines: [], writeToken: '' };

/** What a run has used, with what is set aside counted in full. */
export function usedByRun(account: RunAccount): Charge {
  return sumOfCharges([account.spent, ...account.open]);
}

/** What a tenant has used on the day, with what is set aside counted in full. */
export function usedOnDay(account: DayAccount): Charge {
  return sumOfCharges([...account.lines, ...account.open]);
}

/** How a call stands with its run. */
export function standingOf(account: RunAccount, key: string): 'unknown' | 'open' | 'settled' {
  if (account.open.some((call) => call.key === key)) return 'open';
  const known = account.settled.includes(markOf(key)) || account.unbilled.some((call) => call.key === key);
  return known ? 'settled' : 'unknown';
}

export type Reserved<Account> =
  | { readonly kind: 'reserved'; readonly account: Account }
  | { readonly kind: 'refused'; readonly refusal: BudgetRefusal };

/** Sets a call aside that the run does not know. */
export function reserveForRun(
  account: RunAccount,
  { key, day, worst }: Reservation,
  hold: string,
  limits: SpendLimits['run'],
): Reserved<RunAccount> {
  const refusal =
    overLimit('run', limits, usedByRun(account), worst) ?? overCount('run', account.open.length, maxOpenCalls.run);
  if (refusal) return { kind: 'refused', refusal };
  return { kind: 'reserved', account: { ...account, open: [...account.open, { ...worst, key, hold, day }] } };
}

/** Leaves a hold for a call. A call that has one already is not counted again. */
export function reserveForDay(
  account: DayAccount,
  { runId, key, worst }: Reservation,
  hold: string,
  limits: SpendLimits['tenantDay'],
): Reserved<DayAccount> {
  const known = account.open.find(isCall({ runId, key }));
  const others = account.open.filter((call) => call !== known);
  const wanted = {
    usdMicros: Math.max(worst.usdMicros, known?.usdMicros ?? 0),
    tokens: Math.max(worst.tokens, known?.tokens ?? 0),
  };
  const holdCount = account.open.reduce((count, { holds }) => count + holds.length, 0);
  const refusal =
    overLimit('tenantDay', limits, usedOnDay({ ...account, open: others }), wanted) ??
    overCount('tenantDay', holdCount, maxOpenCalls.tenantDay);
  if (refusal) return { kind: 'refused', refusal };
  const call = { ...wanted, runId, key, holds: [...(known?.holds ?? []), hold] };
  return { kind: 'reserved', account: { ...account, open: [...others, call] } };
}

/** Takes back one hold, and the call with its last one. */
export function releaseHold(account: DayAccount, call: Pick<Reservation, 'runId' | 'key'>, hold: string): DayAccount {
  const known = account.open.find(isCall(call));
  if (!known?.holds.includes(hold)) return account;
  const holds = known.holds.filter((one) => one !== hold);
  const others = account.open.filter((one) => one !== known);
  return { ...account, open: holds.length === 0 ? others : [...others, { ...known, holds }] };
}

/**
 * Puts what was really used in the place of what was set aside, also when it is more. A key that was never reserved,
 * or was forgotten since, is charged nothing; it counts as settled from now on, so that no reservation of it that is
 * still under way can succeed.
 */
export function settleForRun(account: RunAccount, reservation: Reservation, used: Charge): RunAccount {
  const { key, agent, model } = reservation;
  switch (standingOf(account, key)) {
    case 'settled':
      return account;
    case 'unknown':
      return { ...account, settled: remembered(account, [key]) };
    case 'open': {
      const unbilled = account.open
        .filter((call) => call.key === key)
        .map(({ hold, day }) => ({ usdMicros: used.usdMicros, tokens: used.tokens, key, hold, day, agent, model }));
      return {
        ...account,
        spent: sumOfCharges([account.spent, ...unbilled]),
        open: account.open.filter((call) => call.key !== key),
        unbilled: [...account.unbilled, ...unbilled],
      };
    }
  }
}

/**
 * Moves a settled call from what is set aside to the bill. Its hold is there until that is done and never again, so
 * repeating it changes nothing. A call of no money and no tokens was never made and is on no bill.
 */
export function billOnDay(account: DayAccount, runId: string, call: UnbilledCall): DayAccount {
  const known = account.open.find(isCall({ runId, key: call.key }));
  if (!known?.holds.includes(call.hold)) return account;
  const open = account.open.filter((one) => one !== known);
  if (call.usdMicros === 0 && call.tokens === 0) return { ...account, open };
  const line = account.lines.find(({ agent, model }) => agent === call.agent && model === call.model);
  const { usdMicros, tokens } = sumOfCharges(line ? [line, call] : [call]);
  const next = { agent: call.agent, model: call.model, usdMicros, tokens, calls: (line?.calls ?? 0) + 1 };
  return { ...account, open, lines: [...account.lines.filter((one) => one !== line), next] };
}

/** Forgets every hold of a call that can no longer come to count: its run has settled it. */
export function releaseCall(account: DayAccount, call: Pick<Reservation, 'runId' | 'key'>): DayAccount {
  const open = account.open.filter((one) => !isCall(call)(one));
  return open.length === account.open.length ? account : { ...account, open };
}

/** Notes that calls are on the bill of their day. */
export function markBilled(account: RunAccount, keys: ReadonlySet<string>): RunAccount {
  const billed = account.unbilled.filter(({ key }) => keys.has(key));
  if (billed.length === 0) return account;
  return {
    ...account,
    unbilled: account.unbilled.filter(({ key }) => !keys.has(key)),
    settled: remembered(
      account,
      billed.map(({ key }) => key),
    ),
  };
}

/** The newest marks of settled keys, as many as are kept. */
export function remembered({ settled }: RunAccount, keys: readonly string[]): string[] {
  return [...settled, ...keys.map(markOf)].slice(-maxSettledKeys);
}

function markOf(key: string): string {
  return sha256(key).slice(0, markCharacters);
}

function isCall(wanted: Pick<Reservation, 'runId' | 'key'>) {
  return (call: DayAccount['open'][number]): boolean => call.runId === wanted.runId && call.key === wanted.key;
}

function overLimit(
  limit: BudgetRefusal['limit'],
  limits: SpendLimits['run'],
  used: Charge,
  wanted: Charge,
): BudgetRefusal | undefined {
  for (const unit of ['usdMicros', 'tokens'] as const) {
    const allowed = limits[unit];
    if (allowed !== undefined && used[unit] + wanted[unit] > allowed) {
      return { limit, unit, allowed, used: used[unit], wanted: wanted[unit] };
    }
  }
  return undefined;
}

function overCount(limit: BudgetRefusal['limit'], used: number, allowed: number): BudgetRefusal | undefined {
  return used < allowed ? undefined : { limit, unit: 'openCalls', allowed, used, wanted: 1 };
}
