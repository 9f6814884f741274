import * as z from 'zod';
import { env } from './env.ts';

/**
 * Bounds of one burst and one generation. The defaults suit AWS: an Express execution ends after 5 minutes, an
 * inline Map runs at most 40 at once, a Standard execution ends at 25,000 events (about 10 for each burst here).
 */
export const limits = z.strictObject({
  /** Steps of one wave that run at once. */
  waveSteps: z.int().min(1).max(40).default(40),
  /** Steps with a longer timeout leave the burst and run in the Standard machine. */
  burstStepSeconds: z.int().min(1).max(270).default(180),
  /** From the first decision of a burst to its last. */
  burstSeconds: z.int().min(1).max(280).default(270),
  /** Kept free at the end of a burst for its last decision. */
  burstMarginMs: z.int().min(0).default(5_000),
  /** Steps after which a burst hands up although time is left. */
  stepsPerBurst: z.int().min(1).default(500),
  /** Hand-ups after which a run continues in a new execution. */
  burstsPerGeneration: z.int().min(2).max(2_000).default(1_000),
  /** Longer waits leave the burst. */
  pauseMs: z.int().min(0).default(20_000),
  /** Longer waits are cut into pieces: some timers overflow at 24.8 days. */
  waitMs: z
    .int()
    .min(1_000)
    .max(20 * 86_400_000)
    .default(20 * 86_400_000),
  /** Dispatches that left no trace in the ledger, before a step counts as failed. */
  lostDispatches: z.int().min(1).default(3),
  /** Before a compensation that has failed is tried again; doubled with every try. */
  undoBackoffMs: z.int().min(1).default(60_000),
  /** Least time between two writes of a run head within a burst. */
  headWriteMs: z.int().min(0).default(1_000),
});
export type Limits = z.infer<typeof limits>;

/** The limits of this process. Throws a ZodError that names the wrong member. */
export function limitsFromEnv(environment: Readonly<Record<string, string | undefined>>): Limits {
  return limits.parse(JSON.parse(environment[env.limits] ?? '{}'));
}
