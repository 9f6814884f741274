import * as z from 'zod';
import type { Json } from './json.ts';
import { planStep } from './plan.ts';
import type { PlanStep } from './plan.ts';

const mostReasoningCharacters = 20_000;
const mostOptions = 20;

/** A text that says something. */
export const text = (most: number): z.ZodString => z.string().trim().min(1).max(most);
/** Any JSON value. `z.json()` would be told as a schema that refers to itself, which some providers refuse. */
export const anyJson = z.unknown() as z.ZodType<Json, Json>;

/** Some models write null for what they leave out. */
export function leftOut<T extends z.ZodType>(
  schema: T,
): z.ZodType<z.output<T> | undefined, z.input<T> | null | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** How an answer that decides something has come about. */
export const considered = {
  /** How the model came to its decision, in its own words. */
  reasoning: text(mostReasoningCharacters),
  options: z
    .array(
      z.strictObject({
        option: text(500),
        chosen: z.boolean(),
        /** Why it was chosen, or why not. */
        reason: z.string().trim().max(2_000),
      }),
    )
    .min(1)
    .max(mostOptions)
    .superRefine((options, context) => {
      if (!options.some(({ chosen }) => chosen))
        context.addIssue({ code: 'custom', message: 'one option has to be chosen' });
      options.forEach(({ chosen, reason }, index) => {
        if (chosen || reason !== '') return;
        context.addIssue({
          code: 'custom',
          path: [index, 'reason'],
          message: 'say why this option was rejected',
        });
      });
    }),
};

const { dependsOn, optional, why, ...required } = planStep.shape;
/** A step as a model writes it. */
export const answeredStep = z.strictObject({
  ...required,
  input: z.record(z.string(), anyJson).default({}),
  dependsOn: leftOut(dependsOn.unwrap()),
  why,
  optional: leftOut(optional.unwrap()),
}) as z.ZodType<PlanStep>;
