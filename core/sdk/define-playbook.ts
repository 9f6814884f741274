import type * as z from 'zod';
import type { Json } from '../model/json.ts';
import type { PlanStepInput } from '../model/plan.ts';
import type { Completed, NextSteps, OnFailure, PlaybookDefinition } from '../model/skill.ts';
import { inspectOnFailure } from './inspect-on-failure.ts';
import { fixedPlanProblems } from './fixed-plan.ts';
import { inspectPaths } from './inspect-trust.ts';
import { Inspection } from './inspection.ts';
import type { DefinitionProblem } from './definition-error.ts';

interface Described<Input extends z.ZodType> {
  /** What goal it is for: people and planners choose by it. */
  readonly description: string;
  /** What a caller has to give. A run is refused when it does not fit. */
  readonly input: Input;
  /**
   * Members of the input, by path, that somebody outside wrote: the text of a ticket, a mail that came in. They never
   * decide a sensitive argument without a person's approval.
   */
  readonly untrusted?: readonly string[];
  /**
   * `'compensate'`: when a step has failed for good, the effects of the run are undone and it ends as failed. `'escalate'`:
   * a person sees to it. What the agent says when left out.
   */
  readonly onFailure?: OnFailure;
}

/** A plan that is known from the start. Values are literals or `${input.x}`, `${steps.<id>.output.x}`. */
export interface FixedPlaybookOptions<Input extends z.ZodType> extends Described<Input> {
  readonly steps: readonly PlanStepInput[];
  /** Of the run; may hold references. */
  readonly output?: Json;
  readonly next?: never;
}

/** A plan that grows. `next` must be pure: after a crash it is asked again and has to answer the same. */
export interface FunctionPlaybookOptions<Input extends z.ZodType> extends Described<Input> {
  readonly next: (input: z.output<Input>, completed: Completed) => NextSteps;
  readonly steps?: never;
  readonly output?: never;
}

export type PlaybookOptions<Input extends z.ZodType> = FixedPlaybookOptions<Input> | FunctionPlaybookOptions<Input>;

const optionNames = ['description', 'input', 'untrusted', 'onFailure', 'steps', 'output', 'next'] as const;

/** Problems are told only once the playbook has a name: by `defineAgent`. */
const findings = Symbol.for('holdfast.playbook.findings');

/**
 * Defines a plan authored by a person, which needs no model: fixed steps, or a pure function of the input and of what
 * is over, so that long and data-driven runs grow as they go. What is wrong with it is thrown by `defineAgent`.
 *
 * @example
 * definePlaybook({
 *   description: 'Tell the weather.',
 *   input: z.object({ city: z.string(), day: z.iso.date() }),
 *   steps: [
 *     {
 *       id: 'forecast',
 *       skill: 'Weather:v1',
 *       action: 'forecast',
 *       input: { city: '${input.city}', day: '${input.day}' },
 *       why: 'It is what was asked for.',
 *     },
 *   ],
 *   output: '${steps.forecast.output}',
 * });
 *
 * @example
 * definePlaybook({
 *   description: 'Look at one city after another.',
 *   input: z.object({ cities: z.array(z.string()).min(1), day: z.iso.date() }),
 *   next: ({ cities, day }, { count }) => ({
 *     steps: [{ id: `city-${count}`, skill: 'Weather:v1', action: 'forecast', input: { city: cities[count] ?? '', day } }],
 *     done: count + 1 === cities.length,
 *   }),
 * });
 */
export function definePlaybook<Input extends z.ZodType>(options: PlaybookOptions<Input>): PlaybookDefinition {
  const inspection = new Inspection();
  const plan = inspect(options, inspection);
  const { description, input, untrusted, onFailure } = options ?? {};
  const playbook: PlaybookDefinition = {
    description,
    input,
    ...(untrusted === undefined ? {} : { untrusted }),
    ...(onFailure === undefined ? {} : { onFailure }),
    plan,
  };
  Object.defineProperty(playbook, findings, { value: inspection.problems });
  return Object.freeze(playbook);
}

/** Problems of a playbook, or undefined when the value did not come from `definePlaybook` of any copy of this package. */
export function findingsOf(playbook: unknown): readonly DefinitionProblem[] | undefined {
  if (typeof playbook !== 'object' || playbook === null || !(findings in playbook)) return undefined;
  return playbook[findings] as readonly DefinitionProblem[];
}

function inspect(options: PlaybookOptions<z.ZodType>, inspection: Inspection): PlaybookDefinition['plan'] {
  const nothing = { kind: 'fixed', draft: { steps: [] } } as const;
  const given = inspection.members('', options, optionNames);
  if (!given) return { ...nothing, draft: { steps: [] } };
  inspection.text('description', given['description'], 1_000);
  const before = inspection.problems.length;
  inspection.schema('input', given['input'], 'input', true);
  const inputIsSound = inspection.problems.length === before;
  if (inputIsSound) inspectPaths('untrusted', given['untrusted'], given['input'], 'input', inspection);

  inspectOnFailure(given['onFailure'], inspection);

  const { steps, next } = given;
  if ((steps === undefined) === (next === undefined)) {
    inspection.add({
      at: '',
      wrong: steps === undefined ? 'has no plan' : 'has two plans',
      given: steps === undefined ? 'neither steps nor next' : 'both steps and next',
      allowed: 'steps (a fixed plan), or next (a function that plans as the run goes on)',
      remedy: 'Write exactly one of the two',
    });
    return { ...nothing, draft: { steps: [] } };
  }
  if (next !== undefined) {
    inspection.function('next', next, '(input, completed) => ({ steps, done?, output?, carry? })');
    if (given['output'] !== undefined) {
      inspection.add({
        at: 'output',
        wrong: 'belongs to a fixed plan',
        given: 'output beside next',
        allowed: 'output in what next returns',
        remedy: 'Return it from next, together with done: true',
      });
    }
    return { kind: 'function', next: next as (input: never, completed: Completed) => NextSteps };
  }
  const checked = fixedPlanProblems(
    { steps, ...(given['output'] === undefined ? {} : { output: given['output'] }) },
    inputIsSound ? (given['input'] as z.ZodType) : undefined,
  );
  for (const problem of checked.problems) inspection.add(problem);
  return { kind: 'fixed', draft: checked.draft };
}
