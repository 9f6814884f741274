import type * as z from 'zod';
import type { Effect } from '../model/effect.ts';
import type { ActionContext, CompensationDefinition, CompensationLookup } from '../model/skill.ts';
import { readEffect } from './inspect-effect.ts';
import type { EffectDeclaration } from './inspect-effect.ts';
import { shown } from './inspection.ts';
import type { Inspection } from './inspection.ts';

type Undo<Input extends z.ZodType, Output extends z.ZodType> = (
  input: z.output<Input>,
  output: z.output<Output>,
  context: ActionContext,
) => Promise<void>;

/** How an action is undone, as its author writes it. */
export type Compensate<Input extends z.ZodType, Output extends z.ZodType> =
  | Undo<Input, Output>
  | {
      /** Of the compensation itself; as for a function alone when left out. */
      readonly effect?: EffectDeclaration;
      readonly run: Undo<Input, Output>;
      /** Required for class Q: asks the provider whether the compensation of that key is there. */
      readonly lookup?: (
        effectKey: string,
        input: z.output<Input>,
        output: z.output<Output>,
        context: ActionContext,
      ) => Promise<CompensationLookup>;
      /** Of one attempt; the action's when left out. */
      readonly timeoutSeconds?: number;
    };

/** A compensation whose types are still known, so that a test can call it. */
export interface TypedCompensation<Input extends z.ZodType, Output extends z.ZodType> extends CompensationDefinition {
  readonly run: Undo<Input, Output>;
  readonly lookup?: NonNullable<Exclude<Compensate<Input, Output>, Undo<Input, Output>>['lookup']>;
}

const runSignature = 'async (input, output, context) => undefined';
const lookupSignature = 'async (effectKey, input, output, context) => ({ found: … })';

/**
 * What is known of a compensation. A provider that deduplicates what an action sends is taken to do so for what undoes it;
 * of any other nothing is assumed.
 *
 * @param action what the action itself says
 */
export function readCompensation(
  value: unknown,
  action: { readonly effect: Effect; readonly timeoutSeconds: unknown },
  inspection: Inspection,
): CompensationDefinition {
  const assumed: Effect = action.effect.class === 'K' ? action.effect : { class: 'N' };
  const timeoutSeconds = action.timeoutSeconds as number;
  if (typeof value === 'function') {
    return Object.freeze({ effect: assumed, timeoutSeconds, run: value as CompensationDefinition['run'] });
  }
  const given = isObject(value)
    ? inspection.members('compensate', value, ['effect', 'run', 'lookup', 'timeoutSeconds'])
    : undefined;
  if (!given) {
    if (!isObject(value)) inspection.function('compensate', value, runSignature);
    return { effect: assumed, timeoutSeconds, run: () => Promise.resolve() };
  }
  inspection.function('compensate.run', given['run'], runSignature);
  const effect = given['effect'] === undefined ? assumed : readEffect('compensate.effect', given['effect'], inspection);
  inspectLookup(given['lookup'], effect, inspection);
  if (given['timeoutSeconds'] !== undefined) {
    const remedy = 'Split longer work into several actions';
    inspection.integer('compensate.timeoutSeconds', given['timeoutSeconds'], 1, 840, remedy);
  }
  return Object.freeze({
    effect,
    timeoutSeconds: (given['timeoutSeconds'] as number | undefined) ?? timeoutSeconds,
    run: given['run'] as CompensationDefinition['run'],
    ...(given['lookup'] === undefined
      ? {}
      : { lookup: given['lookup'] as NonNullable<CompensationDefinition['lookup']> }),
  });
}

function inspectLookup(lookup: unknown, effect: Effect, inspection: Inspection): void {
  if (lookup !== undefined) inspection.function('compensate.lookup', lookup, lookupSignature);
  if ((effect.class === 'Q') === (lookup !== undefined)) return;
  const isMissing = lookup === undefined;
  inspection.add({
    at: 'compensate.lookup',
    wrong: isMissing
      ? "is missing: class 'Q' promises that the compensation can be looked up"
      : 'would never be called',
    given: isMissing ? shown(lookup) : `a lookup and effect class '${effect.class}'`,
    allowed: isMissing ? lookupSignature : "a lookup with class 'Q' only",
    remedy: isMissing
      ? "Write a lookup, or declare class 'N'"
      : "Declare effect: { class: 'Q', settleTime: '2s' }, or remove the lookup",
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
