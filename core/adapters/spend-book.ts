import { setTimeout as sleep } from 'node:timers/promises';
import { allot, enlarge, takeBack } from '../model/allotment.ts';
import type { Share } from '../model/allotment.ts';
import type { BudgetRefusal, Charge, Reservation, SpendLimits, SpendLine } from '../model/budget.ts';
import { countDays, day as calendarDay, daysBetween } from '../model/day.ts';
import { StoreUnavailable } from '../model/failure.ts';
import type { DayAccount, RunAccount } from '../model/spend-account.ts';
import {
  billOnDay,
  emptyDayAccount,
  emptyRunAccount,
  markBilled,
  releaseCall,
  releaseHold,
  reserveForDay,
  reserveForRun,
  settleForRun,
  standingOf,
  usedByRun,
} from '../model/spend-account.ts';
import type { Allotment, Ids, RunRef, SpendStore, Written } from '../ports/index.ts';

/** One account as an item. All methods throw StoreUnavailable. */
export interface AccountItem<Account> {
  /** Consistent; undefined when nothing was ever written. */
  read(): Promise<Account | undefined>;
  /** Writes if the stored account has `seenToken`, or if there is none with `undefined`. */
  write(next: Account, seenToken: string | undefined): Promise<Written<Account>>;
}

export interface SpendAccounts {
  ofRun(run: RunRef): AccountItem<RunAccount>;
  ofDay(tenantId: string, day: string): AccountItem<DayAccount>;
  /** The accounts of some days, without those that nothing was ever written to. Throws StoreUnavailable. */
  readDays(
    tenantId: string,
    days: readonly string[],
  ): Promise<readonly { readonly day: string; readonly account: DayAccount }[]>;
}

export const mostDays = 92;

/** Writers that meet at one account wait a random time below these, doubled each time up to the longest. */
const tries = 40;
const shortestWaitMs = 10;
const longestWaitMs = 320;

/**
 * The order of writes that keeps two kinds of accounts exact with one conditional write at a time.
 *
 * Reserving leaves a hold in the account of the day, under a name of its own, then opens the call in the account of the
 * run, which remembers the name of that hold. Only the run decides: a hold whose name it does not remember never counts
 * for more than the room that it takes. Settling closes the call in the account of the run, with what was used, then
 * trades the remembered hold for a line of the bill. A hold is written once and removed once, so whether it is there
 * says whether the call is still to be billed; after a crash in between whoever comes next to that run does it.
 */
export class SpendBook implements SpendStore {
  readonly #accounts: SpendAccounts;
  readonly #ids: Ids;

  constructor(accounts: SpendAccounts, ids: Ids) {
    this.#accounts = accounts;
    this.#ids = ids;
  }

  async reserve(reservation: Reservation, limits: SpendLimits): Promise<BudgetRefusal | undefined> {
    checkReservation(reservation);
    const { key } = reservation;
    const run = (await this.#accounts.ofRun(reservation).read()) ?? emptyRunAccount;
    const standing = standingOf(run, key);
    if (standing === 'open') return undefined;
    if (standing === 'settled') throw alreadySettled(reservation);
    const hold = this.#ids.token();
    const early = reserveForRun(run, reservation, hold, limits.run);
    if (early.kind === 'refused') return early.refusal;
    const refusedOnDay = await this.#leaveHold(reservation, hold, run, limits);
    if (refusedOnDay) return refusedOnDay;
    const opened = await this.#open(reservation, hold, run, limits);
    if (!opened.holdCounts) {
      await this.#changeDay(reservation, reservation.day, (account) => releaseHold(account, reservation, hold));
    }
    if (opened.settled) throw alreadySettled(reservation);
    return opened.refusal;
  }

  async settle(reservation: Reservation, charge: Charge): Promise<void> {
    checkReservation(reservation);
    checkCharge(charge);
    const run = await this.#change(this.#accounts.ofRun(reservation), emptyRunAccount, undefined, (account) => {
      const next = settleForRun(account, reservation, charge);
      return { next, outcome: next };
    });
    const unbilled = run.unbilled.find((call) => call.key === reservation.key);
    await this.#changeDay(reservation, unbilled?.day ?? reservation.day, (account) => {
      const next = unbilled ? billOnDay(account, reservation.runId, unbilled) : account;
      return releaseCall(next, reservation);
    });
  }

  async allot(run: RunRef, key: string, share: Share, limits: SpendLimits['run']): Promise<Allotment> {
    checkKey(key);
    return this.#change(
      this.#accounts.ofRun(run),
      emptyRunAccount,
      undefined,
      (account): Decided<RunAccount, Allotment> => {
        const allotted = allot(account, key, share, limits);
        if (allotted.kind === 'refused') return { next: account, outcome: allotted };
        return { next: allotted.account, outcome: { kind: 'allotted', part: allotted.part } };
      },
    );
  }

  async enlarge(
    run: RunRef,
    key: string,
    part: SpendLimits['run'],
    limits: SpendLimits['run'],
  ): Promise<BudgetRefusal | undefined> {
    return this.#change(this.#accounts.ofRun(run), emptyRunAccount, undefined, (account) => {
      const enlarged = enlarge(account, key, part, limits);
      return enlarged.kind === 'refused'
        ? { next: account, outcome: enlarged.refusal }
        : { next: enlarged.account, outcome: undefined };
    });
  }

  async takeBack(run: RunRef, key: string, used: Charge): Promise<void> {
    checkKey(key);
    checkCharge(used);
    await this.#change(this.#accounts.ofRun(run), emptyRunAccount, undefined, (account) => ({
      next: takeBack(account, key, used),
      outcome: undefined,
    }));
  }

  async ofRun(run: RunRef): Promise<Charge> {
    return usedByRun((await this.#accounts.ofRun(run).read()) ?? emptyRunAccount);
  }

  async lines(query: {
    readonly tenantId: string;
    readonly from: string;
    readonly to: string;
  }): Promise<readonly SpendLine[]> {
    const { tenantId, from, to } = query;
    checkDay(from);
    checkDay(to);
    const count = countDays(from, to);
    if (count < 1 || count > mostDays) {
      throw new RangeError(`A bill covers 1 to ${mostDays} days; ${from} to ${to} are ${count}.`);
    }
    const found = await this.#accounts.readDays(tenantId, daysBetween(from, to));
    return found
      .toSorted((a, b) => (a.day < b.day ? -1 : 1))
      .flatMap(({ day, account }) => account.lines.map((line) => ({ day, ...line })));
  }

  /** Leaves a hold in the account of the day, and finishes what settlements of the run have left undone. */
  async #leaveHold(
    reservation: Reservation,
    hold: string,
    run: RunAccount,
    limits: SpendLimits,
  ): Promise<BudgetRefusal | undefined> {
    const { tenantId, runId } = reservation;
    for (const day of new Set(run.unbilled.map((call) => call.day))) {
      if (day !== reservation.day)
        await this.#changeDay(reservation, day, (account) => billed(account, runId, run, day));
    }
    const item = this.#accounts.ofDay(tenantId, reservation.day);
    return this.#change(item, emptyDayAccount, undefined, (account): Decided<DayAccount, BudgetRefusal | undefined> => {
      const upToDate = billed(account, runId, run, reservation.day);
      const reserved = reserveForDay(upToDate, reservation, hold, limits.tenantDay);
      return reserved.kind === 'refused'
        ? { next: account, outcome: reserved.refusal }
        : { next: reserved.account, outcome: undefined };
    });
  }

  /** Opens the call in the account of the run, where it may meet another attempt at the same call. */
  async #open(reservation: Reservation, hold: string, seen: RunAccount, limits: SpendLimits): Promise<Opened> {
    const { key } = reservation;
    const billedKeys = new Set(seen.unbilled.map((call) => call.key));
    return this.#change(
      this.#accounts.ofRun(reservation),
      emptyRunAccount,
      seen,
      (account): Decided<RunAccount, Opened> => {
        const standing = standingOf(account, key);
        if (standing !== 'unknown') {
          // An own write whose answer was lost shows as a call under the own hold, which then has to stay.
          const holdCounts = [...account.open, ...account.unbilled].some(
            (call) => call.key === key && call.hold === hold,
          );
          return { next: account, outcome: { holdCounts, settled: standing === 'settled', refusal: undefined } };
        }
        const reserved = reserveForRun(markBilled(account, billedKeys), reservation, hold, limits.run);
        return reserved.kind === 'refused'
          ? { next: account, outcome: { holdCounts: false, settled: false, refusal: reserved.refusal } }
          : { next: reserved.account, outcome: { holdCounts: true, settled: false, refusal: undefined } };
      },
    );
  }

  #changeDay({ tenantId }: RunRef, day: string, change: (account: DayAccount) => DayAccount): Promise<void> {
    return this.#change(this.#accounts.ofDay(tenantId, day), emptyDayAccount, undefined, (account) => ({
      next: change(account),
      outcome: undefined,
    }));
  }

  /**
   * Writes what `decide` makes of the account, unless that is the account itself; decides anew when another writer was
   * first.
   *
   * @param seen the account as it was just read, for the first try
   */
  async #change<Account extends { readonly writeToken: string }, Outcome>(
    item: AccountItem<Account>,
    empty: Account,
    seen: Account | undefined,
    decide: (account: Account) => Decided<Account, Outcome>,
  ): Promise<Outcome> {
    let account = seen ?? (await item.read()) ?? empty;
    for (let attempt = 1; attempt <= tries; attempt++) {
      const { next, outcome } = decide(account);
      if (next === account) return outcome;
      const seenToken = account === empty ? undefined : account.writeToken;
      const answer = await item.write({ ...next, writeToken: this.#ids.token() }, seenToken);
      if (answer.written) return outcome;
      await sleep(this.#ids.fraction() * Math.min(longestWaitMs, shortestWaitMs * 2 ** attempt));
      account = (await item.read()) ?? empty;
    }
    throw new StoreUnavailable('spend', new Error(`others wrote to the account first, ${tries} times`));
  }
}

/** What is to be made of an account; nothing is written when it is the same. */
interface Decided<Account, Outcome> {
  readonly next: Account;
  readonly outcome: Outcome;
}

/** How an attempt to open a call ended. */
interface Opened {
  /** Whether its hold is the one that the run remembers. */
  readonly holdCounts: boolean;
  readonly settled: boolean;
  readonly refusal: BudgetRefusal | undefined;
}

/** The account of a day with everything that the run has settled on it. */
function billed(account: DayAccount, runId: string, run: RunAccount, day: string): DayAccount {
  const onDay = run.unbilled.filter((call) => call.day === day);
  return onDay.reduce((sofar, call) => billOnDay(sofar, runId, call), account);
}

function alreadySettled({ key, runId }: Reservation): Error {
  return new Error(
    `The call '${key}' of run ${runId} is settled, so it has been made. Reserve a new call under a new key.`,
  );
}

const keyPattern = /^[A-Za-z0-9._:/@-]{1,100}$/;
const maxModelCharacters = 200;

function checkReservation({ key, model, day, worst }: Reservation): void {
  checkKey(key);
  if (model.length > maxModelCharacters) {
    throw new RangeError(`The name of a model has at most ${maxModelCharacters} characters, not ${model.length}.`);
  }
  checkDay(day);
  checkCharge(worst);
}

function checkKey(key: string): void {
  if (keyPattern.test(key)) return;
  throw new RangeError(`The key of a call is 1 to 100 of A-Z a-z 0-9 . _ : / @ -, not '${key.slice(0, 120)}'.`);
}

function checkDay(given: string): void {
  if (calendarDay.safeParse(given).success) return;
  throw new RangeError(`A day is written like 2026-11-27, not '${given.slice(0, 40)}'.`);
}

function checkCharge({ usdMicros, tokens }: Charge): void {
  for (const amount of [usdMicros, tokens]) {
    if (Number.isSafeInteger(amount) && amount >= 0) continue;
    throw new RangeError(`A charge is in whole micro-dollars and tokens, 0 or more; ${amount} was given.`);
  }
}
