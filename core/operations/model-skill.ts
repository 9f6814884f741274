import * as z from 'zod';
import { json } from '../model/json.ts';
import { modelSkillId } from '../model/model-step.ts';
import { brokenSkill, completedStep } from '../model/think-input.ts';
import type { Purpose } from '../model/think-input.ts';
import type { ActionContext, ActionDefinition, SkillDefinition } from '../model/skill.ts';
import { newlyTold } from './told-results.ts';

/** Arguments of the engine's model steps; `texts` are sealed (core/model/model-step.ts). */
export const engineQuestion = z.strictObject({
  texts: z.string(),
  input: json,
  completed: z.array(completedStep).default([]),
  /** In a plan, instead of `completed` (told-results.ts). */
  told: newlyTold.optional(),
  /** What came before these, as a model has shortened it. */
  summary: z.string().optional(),
});
export type EngineQuestion = z.infer<typeof engineQuestion>;

/** Arguments of a model step that a plan asks for. */
export const plannedQuestion = z.strictObject({
  question: z.string().min(1).max(8_000).describe('What to think about'),
  material: json.optional().describe('What to think about it with: outputs of other steps, or the input'),
  answerSchema: z
    .record(z.string(), json)
    .optional()
    .describe('JSON Schema of the answer; left out, the answer is a text'),
});
export type PlannedQuestion = z.infer<typeof plannedQuestion>;

/** What a model step has given: the answer, and every call that led to it. */
export const modelStepOutput = z.object({
  answer: json,
  model: z.string(),
  usdMicros: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  /** Prompts, raw answers and what was wrong with them, for the trace. */
  calls: z.array(json),
  /** Skills that the model was told not to count on, for the trace. */
  unavailable: z.array(brokenSkill).optional(),
});
export type ModelStepOutput = z.infer<typeof modelStepOutput>;

/** Answers a model step. Throws ActionError. */
export type Think = (
  purpose: Purpose,
  question: EngineQuestion | PlannedQuestion,
  context: ActionContext,
) => Promise<ModelStepOutput>;

const timeoutSeconds = 120;
const maxAttempts = 6;

/**
 * The skill of model steps. An answer is on record before anything follows from it, so a crash after it never buys it again.
 *
 * @param think where model steps are carried out; elsewhere only the contract is known
 */
export function modelSkill(think: Think = notHere): SkillDefinition {
  const action = (purpose: Purpose, description: string, input: z.ZodType): ActionDefinition => ({
    description,
    input,
    output: modelStepOutput,
    effect: { class: 'P' },
    trust: 'model',
    timeoutSeconds,
    maxAttempts,
    run: (question: EngineQuestion | PlannedQuestion, context) => think(purpose, question, context),
  });
  return {
    kind: 'skill',
    id: modelSkillId,
    release: '1.0.0',
    description: 'Asks a language model.',
    settings: [],
    actions: {
      plan: action('plan', 'Plans the next steps for the goal of a run.', engineQuestion),
      revise: action('revise', 'Plans again after a failure or a verdict.', engineQuestion),
      verify: action('verify', 'Checks the goal of a run against its results.', engineQuestion),
      compact: action('compact', 'Shortens what has been.', engineQuestion),
      diagnose: action('diagnose', 'Finds out why a step has failed, and what to do.', engineQuestion),
      reason: action(
        'reason',
        'Thinks about a question with the material given, and answers in words or by a schema. Use it to choose, compare, classify, extract or write; it cannot act.',
        plannedQuestion,
      ),
    },
  };
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('Model steps are carried out by the function think, not here.'));
}
