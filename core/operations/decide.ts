import { reactions } from '../model/reaction.ts';
import { isFinal } from '../model/run.ts';
import { isStepOver } from '../model/step.ts';
import type { StepState } from '../model/step.ts';
import { applyOutcomes } from './apply-outcomes.ts';
import type { DecideInput, Decision, HumanNeed, OpenStep, Verdict } from './decision.ts';
import { decideCompensation } from './decide-compensation.ts';
import { approvalNeed, deadlineNeed, needOf, stuckNeed, tooLateNeed } from './human-needs.ts';

/**
 * Decides what a run does next. Pure: no clock, no I/O, no model. The same input always gives the same verdict,
 * so that a decision whose reply was lost can simply be taken again.
 */
export function decide(input: DecideInput): Verdict {
  const steps = applyOutcomes(input);
  return { decision: choose(input, steps), steps };
}

function choose(input: DecideInput, steps: readonly OpenStep[]): Decision {
  const { run, nowMs } = input;
  if (isFinal(run.status)) return { kind: 'end', status: run.status, reason: 'the run is over' };
  if (run.compensation) return decideCompensation(input, steps, run.compensation, choose);

  const pending = steps.flatMap((step) => (step.state.status === 'pending' ? [{ step, state: step.state }] : []));
  // A step with a time to wait for may be in flight: its effect must settle before anything is concluded from it.
  const begun = pending.filter(({ state }) => state.notBeforeMs > nowMs);

  if (run.cancelRequested) {
    const open = stillOpen(pending);
    if (open.length > 0) return settleFirst(input, open);
    const doubtful = needOf(steps, 'inDoubt');
    if (doubtful) return human(input, doubtful);
    return { kind: 'end', status: 'canceled', reason: 'canceled on request' };
  }
  if (nowMs >= run.deadlineMs && steps.some(unfinished)) {
    const open = stillOpen(pending);
    if (open.length > 0) return settleFirst(input, open);
    return human(input, needOf(steps, 'inDoubt') ?? deadlineNeed(steps.find(unfinished)));
  }

  // Of steps that have not begun, one that can be had elsewhere does not wait for a dependency that is down.
  const elsewhere = begun.filter(({ step, state }) => mayBeHadElsewhere(input, step, state));
  if (elsewhere.length > 0) return { kind: 'recover', failed: elsewhere.map(({ step }) => step) };

  const over = overIn(steps);
  const ready = pending.filter(
    ({ step, state }) => !state.approval && state.notBeforeMs <= nowMs && step.after.every(over),
  );
  if (ready.length > 0) return dispatch(input, ready);
  const late = lateRetry(input, begun);
  if (late) return human(input, late);
  if (begun.length > 0) return untilNext(input, begun, 'a step may be tried again then');

  const doubtful = needOf(steps, 'inDoubt');
  if (doubtful) return human(input, doubtful);
  const rejected = rejection(steps);
  if (rejected) return rejected;
  const failed = steps.filter(({ state }) => state.status === 'failed');
  const helped = failed.filter((step) => mayRecover(input, step));
  if (helped.length > 0) return { kind: 'recover', failed: helped };
  if (failed.length > 0 && failed.every((step) => mayPlanAround(input, step))) return { kind: 'plan', failed };
  const takenBack = failureToTakeBack(input, failed);
  if (takenBack) return takenBack;
  const need = needOf(steps, 'failed') ?? approvalNeed(steps) ?? (steps.some(unfinished) ? stuckNeed : undefined);
  if (need) return human(input, need);
  if (input.morePlanned) return { kind: 'plan', failed: [] };
  return { kind: 'end', status: 'completed', reason: 'every step is over' };
}

function mayPlanAround({ replannable }: DecideInput, { id, state }: OpenStep): boolean {
  return replannable.has(id) && state.status === 'failed' && reactions[state.failure.class].mayEditPlan;
}

/** A failure that nothing else can mend, in a run that is then to be taken back. */
function failureToTakeBack({ onFailure }: DecideInput, failed: readonly OpenStep[]): Decision | undefined {
  if (onFailure !== 'compensate') return undefined;
  for (const { id, state } of failed) {
    if (state.status !== 'failed' || !reactions[state.failure.class].compensation) continue;
    return { kind: 'compensate', failure: `step '${id}' failed: ${state.failure.message}` };
  }
  return undefined;
}

function mayRecover({ recoverable }: DecideInput, { id, state }: OpenStep): boolean {
  if (state.status !== 'failed' || !recoverable.has(id)) return false;
  const { alternative, mayEditPlan } = reactions[state.failure.class];
  return alternative || mayEditPlan;
}

function mayBeHadElsewhere({ recoverable }: DecideInput, { id }: OpenStep, { lastFailure }: Pending['state']): boolean {
  if (!lastFailure || !recoverable.has(id)) return false;
  const { again, alternative } = reactions[lastFailure.class];
  return again === 'breaker' && alternative;
}

/** A pending step that was never begun needs no settling; one with a lease or a backoff does. */
function stillOpen(pending: readonly Pending[]): readonly Pending[] {
  return pending.filter(({ state }) => state.notBeforeMs > 0);
}

interface Pending {
  readonly step: OpenStep;
  readonly state: Extract<StepState, { status: 'pending' }>;
}

/** When nothing can be tried again before the deadline, a person hears of it at once, not when it has passed. */
function lateRetry({ run }: DecideInput, begun: readonly Pending[]): HumanNeed | undefined {
  const [first] = begun;
  if (!first || !begun.every(({ state }) => state.lastFailure && state.notBeforeMs >= run.deadlineMs)) return undefined;
  return tooLateNeed(first.step, first.state, run.deadlineMs);
}

/** Before a run ends early, what it has begun is settled: due steps are dispatched so that their skill host can look. */
function settleFirst(input: DecideInput, open: readonly Pending[]): Decision {
  const due = open.filter(({ state }) => state.notBeforeMs <= input.nowMs);
  return due.length > 0 ? dispatch(input, due) : untilNext(input, open, 'a step that has begun is being settled');
}

function dispatch(input: DecideInput, ready: readonly Pending[]): Decision {
  const { nowMs, limits, burst } = input;
  const steps = ready.map(({ step }) => step);
  const short = steps.filter((step) => step.timeoutSeconds <= limits.burstStepSeconds).slice(0, limits.waveSteps);
  if (short.length === 0) {
    return handUp(input, { kind: 'long', stepIds: steps.slice(0, limits.waveSteps).map((step) => step.id) });
  }
  const needsMs = Math.max(...short.map((step) => step.timeoutSeconds)) * 1000 + limits.burstMarginMs;
  const exhausted = burst.stepsRun >= limits.stepsPerBurst || nowMs + needsMs > burst.deadlineMs;
  if (exhausted && burst.stepsRun > 0) return handUp(input, { kind: 'continue' });
  return { kind: 'execute', stepIds: short.map((step) => step.id) };
}

/** @param otherwise why it waits, where no step says what for */
function untilNext(input: DecideInput, open: readonly Pending[], otherwise: string): Decision {
  const nextMs = Math.min(...open.map(({ state }) => state.notBeforeMs));
  const untilMs = input.run.deadlineMs > input.nowMs ? Math.min(nextMs, input.run.deadlineMs) : nextMs;
  const pauseMs = untilMs - input.nowMs;
  if (pauseMs <= input.limits.pauseMs && untilMs + input.limits.burstMarginMs < input.burst.deadlineMs) {
    return { kind: 'pause', untilMs };
  }
  const reason = open.find(({ state }) => state.waitsFor !== undefined)?.state.waitsFor ?? otherwise;
  return handUp(input, { kind: 'wait', untilMs: Math.min(untilMs, input.nowMs + input.limits.waitMs), reason });
}

/** Every hand-up costs events of the outer execution, so each is a chance to start afresh. */
function handUp(input: DecideInput, decision: Decision): Decision {
  return input.run.burstsInGeneration >= input.limits.burstsPerGeneration ? { kind: 'rollover' } : decision;
}

function overIn(steps: readonly OpenStep[]): (id: string) => boolean {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return (id) => {
    const step = byId.get(id);
    return !step || isOver(step);
  };
}

function isOver(step: OpenStep): boolean {
  return isStepOver(step.state.status);
}

function unfinished(step: OpenStep): boolean {
  return !isOver(step);
}

/** A person's no ends the run: it was asked whether to act, and the answer was not to. */
function rejection(steps: readonly OpenStep[]): Decision | undefined {
  for (const { id, state } of steps) {
    if (state.status !== 'failed' || state.failure.rejectedBy === undefined) continue;
    return { kind: 'end', status: 'declined', reason: `step '${id}': ${state.failure.message}` };
  }
  return undefined;
}

function human(input: DecideInput, need: HumanNeed): Decision {
  return handUp(input, { kind: 'human', need });
}
