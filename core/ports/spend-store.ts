import type { Share } from '../model/allotment.ts';
import type { BudgetRefusal, Charge, Reservation, SpendLimits, SpendLine } from '../model/budget.ts';
import type { RunRef } from './run-store.ts';

/** What a run may use of the part that was set aside for it; a unit that is left out is not limited. */
export type Allotment =
  | { readonly kind: 'allotted'; readonly part: SpendLimits['run'] }
  | { readonly kind: 'refused'; readonly refusal: BudgetRefusal };

/**
 * What runs and tenants have spent on models. Every write is one conditional write of one item, and whatever a crash
 * leaves half done errs on the side of too much set aside; it is put right when the call is reserved or settled again.
 * All methods throw StoreUnavailable, also when too many write to one account at once.
 */
export interface SpendStore {
  /**
   * Sets aside the worst case of one call, for the run and for its tenant's day, unless a limit would be passed: then
   * nothing is set aside. The same key again is the same reservation, with the worst case that it was first given.
   * Throws an error for a key that is settled: that call has been made.
   */
  reserve(reservation: Reservation, limits: SpendLimits): Promise<BudgetRefusal | undefined>;
  /**
   * Puts what was really used in the place of a reservation, also when it is more than the worst case. Repeating it is
   * harmless: the first charge stands. A charge of nothing takes the reservation back.
   */
  settle(reservation: Reservation, charge: Charge): Promise<void>;
  /**
   * Sets aside a part of what a run may use, for a run that it begins. The calls of that run are on its own bill, so nothing is
   * set aside of the day. The same key again is the same part; nothing is set aside for one that was taken back.
   */
  allot(run: RunRef, key: string, share: Share, limits: SpendLimits['run']): Promise<Allotment>;
  /** Sets more aside for that run, so that it may use `part`; why not, where the limits forbid it. Repeating it is harmless. */
  enlarge(
    run: RunRef,
    key: string,
    part: SpendLimits['run'],
    limits: SpendLimits['run'],
  ): Promise<BudgetRefusal | undefined>;
  /**
   * Puts what that run has used in the place of its part. Repeating it is harmless. For a key that nothing was set aside
   * for, nothing is charged.
   */
  takeBack(run: RunRef, key: string, used: Charge): Promise<void>;
  /** What a run has used, with what is set aside and not settled counted in full. */
  ofRun(run: RunRef): Promise<Charge>;
  /**
   * Spend of a tenant by day, agent and model, for the days from `from` to `to` (`2026-11-27`, both included; at most
   * 92, else a RangeError), in order of days. Only what is settled.
   */
  lines(query: {
    readonly tenantId: string;
    readonly from: string;
    readonly to: string;
  }): Promise<readonly SpendLine[]>;
}
