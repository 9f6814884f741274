import type { PlannedStep, RevisionStep } from './plan-at.ts';

/** One step in two plans. */
export type StepDifference =
  | { readonly kind: 'added'; readonly id: string; readonly after: RevisionStep }
  | { readonly kind: 'removed'; readonly id: string; readonly before: RevisionStep }
  | {
      readonly kind: 'changed';
      readonly id: string;
      readonly before: RevisionStep;
      readonly after: RevisionStep;
      /** Names of members that are not equal. */
      readonly members: readonly string[];
    }
  | { readonly kind: 'same'; readonly id: string; readonly before: RevisionStep; readonly after: RevisionStep };

/** Steps of two plans side by side, in the order of the older one, with new ones behind. */
export function differencesOf(
  before: readonly PlannedStep[],
  after: readonly PlannedStep[],
): readonly StepDifference[] {
  const afterById = new Map(after.map(({ step }) => [step.id, step]));
  const beforeIds = new Set(before.map(({ step }) => step.id));
  return [
    ...before.map(({ step }) => differenceOf(step, afterById.get(step.id))),
    ...after.flatMap(({ step }): StepDifference[] =>
      beforeIds.has(step.id) ? [] : [{ kind: 'added', id: step.id, after: step }],
    ),
  ];
}

function differenceOf(before: RevisionStep, after: RevisionStep | undefined): StepDifference {
  const { id } = before;
  if (after === undefined) return { kind: 'removed', id, before };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof RevisionStep)[];
  const members = names.filter((name) => !isEqual(before[name], after[name]));
  return members.length === 0 ? { kind: 'same', id, before, after } : { kind: 'changed', id, before, after, members };
}

/** Of JSON; members may stand in any order. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(Reflect.get(a, key), Reflect.get(b, key)))
  );
}
