import * as z from 'zod';
import { failure } from './failure.ts';
import { json } from './json.ts';
import { actionName, skillId, stepId } from './names.ts';
import { tried } from './recovery.ts';

/** What a model that diagnoses is told of one failed step. */
export const diagnosisInput = z.strictObject({
  step: z.strictObject({
    id: stepId,
    skill: skillId,
    action: actionName,
    why: z.string(),
    optional: z.boolean(),
    /** P, K, Q or N. */
    effect: z.string(),
    /** As the plan has them, with references. */
    arguments: json,
    /** Those that may not be changed, by path. */
    sensitive: z.array(z.string()),
  }),
  /** The arguments as they were sent; sensitive ones are not shown. */
  sent: json.optional(),
  failure,
  /** Sends of this try, and what was learnt about each. */
  attempts: z.int().nonnegative(),
  evidence: z.array(z.strictObject({ kind: z.string(), detail: z.string() })),
  /** Whether it is proven that nothing has happened, so that the step may be tried again. */
  proven: z.boolean(),
  /** What the platform does by itself about this class, and what a person is advised. */
  reaction: z.strictObject({ again: z.string(), advice: z.string() }),
  plan: z.array(
    z.strictObject({ id: stepId, uses: z.string(), status: z.string(), after: z.array(z.string()), why: z.string() }),
  ),
  /** Actions that the answer may use besides: declared alternatives that are granted. */
  alternatives: z.array(z.string()),
  dependencies: z.array(z.strictObject({ dependency: z.string(), breaker: z.string() })),
  tried: z.array(tried),
  /** Recoveries that are left after this one. */
  left: z.strictObject({ step: z.int().nonnegative(), run: z.int().nonnegative() }),
  /** Until the deadline of the run. */
  secondsLeft: z.int().nonnegative(),
});
export type DiagnosisInput = z.infer<typeof diagnosisInput>;
