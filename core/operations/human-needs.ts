import type { RunIdentity } from '../contract/machine.ts';
import type { Failure } from '../model/failure.ts';
import { escalationFor, escalationIdOf } from '../model/escalation.ts';
import type { EscalationNotice } from '../model/escalation.ts';
import { inboxTimesOf } from '../model/inbox-times.ts';
import type { WrittenInbox } from '../model/inbox-times.ts';
import type { RunHead } from '../model/run.ts';
import type { StepState } from '../model/step.ts';
import type { HumanNeed, OpenStep } from './decision.ts';
import { planOf, windowSteps } from './open-steps.ts';
import type { WindowPlans } from './open-steps.ts';

/** The first step of that status, for a person to settle. */
export function needOf(steps: readonly OpenStep[], status: 'inDoubt' | 'failed'): HumanNeed | undefined {
  for (const { id, occurrence, state } of steps) {
    if (state.status !== status) continue;
    const { failure } = state;
    const escalation = status === 'inDoubt' ? 'inDoubt' : escalationFor(failure);
    const said = status === 'inDoubt' ? 'is in doubt' : 'failed';
    return { escalation, stepId: id, occurrence, reason: `step '${id}' ${said}: ${failure.message}`, failure };
  }
  return undefined;
}

/** The first step that may not begin before a person has approved it. */
export function approvalNeed(steps: readonly OpenStep[]): HumanNeed | undefined {
  for (const { id, occurrence, state } of steps) {
    if (state.status !== 'pending' || !state.approval) continue;
    const { approval } = state;
    const { skill, action, doubted, reasons } = approval;
    const why = [
      ...reasons,
      ...(doubted.length === 0 ? [] : [`nobody who may be believed has given ${doubted.join(', ')}`]),
    ];
    const reason = `step '${id}' may use ${skill}/${action} only if a person approves: ${why.join('; ')}`;
    return { escalation: 'approval', stepId: id, occurrence, reason, failure: undefined, approval };
  }
  return undefined;
}

/** @param step one that the deadline has overtaken */
export function deadlineNeed(step: OpenStep | undefined): HumanNeed {
  const reason = 'the deadline of the run has passed';
  return {
    ...{ escalation: 'budget', stepId: step?.id, occurrence: step?.occurrence ?? 0, reason },
    failure: { class: 'budgetExceeded', message: reason },
  };
}

/** @param step one that may be tried again only after the deadline of its run */
export function tooLateNeed(
  { id, occurrence }: OpenStep,
  { notBeforeMs, lastFailure }: Extract<StepState, { status: 'pending' }>,
  deadlineMs: number,
): HumanNeed {
  const [again, deadline] = [notBeforeMs, deadlineMs].map((ms) => new Date(ms).toISOString());
  const reason = `step '${id}' may be tried again at ${again}, after the deadline of the run at ${deadline}: ${lastFailure?.message ?? ''}`;
  return {
    ...{ escalation: 'budget', stepId: id, occurrence, reason },
    failure: { class: 'budgetExceeded', message: reason },
  };
}

/** Only a plan that nobody validated can get there; a person is told instead of waiting for ever. */
export const stuckNeed: HumanNeed = {
  ...{ escalation: 'failure', stepId: undefined, occurrence: 0, failure: undefined },
  reason: 'no step can run, and none is left to wait for',
};

/** @param revision the one that was rejected */
export function rejectedNeed(failure: Failure, revision: number): HumanNeed {
  const { message: reason } = failure;
  return { escalation: escalationFor(failure), stepId: undefined, occurrence: revision, reason, failure };
}

/** What was done about the step that a person is asked about, as its newest definition tells. */
export function storyOf(
  { stepId }: HumanNeed,
  { head, plans }: { readonly head: RunHead; readonly plans: WindowPlans },
): Pick<HumanNeed, 'tried'> {
  const entry = windowSteps(head, plans).find(({ step }) => step.id === stepId);
  const recovery = entry && planOf(plans, entry.revision).recovery;
  return recovery !== undefined && recovery.stepId === stepId && recovery.tried.length > 0
    ? { tried: recovery.tried }
    : {};
}

/** What the state machine sends to the inbox. */
export function noticeOf(
  run: RunIdentity,
  need: HumanNeed,
  openedAtMs: number,
  inbox: WrittenInbox | undefined,
): EscalationNotice {
  const { escalation: kind, stepId, occurrence, reason, failure, approval, tried } = need;
  const { tenantId, runId, agent, generation } = run;
  return {
    ...{ tenantId, runId, agent, generation, kind, reason, openedAtMs },
    escalationId: escalationIdOf(runId, kind, stepId ?? '', occurrence),
    ...(stepId === undefined ? {} : { stepId }),
    ...(failure === undefined ? {} : { failure }),
    ...(approval === undefined ? {} : { approval }),
    ...(inbox === undefined ? {} : { times: inboxTimesOf(inbox) }),
    ...(tried === undefined ? {} : { tried: [...tried] }),
  };
}
