import * as z from 'zod';
import type { Json, JsonObject } from './json.ts';
import { answeredStep, anyJson, considered, leftOut, text } from './answer-parts.ts';
import { diagnoseAnswer } from './diagnose-answer.ts';
import type { DiagnoseAnswer } from './diagnose-answer.ts';
import { maxStepsPerRevision } from './plan.ts';
import { answerSchemaProblem, nestedSchema } from './reason-schema.ts';
import type { Purpose, ThinkInput } from './think-input.ts';

const mostSummaryCharacters = 20_000;
const mostFindings = 50;

export const planDecisions = ['plan', 'done', 'decline', 'playbook'] as const;

/** The answer to `plan` and `revise`. Its steps still have to pass the gate. */
export const planAnswer = z
  .strictObject({
    ...considered,
    decision: z.enum(planDecisions),
    /** For `plan`. */
    steps: leftOut(z.array(answeredStep).max(maxStepsPerRevision)),
    /** For `plan` and `done`: a template of the run's output that may hold references. */
    output: leftOut(anyJson),
    /** For `plan`: true when nothing will be added after these steps. */
    final: leftOut(z.boolean()),
    /** For `done`: what was reached. */
    summary: leftOut(z.string().max(mostSummaryCharacters)),
    /** For `decline`: why nothing will be done. */
    reason: leftOut(z.string().max(2_000)),
    /** For `playbook`: which of the offered ones, and its input. */
    playbook: leftOut(z.string().max(100)),
    playbookInput: leftOut(z.record(z.string(), anyJson)),
  })
  .superRefine((answer, context) => {
    const { decision } = answer;
    const wrong = (path: keyof typeof answer, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const steps = answer.steps?.length ?? 0;
    if (decision === 'plan' && steps === 0) wrong('steps', `decision 'plan' needs at least one step`);
    if (decision !== 'plan' && steps > 0) {
      wrong('steps', `decision '${decision}' has no steps; leave them out, or decide 'plan'`);
    }
    if (decision === 'decline' && !answer.reason?.trim()) {
      wrong('reason', `decision 'decline' needs a reason for the person who asked`);
    }
    if (decision === 'playbook' && !answer.playbook) {
      wrong('playbook', `decision 'playbook' needs the name of an offered playbook`);
    }
    if (decision !== 'playbook' && (answer.playbook !== undefined || answer.playbookInput !== undefined)) {
      wrong('playbook', `decision '${decision}' names no playbook; leave it out, or decide 'playbook'`);
    }
  });
export type PlanAnswer = z.infer<typeof planAnswer>;

/** The answer to `verify`: whether the results reach the goal. */
export const verifyAnswer = z
  .strictObject({
    ...considered,
    satisfied: z.boolean(),
    /** What is missing or wrong, one sentence each. */
    findings: z.array(text(2_000)).max(mostFindings),
  })
  .refine(({ satisfied, findings }) => satisfied || findings.length > 0, {
    path: ['findings'],
    message: 'say what is missing when the goal is not reached',
  });
export type VerifyAnswer = z.infer<typeof verifyAnswer>;

export const compactAnswer = z.strictObject({ summary: text(mostSummaryCharacters) });
export type CompactAnswer = z.infer<typeof compactAnswer>;

export interface ReasonAnswer {
  readonly reasoning: string;
  readonly options: PlanAnswer['options'];
  readonly answer: Json;
}

export type ThinkAnswer = PlanAnswer | DiagnoseAnswer | VerifyAnswer | ReasonAnswer | CompactAnswer;

/** What an answer has to be, for the reader of it and for the provider. */
export interface AnswerContract {
  readonly schema: z.ZodType<ThinkAnswer>;
  /** JSON Schema 2020-12, without references to itself. */
  readonly jsonSchema: JsonObject;
}

const fixed: Readonly<Record<Exclude<Purpose, 'reason'>, AnswerContract>> = {
  plan: contract(planAnswer),
  revise: contract(planAnswer),
  diagnose: contract(diagnoseAnswer),
  verify: contract(verifyAnswer),
  compact: contract(compactAnswer),
};
const openReason = reasonSchema(anyJson);

/** The contract of an answer, or what is wrong with the JSON Schema that the caller of `reason` gave. */
export function answerContract(
  input: Pick<ThinkInput, 'purpose' | 'answerSchema'>,
): { readonly ok: true; readonly contract: AnswerContract } | { readonly ok: false; readonly problem: string } {
  if (input.purpose !== 'reason') return { ok: true, contract: fixed[input.purpose] };
  if (input.answerSchema === undefined) return { ok: true, contract: contract(openReason) };
  const { answerSchema } = input;
  const problem = answerSchemaProblem(answerSchema);
  if (problem !== undefined) return { ok: false, problem };
  try {
    const answer = z.fromJSONSchema(answerSchema) as z.ZodType<Json>;
    const { jsonSchema } = contract(openReason);
    const members = jsonSchema['properties'] as JsonObject;
    const told = {
      ...jsonSchema,
      properties: { ...members, answer: nestedSchema(answerSchema, '#/properties/answer') },
    };
    return { ok: true, contract: { schema: reasonSchema(answer), jsonSchema: told } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: `answerSchema cannot be used: ${why}` };
  }
}

function reasonSchema(answer: z.ZodType<Json>): z.ZodType<ReasonAnswer> {
  return z.strictObject({ ...considered, answer });
}

function contract(schema: z.ZodType<ThinkAnswer>): AnswerContract {
  const { $schema: _dialect, ...told } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Says nothing that JSON does not say already, and not every provider knows it.
      delete jsonSchema.propertyNames;
    },
  });
  return { schema, jsonSchema: told as JsonObject };
}
