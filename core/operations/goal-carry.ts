import * as z from 'zod';

/** What one revision of a goal hands to the next. */
export const goalCarry = z.object({
  /** How often this question was asked. */
  round: z.int().positive().default(1),
  /** Of the run, when it was asked. */
  generation: z.int().positive().default(1),
  /** The planner has said that nothing follows these steps. */
  last: z.boolean().default(false),
  /** The revision of the first question whose results no summary speaks of. */
  since: z.int().positive().optional(),
  /** What is asked once the results are shortened. */
  afterwards: z.enum(['plan', 'verify']).default('plan'),
  /** The step whose answer is the summary of what was before. */
  summaryStep: z.string().optional(),
});
export type GoalCarry = z.infer<typeof goalCarry>;
