import * as z from 'zod';

/** Who writes plans. `engine`: the platform itself, which asks a model. `recovery`: whoever mends a plan after a failure. */
export const planAuthor = z.enum(['planner', 'recovery', 'human', 'playbook', 'engine']);
export type PlanAuthor = z.infer<typeof planAuthor>;
