import * as z from 'zod';
import { runBudget } from '../model/budget.ts';
import { json } from '../model/json.ts';
import { actionName, name, runStepId, skillId, stepId } from '../model/names.ts';
import { planAuthor } from '../model/plan.ts';
import { planDiff, recoveryNote, tried } from '../model/recovery.ts';
import { moment, page } from './api-parts.ts';

export const revisionStepView = z.strictObject({
  id: runStepId,
  skill: skillId,
  action: actionName,
  input: z.record(z.string(), json),
  why: z.string(),
  optional: z.boolean(),
  /** Of a compensation: the step whose effect it undoes. */
  undoes: stepId.optional(),
  /** Steps that must be over first, written ones and those implied by references. */
  after: z.array(runStepId),
  timeoutSeconds: z.int().positive(),
  skillHash: z.string(),
});

export const revisionView = z.strictObject({
  revision: z.int().positive(),
  basedOn: z.int().nonnegative(),
  author: planAuthor,
  reason: z.string(),
  createdAt: moment,
  /** True when nobody will add to the plan after this revision. */
  final: z.boolean(),
  /** What this revision adds or changes. */
  steps: z.array(revisionStepView),
  /** Steps of older revisions that were not done and are no longer wanted. */
  supersedes: z.array(stepId).optional(),
  output: json.optional(),
  /** Of a revision that mends the plan after a failure, and of a question how to. */
  recovery: z
    .strictObject({
      /** The step that had failed. */
      stepId,
      decision: recoveryNote.shape.decision,
      /** Whose plan it mends. */
      owner: planAuthor,
      /** What it does to the plan; left out for a question. */
      diff: planDiff.optional(),
      /** What was done about the step so far, this included. */
      tried: z.array(tried),
      /** Of a wait. */
      notBefore: moment.optional(),
    })
    .optional(),
});
/** What a run would begin with, if it were started now. */
export const runPreview = z.strictObject({
  agent: name,
  goal: z.string(),
  /** Who plans: a playbook, whoever wrote the plan of the request, or a model when the run has begun. */
  source: z.enum(['playbook', 'plan', 'model']),
  /** As it would be stored, with its defaults. */
  input: json,
  /** Members of the input, by path, that never decide a sensitive argument by themselves. */
  untrusted: z.array(z.string()),
  budget: runBudget.optional(),
  deadlineSeconds: z.int().positive(),
  /** Left out when a model would plan. */
  plan: z
    .strictObject({
      steps: z.array(
        revisionStepView.omit({ undoes: true, skillHash: true }).extend({
          effectClass: z.enum(['P', 'K', 'Q', 'N']).optional(),
        }),
      ),
      output: json.optional(),
      /** False when more is planned as the run goes on. */
      final: z.boolean(),
    })
    .optional(),
});
export type RunPreview = z.infer<typeof runPreview>;

/** Newest revision first. */
export const planPage = page(revisionView);
export type PlanPage = z.infer<typeof planPage>;
