import * as z from 'zod';
import { escalationKind } from './escalation.ts';
import { failureClass } from './failure.ts';

/**
 * A decision that leaves no item of its own: written once, after the head that it led to. Whatever a plan revision, a ledger
 * item or an inbox item says already is not said again.
 */
export const traceNote = z.object({
  tenantId: z.string(),
  runId: z.string(),
  /** The newest plan revision when it was decided; 0 before the first. */
  revision: z.int().nonnegative(),
  /** Of the head that the decision has led to: one decision, one version. */
  version: z.int().positive(),
  atMs: z.int(),
  decided: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('wait'), untilMs: z.int(), reason: z.string() }),
    /** That an execution has died and the next one takes its place. */
    z.object({
      kind: z.literal('restart'),
      /** That the next one begins. */
      generation: z.int().positive(),
      /** Restarts at this place, this one included. */
      count: z.int().positive(),
      cause: z.string(),
      /** When the next one begins, if not at once. */
      untilMs: z.int().optional(),
    }),
    z.object({
      kind: z.literal('ask'),
      escalationId: z.string(),
      escalation: escalationKind,
      reason: z.string(),
      stepId: z.string().optional(),
      failureClass: failureClass.optional(),
      /** Of an approval. */
      use: z
        .object({
          skill: z.string(),
          action: z.string(),
          argsHash: z.string(),
          /** Under which the ledger has what a person said. */
          binding: z.string(),
          doubted: z.array(z.string()),
          reasons: z.array(z.string()),
        })
        .optional(),
    }),
  ]),
});
export type TraceNote = z.infer<typeof traceNote>;
