import type { BurstState } from '../contract/machine.ts';
import type { PlanRevision } from '../model/plan.ts';
import { countedWith } from '../model/recovery.ts';
import type { RunHead } from '../model/run.ts';
import { isEnding } from '../model/run.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import { occurrenceOf, planOf, withRevision } from './open-steps.ts';

/** A burst that has taken in a new revision. What was known of steps that it defines again is of the past. */
export function adopted(state: BurstState, plans: WindowPlans, plan: PlanRevision): BurstState {
  const { recovery } = plan;
  const head = headWith(state.head, plans, plan);
  const [notBefore, failures] = [withoutStepsOf(plan, state.notBefore), withoutStepsOf(plan, state.failures)];
  const { stepId = '', notBeforeMs } = recovery?.decision === 'diagnose' ? {} : (recovery ?? {});
  return {
    ...{ ...state, head, failures },
    notBefore: notBeforeMs === undefined ? notBefore : { ...notBefore, [stepId]: notBeforeMs },
  };
}

/** The head of a run that has taken in a new revision. */
export function headWith(before: RunHead, plans: WindowPlans, plan: PlanRevision): RunHead {
  const { recovery } = plan;
  const head = { ...withRevision(before, plans, plan), lost: withoutStepsOf(plan, before.lost) };
  if (!recovery || recovery.decision === 'diagnose') return head;
  const { stepId, occurrence } = recovery;
  return {
    ...head,
    occurrences: { ...head.occurrences, [stepId]: occurrence },
    recoveries: countedWith(head.recoveries, recovery),
  };
}

function withoutStepsOf<Value>(
  { steps }: PlanRevision,
  record: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const redefined = new Set(steps.map(({ id }) => id));
  return Object.fromEntries(Object.entries(record).filter(([id]) => !redefined.has(id)));
}

/** Until when a recovery has a step wait that has not begun; 0 when it does not, or when somebody has decided otherwise since. */
export function pausedUntilMs({ step, revision }: WindowStep, head: RunHead, plans: WindowPlans): number {
  const { recovery } = planOf(plans, revision);
  if (recovery?.stepId !== step.id || isEnding(head)) return 0;
  // A person who has asked for another try does not want to wait.
  return occurrenceOf(head, step.id) === recovery.occurrence ? (recovery.notBeforeMs ?? 0) : 0;
}
