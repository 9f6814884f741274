import * as z from 'zod';

/** What has been used. One micro-dollar is a millionth of a US dollar. */
export const charge = z.object({ usdMicros: z.int().nonnegative(), tokens: z.int().nonnegative() });
export type Charge = z.infer<typeof charge>;

export const usdMicrosPerUsd = 1_000_000;

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

const usd = z
  .number()
  .positive()
  .max(1_000_000)
  .refine((amount) => usdMicrosOf(amount) / usdMicrosPerUsd === amount, 'has at most 6 decimals')
  .describe('US dollars, with at most 6 decimals');
const tokens = z.int().min(1).max(1_000_000_000_000);

/** A tenant's limits for a day as people write them. */
export const writtenSpendLimits = z.strictObject({ usd: usd.optional(), tokens: tokens.optional() });
/** A budget as people write it: money in dollars. */
export const writtenBudget = writtenSpendLimits.extend({
  steps: z.int().min(1).max(100_000).optional(),
  recoveries: z.int().min(0).max(1_000).optional(),
});
/** A budget as people write it. What is left out is not limited. */
export interface WrittenBudget {
  /** US dollars for models, above 0 and at most 1,000,000, with at most 6 decimals. */
  readonly usd?: number | undefined;
  /** Tokens of models, read and written; at most a million million. */
  readonly tokens?: number | undefined;
  /** Steps that are planned over all revisions, model steps included; at most 100,000. */
  readonly steps?: number | undefined;
  /** Plans that are revised after a failure or an unreached goal; 0 to 1,000. */
  readonly recoveries?: number | undefined;
}

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
  /**
   * Unique for the call within its run: the same call has the same key, and a call that is made anew has a new one.
   * 1 to 100 of A-Z, a-z, 0-9 and . _ : / @ -
   */
  readonly key: string;
  /** `2026-11-27`, UTC. */
  readonly day: string;
  readonly worst: Charge;
}

/** Why nothing was set aside. */
export interface BudgetRefusal {
  readonly limit: 'run' | 'tenantDay';
  /** `openCalls`: so many calls were reserved and never settled that no more can be kept track of. */
  readonly unit: 'usdMicros' | 'tokens' | 'openCalls';
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

export const noCharge: Charge = { usdMicros: 0, tokens: 0 };

export function sumOfCharges(charges: Iterable<Charge>): Charge {
  let [usdMicros, usedTokens] = [0, 0];
  for (const each of charges) {
    usdMicros += each.usdMicros;
    usedTokens += each.tokens;
  }
  return { usdMicros, tokens: usedTokens };
}

/** The nearest whole number of micro-dollars. */
export function usdMicrosOf(amountUsd: number): number {
  return Math.round(amountUsd * usdMicrosPerUsd);
}

/** Decimal text of an amount in US dollars, exact, with at least two decimals: `0.00`, `12.50`, `0.000001`. */
export function usdText(usdMicros: number): string {
  const digits = String(usdMicros).padStart(7, '0');
  const [whole, decimals] = [digits.slice(0, -6), digits.slice(-6)];
  return `${whole}.${decimals.slice(0, 2)}${decimals.slice(2).replace(/0+$/, '')}`;
}

/** The budget that people wrote, as it is kept. */
export function budgetOf(written: WrittenBudget): RunBudget {
  const { usd: amountUsd, tokens: tokenCount, steps, recoveries } = written;
  return {
    ...(amountUsd === undefined ? {} : { usdMicros: usdMicrosOf(amountUsd) }),
    ...(tokenCount === undefined ? {} : { tokens: tokenCount }),
    ...(steps === undefined ? {} : { steps }),
    ...(recoveries === undefined ? {} : { recoveries }),
  };
}

const units = ['usdMicros', 'tokens', 'steps', 'recoveries'] as const satisfies readonly (keyof RunBudget)[];

/** What a run may use: of what its agent and whoever started it allow, the less, unit by unit. */
export function effectiveBudget(ofAgent: WrittenBudget = {}, ofRequest: WrittenBudget = {}): RunBudget {
  const [agent, request] = [budgetOf(ofAgent), budgetOf(ofRequest)];
  const limited = units.flatMap((unit) => {
    const allowed = [agent[unit], request[unit]].filter((limit) => limit !== undefined);
    return allowed.length === 0 ? [] : [[unit, Math.min(...allowed)] as const];
  });
  return Object.fromEntries(limited);
}
