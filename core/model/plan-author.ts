import * as z from 'zod';

/**
 * Who writes plans. `engine`: the platform itself, which asks a model. `recovery`: whoever mends a plan after a failure.
 * `operator`: a person at the inbox, who gives a step other arguments.
 */
export const planAuthor = z.enum(['planner', 'recovery', 'human', 'playbook', 'engine', 'operator']);
export type PlanAuthor = z.infer<typeof planAuthor>;
