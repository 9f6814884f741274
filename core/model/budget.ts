import * as z from 'zod';

/** What has been used. One micro-dollar is a millionth of a US dollar. */
export const charge = z.object({ usdMicros: z.int().nonnegative(), tokens: z.int().nonnegative() });
export type Charge = z.infer<typeof charge>;

/** The most that a run may use; what is left out is not limited. */
export const runBudget = z.object({
  usdMicros: z.int().positive().optional(),
  tokens: z.int().positive().optional(),
  /** Steps that are planned over all revisions, model steps included. */
  steps: z.int().positive().optional(),
  /** Plans that are revised after a failure, or after a verdict that the goal is not reached. */
  recoveries: z.int().nonnegative().optional(),
});
export type RunBudget = z.infer<typeof runBudget>;

/** Limits that a reservation has to keep. */
export interface SpendLimits {
  readonly run: Pick<RunBudget, 'usdMicros' | 'tokens'>;
  /** Of the tenant for one day in UTC, over all its runs. */
  readonly tenantDay: Pick<RunBudget, 'usdMicros' | 'tokens'>;
}

/** The worst case of one call of a model. */
export interface Reservation {
  readonly tenantId: string;
  readonly runId: string;
  readonly agent: string;
  readonly model: string;
  /** Unique for the call within its run: the same call has the same key. */
  readonly key: string;
  /** `2026-11-27`, UTC. */
  readonly day: string;
  readonly worst: Charge;
}

/** Why nothing was set aside. */
export interface BudgetRefusal {
  readonly limit: 'run' | 'tenantDay';
  readonly unit: 'usdMicros' | 'tokens';
  readonly allowed: number;
  readonly used: number;
  readonly wanted: number;
}

/** One line of a bill. */
export interface SpendLine extends Charge {
  readonly day: string;
  readonly agent: string;
  readonly model: string;
  readonly calls: number;
}
