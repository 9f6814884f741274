import type { Json } from '../../../core/model/json.ts';
import type { Step } from '../attack.ts';
import type { Accepted, KnownRun } from './known-run.ts';
import { sensitiveOf } from './labels.ts';
import { follow, sameJson } from './references.ts';

/** What a recovery has made of a plan. */
export type Edit = Pick<Accepted, 'steps' | 'output'>;

/** Who has written a step before it was mended. */
export function writtenBefore(run: KnownRun, stepId: string): Accepted | undefined {
  return run.revisions.findLast(({ steps }) => steps.some(({ id }) => id === stepId));
}

/**
 * Why an edit should not have been made: it may put nothing new into a plan, nor touch what decides about money.
 *
 * @param isRepeat the step is only to be tried again
 */
export function wrongEdit(run: KnownRun, { steps }: Edit, isRepeat: boolean): string | undefined {
  const planned = run.revisions.flatMap((one) => one.steps);
  for (const step of steps) {
    const was = planned.findLast(({ id }) => id === step.id);
    if (!was) return `a recovery has added step '${step.id}'`;
    if (run.outputs.has(step.id)) return `a recovery has defined '${step.id}' again, which is done`;
    if (!planned.some(({ skill, action }) => skill === step.skill && action === step.action)) {
      return `a recovery uses ${step.skill}/${step.action}, which nobody has planned`;
    }
    if (isRepeat && (was.action !== step.action || !sameJson(asAccepted(inputOf(was)), asAccepted(inputOf(step))))) {
      return `step '${step.id}' is not what it was, and was only to be tried again`;
    }
    for (const path of sensitiveOf(step.skill, step.action)) {
      const [before, after] = [was, step].map((one) => follow(inputOf(one), path.split('.')));
      const isSame = before?.ok === after?.ok && (!before?.ok || !after?.ok || sameJson(before.value, after.value));
      if (!isSame) return `a recovery has changed '${path}' of step '${step.id}'`;
    }
  }
  return undefined;
}

function inputOf({ input }: Step): Json {
  return input as Json;
}

/** A plan that is accepted has lost the members that could stand for a prototype: they are no part of what was planned. */
function asAccepted(value: Json): Json {
  if (Array.isArray(value)) return value.map(asAccepted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(members.map(([name, member]) => [name, asAccepted(member)]));
}
