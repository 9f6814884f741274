import * as z from 'zod';
import { takenBack } from './compensation.ts';
import { json } from './json.ts';
import { actionName, runStepId, skillId, stepId } from './names.ts';
import { planAuthor } from './plan-author.ts';
import { recoveryNote } from './recovery.ts';
import { rejectedOptions } from './rejected-options.ts';
import { trust } from './trust.ts';

export { planAuthor } from './plan-author.ts';

export const maxStepsPerRevision = 200;
export const maxPlanBytes = 64 * 1024;

/** One unit of a plan as an author writes it. A value in `input` is a literal or a whole-value reference. */
export const planStep = z.strictObject({
  id: stepId,
  skill: skillId,
  action: actionName,
  input: z.record(z.string(), json).default({}),
  dependsOn: z.array(stepId).max(maxStepsPerRevision).optional(),
  why: z.string().max(500).default(''),
  optional: z.boolean().optional(),
});
export type PlanStep = z.infer<typeof planStep>;
export type PlanStepInput = z.input<typeof planStep>;

/** What an author proposes: steps, and a template of the run's output that may hold references. */
export const planDraft = z.strictObject({
  steps: z.array(planStep),
  output: json.optional(),
});
export type PlanDraft = z.infer<typeof planDraft>;

/** Who wrote the plan that a run is started with: its caller, or a model for which the caller speaks. */
export const givenPlanAuthor = z.enum(['person', 'model']);

/** An accepted step: what the author wrote, with its dependencies made explicit and its function pinned. */
export const acceptedStep = planStep.extend({
  id: runStepId,
  /** Every step that must be over first: written ones and those implied by references. */
  after: z.array(runStepId),
  timeoutSeconds: z.int().positive(),
  /** The version-qualified function that runs it, fixed when the plan was accepted. */
  functionArn: z.string(),
  skillHash: z.string(),
  /** Of a compensation: the done step that it undoes, and the revision that defines it. */
  compensates: z.object({ stepId, revision: z.int().positive() }).optional(),
});
export type AcceptedStep = z.infer<typeof acceptedStep>;

/**
 * Immutable. Holds what this revision adds or changes; a step of an older revision that it does not
 * mention stays as it was.
 */
export const planRevision = z.object({
  tenantId: z.string(),
  runId: z.string(),
  revision: z.int().positive(),
  basedOn: z.int().nonnegative(),
  author: planAuthor,
  /** The least trusted of what the author had read of this run before writing it. */
  read: trust,
  reason: z.string(),
  createdAtMs: z.int(),
  steps: z.array(acceptedStep),
  /** Steps of older revisions that were not done and are no longer wanted. */
  supersedes: z.array(stepId).optional(),
  /** Steps of older revisions that this one refers to, and where they are. */
  imports: z.record(z.string(), z.int().positive()),
  output: json.optional(),
  /** True when nobody will add to the plan after this revision. */
  final: z.boolean(),
  /** What a playbook function wants to be told next time; at most 1 KB. */
  carry: json.optional(),
  /** Of a question to a planner: what it was offered, and what it was not. */
  considered: rejectedOptions.optional(),
  /** Of a revision of compensations. */
  takesBack: takenBack.optional(),
  /** Of a revision that mends a plan, and of a question how to. */
  recovery: recoveryNote.optional(),
});
export type PlanRevision = z.infer<typeof planRevision>;
