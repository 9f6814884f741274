import * as z from 'zod';

export const mostRedriven = 1_000;

/** Body of `POST /v1/inbox/redrive`. May be left out. */
export const redriveRequest = z.strictObject({
  /** Messages of each queue to look at. */
  limit: z.int().min(1).max(mostRedriven).default(100),
});
export type RedriveRequest = z.output<typeof redriveRequest>;

/** What became of messages that nobody could take in. */
export const redriveReport = z.strictObject({
  queues: z.array(
    z.strictObject({
      queue: z.string(),
      /** Messages that were sent back to their queue. */
      moved: z.int().nonnegative(),
      /** Messages that nobody can ever take in, and that were left where they are. */
      left: z.int().nonnegative(),
      /** Why they had been given up, with how many each. */
      reasons: z.array(z.strictObject({ reason: z.string(), messages: z.int().positive() })),
      /** Whether there may be more. */
      more: z.boolean(),
    }),
  ),
});
export type RedriveReport = z.infer<typeof redriveReport>;
