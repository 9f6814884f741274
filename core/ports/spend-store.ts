import type { BudgetRefusal, Charge, Reservation, SpendLimits, SpendLine } from '../model/budget.ts';

/** What runs and tenants have spent on models. Every write is one conditional write of one item. All methods throw StoreUnavailable. */
export interface SpendStore {
  /**
   * Sets aside the worst case of one call, for the run and for its tenant's day, unless a limit would be passed: then
   * nothing is set aside. The same key again is the same reservation.
   */
  reserve(reservation: Reservation, limits: SpendLimits): Promise<BudgetRefusal | undefined>;
  /** Puts what was really used in the place of a reservation. Repeating it is harmless. */
  settle(reservation: Reservation, charge: Charge): Promise<void>;
  /** What a run has used, with what is set aside and not settled counted in full. */
  ofRun(run: { readonly tenantId: string; readonly runId: string }): Promise<Charge>;
  /** Spend of a tenant by day, agent and model, for the days from `from` to `to` (`2026-11-27`, both included; at most 92). */
  lines(query: {
    readonly tenantId: string;
    readonly from: string;
    readonly to: string;
  }): Promise<readonly SpendLine[]>;
}
