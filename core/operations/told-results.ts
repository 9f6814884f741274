import * as z from 'zod';
import type { Json, JsonObject } from '../model/json.ts';
import { isForPlans } from '../model/model-step.ts';
import { stepId } from '../model/names.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { RunHead } from '../model/run.ts';
import type { ThinkInput } from '../model/think-input.ts';
import type { RunRef } from '../ports/index.ts';
import type { OpenStep } from './decision.ts';
import { windowSteps } from './open-steps.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import type { RunReader } from './run-reader.ts';

/**
 * The results that a question of the engine tells, as its plan revision says it: only those that no question has told
 * before. The others are named by the questions from revision `since` on. So a revision is as small in a long run as in a
 * short one, and what was told never changes.
 */
export const newlyTold = z.strictObject({ since: z.int().positive(), steps: z.array(stepId) });
export type NewlyTold = z.infer<typeof newlyTold>;

/** Results that no summary speaks of, oldest first. */
export interface ToldSoFar {
  /** The revision of the first question that tells of them. */
  readonly since: number;
  /** Those that a question has told of. */
  readonly before: readonly AcceptedStep[];
  readonly newly: readonly AcceptedStep[];
}

/** @param since undefined when nothing was told yet */
export async function toldSoFar(
  head: RunHead,
  plans: WindowPlans,
  since: number | undefined,
  reader: RunReader,
): Promise<ToldSoFar> {
  const from = since ?? head.revision + 1;
  const before = await toldSteps(head, from, head.revision, reader);
  const known = new Set(before.map(placeOf));
  const newly = windowSteps(head, plans).flatMap(({ step, status }) =>
    status === 'completed' && isForPlans(step.skill, step.action) && !known.has(placeOf(step)) ? [step] : [],
  );
  return { since: from, before, newly };
}

/** As in the ledger. */
function placeOf({ skill, id }: AcceptedStep): string {
  return `${skill}/${id}`;
}

/** Steps that the questions of these revisions name, oldest first. */
async function toldSteps(
  run: RunRef,
  since: number,
  upTo: number,
  reader: RunReader,
): Promise<readonly AcceptedStep[]> {
  const revisions = Array.from({ length: Math.max(0, upTo - since + 1) }, (_, index) => since + index);
  const plans = await Promise.all(revisions.map((revision) => reader.plan(run, revision)));
  const named = plans.flatMap(({ revision, steps }) => {
    const told = steps.flatMap((step) => newlyToldBy(step)?.steps ?? []);
    return told.map(async (id) => {
      // It was over when it was told: what a later revision defines under its id is another step.
      const found = await reader.findStep(run, id, revision - 1);
      if (!found) throw new Error(`Run ${run.runId} has no step '${id}', which revision ${revision} tells of.`);
      return found.step;
    });
  });
  return Promise.all(named);
}

/** Arguments of a step with all the results that it tells, and the steps that have given them, by the names that refer to them. */
export interface ToldInFull {
  readonly input: JsonObject;
  readonly told: ReadonlyMap<string, AcceptedStep>;
}

/** The arguments of a step as they are rendered: those of a question of the engine name every result that it tells. */
export async function toldInFull(
  step: AcceptedStep,
  revision: number,
  run: RunRef,
  reader: RunReader,
): Promise<ToldInFull> {
  const newly = newlyToldBy(step);
  if (!newly) return { input: step.input, told: new Map() };
  const steps = await toldSteps(run, newly.since, revision, reader);
  // Not by their ids: some of them no reference may name, and two steps of different skills may have the same.
  const told = new Map(steps.map((one, index) => [`told-${index}`, one]));
  const completed = await Promise.all([...told].map(([name, one]) => resultOf(one, name, run, reader)));
  const { told: _newly, ...input } = step.input;
  return { input: { ...input, completed }, told };
}

function newlyToldBy({ skill, action, input }: AcceptedStep): NewlyTold | undefined {
  return isForPlans(skill, action) || input['told'] === undefined ? undefined : newlyTold.parse(input['told']);
}

/** A result as a model is told of it. */
async function resultOf(step: AcceptedStep, name: string, run: RunRef, reader: RunReader): Promise<Json> {
  const { id, skill, action } = step;
  const { trust } = await reader.output(run, step);
  return { id, skill, action, status: 'completed', output: `\${steps.${name}.output}`, trust };
}

/** Of these steps, the failures that a question about a plan tells. */
export function failuresOf(failed: readonly OpenStep[], unfinished: readonly WindowStep[]): ToldFailure[] {
  return failed.flatMap(({ id, state }) => {
    const entry = unfinished.find(({ step: one }) => one.id === id);
    if (!entry || state.status !== 'failed') return [];
    const { skill, action } = entry.step;
    return [{ stepId: id, skill, action, class: state.failure.class, message: state.failure.message }];
  });
}

type ToldFailure = ThinkInput['failures'][number];
