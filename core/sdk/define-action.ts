import type * as z from 'zod';
import type { ActionContext, ActionDefinition, Endorsement, LookupAnswer } from '../model/skill.ts';
import type { DefinitionProblem } from './definition-error.ts';
import { readCompensation } from './inspect-compensation.ts';
import type { Compensate, TypedCompensation } from './inspect-compensation.ts';
import { readEffect } from './inspect-effect.ts';
import type { EffectDeclaration } from './inspect-effect.ts';
import { inspectAlternatives, inspectTrust } from './inspect-trust.ts';
import { Inspection } from './inspection.ts';

export type { EffectDeclaration } from './inspect-effect.ts';

/** What an author writes about one action. */
export interface ActionOptions<Input extends z.ZodType, Output extends z.ZodType> {
  /** What it does and when to use it: people and planners choose by it. At most 1,000 characters. */
  readonly description: string;
  /** The arguments. An object, as a plan gives them by name. */
  readonly input: Input;
  /** The answer. Whatever `run` or `lookup` returns is checked against it. */
  readonly output: Output;
  readonly effect?: EffectDeclaration;
  /** Of one attempt; 1 to 840, 20 when left out. */
  readonly timeoutSeconds?: number;
  /** Attempts of one effect, the first included; 1 to 10, 3 when left out. */
  readonly maxAttempts?: number;
  /** Does it. Throw `ActionError` to say what is known about the effect; `context.fetch` does so by itself. */
  readonly run: (input: z.output<Input>, context: ActionContext) => Promise<z.input<Output>>;
  /** Problems of an answer that has the right shape but the wrong meaning; none when all is well. */
  readonly check?: (input: z.output<Input>, output: z.output<Output>) => readonly string[];
  /** Required for class Q: asks the provider whether the effect of that key is there. */
  readonly lookup?: (
    effectKey: string,
    input: z.output<Input>,
    context: ActionContext,
  ) => Promise<LookupAnswer<z.input<Output>>>;
  /**
   * Undoes the effect when the run is taken back: a forward action of its own, called with what the action was given and
   * what it answered. `context.effectKey` is another one than the action's. A function alone is of class K where the action
   * is, for as long, and else N; write an object to say more, such as `{ effect: { class: 'P' }, run }` for a DELETE by id.
   */
  readonly compensate?: Compensate<Input, Output>;
  /** Actions that may take its place while its dependency is down: `['HotelDesk:v1/book']`. */
  readonly alternatives?: readonly string[];
  /**
   * Arguments, by path (`recipient.iban`), that decide about money, rights or where data go. Each must come from a person
   * or a playbook; one that a model wrote, or that came from outside, waits for a person's approval.
   */
  readonly sensitive?: readonly string[];
  /**
   * `'untrusted'` when somebody outside can write what it answers (web pages, tickets, mails); `'model'` when a model
   * writes it. Left out, its answers may be believed as far as its arguments.
   */
  readonly trust?: 'model' | 'untrusted';
  /**
   * Members of its answer, by path, that may be believed whatever the rest: `'enum'`, one of a closed set that its schema
   * lists; `'minted'`, an id that this very action has made; `'lookup'`, read from a table that nobody outside can write: then it may be believed as far as the arguments, which chose it.
   */
  readonly endorses?: Readonly<Record<string, Endorsement>>;
}

/** An action whose types are still known, so that a test can call it. */
export interface TypedAction<Input extends z.ZodType, Output extends z.ZodType> extends ActionDefinition {
  readonly input: Input;
  readonly output: Output;
  readonly run: ActionOptions<Input, Output>['run'];
  readonly check?: NonNullable<ActionOptions<Input, Output>['check']>;
  readonly lookup?: NonNullable<ActionOptions<Input, Output>['lookup']>;
  readonly compensate?: TypedCompensation<Input, Output>;
}

const optionNames = [
  'description',
  'input',
  'output',
  'effect',
  'timeoutSeconds',
  'maxAttempts',
  'run',
  'check',
  'lookup',
  'compensate',
  'alternatives',
  'sensitive',
  'trust',
  'endorses',
] as const satisfies (keyof ActionOptions<z.ZodType, z.ZodType>)[];

const defaultTimeoutSeconds = 20;
const defaultMaxAttempts = 3;
/** A function of AWS Lambda ends after 900 s; the rest is for the ledger. */
const mostTimeoutSeconds = 840;
const mostAttempts = 10;

/** Carried by actions, whose problems are told only once they have a name: by `defineSkill`. */
const findings = Symbol.for('holdfast.action.findings');

/**
 * Defines one callable of a skill. The types of `run`, `check` and `lookup` follow from the schemas.
 * What is wrong with it is thrown by `defineSkill`, which knows its name.
 *
 * @example
 * const book = defineAction({
 *   description: 'Book a room.',
 *   input: z.object({ city: z.string() }),
 *   output: z.object({ bookingId: z.string() }),
 *   effect: { class: 'K', keyTtl: '24h' },
 *   run: async ({ city }, { fetch, effectKey, settings }) => {
 *     const response = await fetch(`${settings.HOTEL_URL}/bookings`, {
 *       method: 'POST',
 *       headers: { 'content-type': 'application/json', 'idempotency-key': effectKey },
 *       body: JSON.stringify({ city }),
 *     });
 *     return (await response.json()) as { bookingId: string };
 *   },
 * });
 */
export function defineAction<Input extends z.ZodType, Output extends z.ZodType>(
  options: ActionOptions<Input, Output>,
): TypedAction<Input, Output> {
  const inspection = new Inspection();
  const { effect, compensate } = inspect(options, inspection);
  const { description, input, output, run, check, lookup, alternatives, sensitive, trust, endorses } = options ?? {};
  const action: TypedAction<Input, Output> = {
    description,
    input,
    output,
    effect,
    timeoutSeconds: options?.timeoutSeconds ?? defaultTimeoutSeconds,
    maxAttempts: options?.maxAttempts ?? defaultMaxAttempts,
    run,
    ...(check === undefined ? {} : { check }),
    ...(lookup === undefined ? {} : { lookup }),
    ...(compensate === undefined ? {} : { compensate: compensate as TypedCompensation<Input, Output> }),
    ...(alternatives === undefined ? {} : { alternatives }),
    ...(sensitive === undefined ? {} : { sensitive }),
    ...(trust === undefined ? {} : { trust }),
    ...(endorses === undefined ? {} : { endorses }),
  };
  Object.defineProperty(action, findings, { value: inspection.problems });
  return Object.freeze(action);
}

/** Problems of an action, or undefined when the value did not come from `defineAction` of any copy of this package. */
export function findingsOf(action: unknown): readonly DefinitionProblem[] | undefined {
  if (typeof action !== 'object' || action === null || !(findings in action)) return undefined;
  return action[findings] as readonly DefinitionProblem[];
}

function inspect(options: unknown, inspection: Inspection): Pick<ActionDefinition, 'effect' | 'compensate'> {
  const given = inspection.members('', options, optionNames);
  if (!given) return { effect: { class: 'N' } };
  inspection.text('description', given['description'], 1_000);
  inspection.schema('input', given['input'], 'input', true);
  inspection.schema('output', given['output'], 'output', false);
  inspection.function('run', given['run'], 'async (input, context) => output');
  if (given['check'] !== undefined) inspection.function('check', given['check'], '(input, output) => problems');
  if (given['lookup'] !== undefined) {
    inspection.function('lookup', given['lookup'], 'async (effectKey, input, context) => ({ found: … })');
  }
  inspectAlternatives(given['alternatives'], inspection);
  inspectTrust(given, inspection);
  if (given['timeoutSeconds'] !== undefined) {
    const remedy = 'Split longer work into several actions';
    inspection.integer('timeoutSeconds', given['timeoutSeconds'], 1, mostTimeoutSeconds, remedy);
  }
  if (given['maxAttempts'] !== undefined) {
    inspection.integer('maxAttempts', given['maxAttempts'], 1, mostAttempts, 'Count the first attempt too');
  }
  const effect = readEffect('effect', given['effect'], inspection);
  if (effect.class === 'Q' && given['lookup'] === undefined) {
    inspection.add({
      at: 'lookup',
      wrong: "is missing: class 'Q' promises that the effect can be looked up",
      given: 'nothing',
      allowed: 'async (effectKey, input, context) => ({ found: … })',
      remedy: "Write a lookup, or declare class 'N'",
    });
  }
  if (effect.class !== 'Q' && typeof given['lookup'] === 'function') {
    inspection.add({
      at: 'lookup',
      wrong: 'would never be called',
      given: `a lookup and effect class '${effect.class}'${given['effect'] === undefined ? ' (undeclared)' : ''}`,
      allowed: "a lookup with class 'Q' only",
      remedy: "Declare effect: { class: 'Q', settleTime: '2s' }, or remove the lookup",
    });
  }
  if (given['compensate'] === undefined) return { effect };
  const timeoutSeconds = given['timeoutSeconds'] ?? defaultTimeoutSeconds;
  return { effect, compensate: readCompensation(given['compensate'], { effect, timeoutSeconds }, inspection) };
}
