import type { BurstState } from '../contract/machine.ts';
import type { PlanRevision } from '../model/plan.ts';
import { countedWith } from '../model/recovery.ts';
import type { WindowPlans } from './open-steps.ts';
import { withRevision } from './open-steps.ts';

/** What a burst carries once a new revision is part of the plan. What was known of steps that it defines again is of the past. */
export function withPlan(state: BurstState, plans: WindowPlans, plan: PlanRevision): BurstState {
  const { recovery, steps } = plan;
  const redefined = new Set(steps.map(({ id }) => id));
  const without = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !redefined.has(id)));
  const head = { ...withRevision(state.head, plans, plan), lost: without(state.head.lost) };
  const notBefore = without(state.notBefore);
  const mends = recovery !== undefined && recovery.decision !== 'diagnose';
  if (mends && recovery.notBeforeMs !== undefined) notBefore[recovery.stepId] = recovery.notBeforeMs;
  return {
    ...state,
    ...{ notBefore, failures: without(state.failures) },
    head: {
      ...head,
      ...(mends ? { occurrences: { ...head.occurrences, [recovery.stepId]: recovery.occurrence } } : {}),
      ...(mends ? { recoveries: countedWith(head.recoveries, recovery) } : {}),
    },
  };
}
