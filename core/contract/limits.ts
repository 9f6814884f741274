import * as z from 'zod';
import { env } from './env.ts';

/**
 * Bounds of one burst, of one generation and of restarts. The defaults suit AWS: an Express execution ends after 5 minutes, an
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
  /** Restarts of a run whose executions die without getting any further, before a person is asked. */
  restarts: z.int().min(0).max(10).default(3),
  /** Before the second restart, give or take; four times as long before each further one. The first comes at once. */
  restartWaitMs: z.int().min(0).default(60_000),
  /** Between two sweeps on a laptop. In the cloud a rule says when. */
  localSweepMs: z.int().min(100).default(60_000),
});
export type Limits = z.infer<typeof limits>;

/** The limits of this process. Throws an error that names the wrong member. */
export function limitsFromEnv(environment: Readonly<Record<string, string | undefined>>): Limits {
  const given = environment[env.limits] ?? '{}';
  const parsed = limits.safeParse(jsonOf(given));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
    .join('; ');
  throw new Error(
    `${env.limits} is '${given}' (${wrong}). It has to be a JSON object with any of ${Object.keys(limits.shape).join(', ')}. Correct it, or leave it out.`,
  );
}

/** Undefined, which no limits are, for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
