import type { BurstState } from '../contract/machine.ts';
import type { PlanRevision } from '../model/plan.ts';
import { countedWith } from '../model/recovery.ts';
import type { RunHead } from '../model/run.ts';
import { isEnding } from '../model/run.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import { occurrenceOf, planOf, withRevision } from './open-steps.ts';

/** A burst that has taken in a new revision. What was known of steps that it defines again is of the past. */
export function adopted(state: BurstState, plans: WindowPlans, plan: PlanRevision): BurstState {
  const { recovery, steps } = plan;
  const redefined = new Set(steps.map(({ id }) => id));
  const without = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !redefined.has(id)));
  const head = { ...withRevision(state.head, plans, plan), lost: without(state.head.lost) };
  const [notBefore, failures] = [without(state.notBefore), without(state.failures)];
  if (!recovery || recovery.decision === 'diagnose') return { ...state, head, notBefore, failures };
  const { stepId, notBeforeMs, occurrence } = recovery;
  return {
    ...state,
    failures,
    notBefore: notBeforeMs === undefined ? notBefore : { ...notBefore, [stepId]: notBeforeMs },
    head: {
      ...head,
      occurrences: { ...head.occurrences, [stepId]: occurrence },
      recoveries: countedWith(head.recoveries, recovery),
    },
  };
}

/** Until when a recovery has a step wait that has not begun; 0 when it does not, or when somebody has decided otherwise since. */
export function pausedUntilMs({ step, revision }: WindowStep, head: RunHead, plans: WindowPlans): number {
  const { recovery } = planOf(plans, revision);
  if (recovery?.stepId !== step.id || isEnding(head)) return 0;
  // A person who has asked for another try does not want to wait.
  return occurrenceOf(head, step.id) === recovery.occurrence ? (recovery.notBeforeMs ?? 0) : 0;
}
