import * as z from 'zod';
import { diagnosisInput } from './diagnosis-input.ts';
import { failureClass } from './failure.ts';
import { json } from './json.ts';
import { actionName, skillId, stepId } from './names.ts';
import { trust } from './trust.ts';

/** What a model is asked for in one model step; also the names of the actions of `Model:v1`. */
export const purposes = ['plan', 'revise', 'verify', 'reason', 'compact', 'diagnose'] as const;
export const purpose = z.enum(purposes);
export type Purpose = z.infer<typeof purpose>;

/** A step that is over, as a planner is told of it. */
export const completedStep = z.strictObject({
  id: stepId,
  skill: skillId,
  action: actionName,
  status: z.string(),
  output: json,
  /** How far the output may be believed; `untrusted` when it is not known. */
  trust: trust.default('untrusted'),
});
export type CompletedStep = z.infer<typeof completedStep>;

/** A playbook that a planner may choose instead of writing a plan. */
export const offeredPlaybook = z.strictObject({
  name: z.string(),
  description: z.string(),
  /** JSON Schema of its input. */
  input: json,
});

/** A skill that cannot be used now, or only for a probe. */
export const brokenSkill = z.strictObject({
  skill: skillId,
  breaker: z.enum(['open', 'half-open', 'isolated']),
});

/**
 * The rendered input of a model step: everything of the run that its prompt is made of. What belongs to the project (the
 * agent's own prompts, the contracts of the skills) is looked up when the step runs.
 */
export const thinkInput = z.strictObject({
  purpose,
  goal: z.string(),
  /** The run's input; for `reason`, what the question is about. */
  input: json.default({}),
  /** Members of the input, by path such as `ticket.text`, that somebody outside wrote; `''` is all of it. */
  inputUntrusted: z.array(z.string()).default([]),
  /** Ids of the skills that fit the goal, in any order. Only granted actions of them are shown. */
  skills: z.array(skillId).default([]),
  /** `upfront`: one plan up to the end. `incremental`: the next steps only. */
  mode: z.enum(['upfront', 'incremental']).default('upfront'),
  /** In the order in which they ended, so that the prompt only grows at its end. */
  completed: z.array(completedStep).default([]),
  /** What older results came to, written by a `compact` step. */
  summary: z.string().optional(),
  failures: z
    .array(
      z.strictObject({
        stepId,
        skill: skillId,
        action: actionName,
        class: failureClass,
        message: z.string(),
      }),
    )
    .default([]),
  /** Why the last plan was rejected. */
  problems: z.array(z.string()).default([]),
  /** What a `verify` step found missing. */
  findings: z.array(z.string()).default([]),
  /** What a person at the inbox wants to be planned. */
  instructions: z.string().optional(),
  breakers: z.array(brokenSkill).default([]),
  playbooks: z.array(offeredPlaybook).default([]),
  /** 1 for the first model step of this purpose in the run, then 2 and so on. */
  round: z.int().positive().default(1),
  /** For `diagnose`. */
  diagnosis: diagnosisInput.optional(),
  /** For `reason`. */
  question: z.string().optional(),
  /** For `reason`: a JSON Schema that the answer has to fit. */
  answerSchema: z.record(z.string(), json).optional(),
});
export type ThinkInput = z.infer<typeof thinkInput>;
