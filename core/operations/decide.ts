import type { Limits } from '../contract/limits.ts';
import type { ApprovalNeed, EscalationKind } from '../model/escalation.ts';
import { escalationFor } from '../model/escalation.ts';
import type { Failure } from '../model/failure.ts';
import { lostFailure } from '../model/lost-dispatch.ts';
import { reactions } from '../model/reaction.ts';
import type { FinalRunStatus, RunStatus } from '../model/run.ts';
import { isFinal } from '../model/run.ts';
import { neverBegun } from '../model/step.ts';
import type { StepOutcome, StepState } from '../model/step.ts';

/** One step of the open window. */
export interface OpenStep {
  readonly id: string;
  /** Steps that must be over first. Ids that are not in the window are over. */
  readonly after: readonly string[];
  readonly optional: boolean;
  readonly timeoutSeconds: number;
  /** Which try of the step is wanted, 1-based: part of an escalation's identity. */
  readonly occurrence: number;
  readonly state: StepState;
}

export interface DecideInput {
  readonly run: {
    readonly status: RunStatus;
    readonly cancelRequested: boolean;
    readonly deadlineMs: number;
    readonly burstsInGeneration: number;
  };
  readonly steps: readonly OpenStep[];
  readonly outcomes: readonly StepOutcome[];
  /** False when the newest revision says that nobody will add to the plan. */
  readonly morePlanned: boolean;
  /** Steps, by id, around which a model may plan should they fail. */
  readonly replannable: ReadonlySet<string>;
  readonly nowMs: number;
  readonly burst: { readonly deadlineMs: number; readonly stepsRun: number };
  readonly limits: Limits;
}

/** What happens next. `plan` is answered within Decide itself; the others are the states of the two machines. */
export type Decision =
  | { readonly kind: 'execute'; readonly stepIds: readonly string[] }
  | { readonly kind: 'pause'; readonly untilMs: number }
  /** `failed`: steps to plan around, none when the plan only goes on. */
  | { readonly kind: 'plan'; readonly failed: readonly OpenStep[] }
  | { readonly kind: 'continue' }
  | { readonly kind: 'long'; readonly stepIds: readonly string[] }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly reason: string }
  | { readonly kind: 'human'; readonly need: HumanNeed }
  | { readonly kind: 'rollover' }
  | { readonly kind: 'end'; readonly status: FinalRunStatus; readonly reason: string };

/** Why a person is needed. */
export interface HumanNeed {
  readonly escalation: EscalationKind;
  readonly stepId: string | undefined;
  readonly occurrence: number;
  readonly reason: string;
  readonly failure: Failure | undefined;
  /** Of kind approval. */
  readonly approval?: ApprovalNeed;
}

export interface Verdict {
  readonly decision: Decision;
  /** The window after the outcomes were applied. */
  readonly steps: readonly OpenStep[];
}

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

  const pending = steps.flatMap((step) => (step.state.status === 'pending' ? [{ step, state: step.state }] : []));
  // A step with a time to wait for may be in flight: its effect must settle before anything is concluded from it.
  const begun = pending.filter(({ state }) => state.notBeforeMs > nowMs);

  if (run.cancelRequested) {
    const open = stillOpen(pending);
    if (open.length > 0) return settleFirst(input, open);
    return needOf(input, steps, 'inDoubt') ?? { kind: 'end', status: 'canceled', reason: 'canceled on request' };
  }
  if (nowMs >= run.deadlineMs && steps.some(unfinished)) {
    const open = stillOpen(pending);
    if (open.length > 0) return settleFirst(input, open);
    return needOf(input, steps, 'inDoubt') ?? deadlineNeed(input, steps);
  }

  const over = overIn(steps);
  const ready = pending.filter(
    ({ step, state }) => !state.approval && state.notBeforeMs <= nowMs && step.after.every(over),
  );
  if (ready.length > 0) return dispatch(input, ready);
  if (begun.length > 0) return untilNext(input, begun, 'a step may be tried again then');

  const first = needOf(input, steps, 'inDoubt') ?? rejection(steps);
  if (first) return first;
  const failed = steps.filter(({ state }) => state.status === 'failed');
  if (failed.length > 0 && failed.every((step) => mayPlanAround(input, step))) return { kind: 'plan', failed };
  const need = needOf(input, steps, 'failed') ?? approvalNeed(input, pending);
  if (need) return need;
  if (steps.some(unfinished)) {
    // Only a plan that nobody validated can get here; say so instead of waiting for ever.
    return human(input, 'failure', undefined, 0, 'no step can run, and none is left to wait for', undefined);
  }
  if (input.morePlanned) return { kind: 'plan', failed: [] };
  return { kind: 'end', status: 'completed', reason: 'every step is over' };
}

function mayPlanAround({ replannable }: DecideInput, { id, state }: OpenStep): boolean {
  return replannable.has(id) && state.status === 'failed' && reactions[state.failure.class].mayEditPlan;
}

/** A pending step that was never begun needs no settling; one with a lease or a backoff does. */
function stillOpen(pending: readonly Pending[]): readonly Pending[] {
  return pending.filter(({ state }) => state.notBeforeMs > 0);
}

interface Pending {
  readonly step: OpenStep;
  readonly state: Extract<StepState, { status: 'pending' }>;
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
  const { status } = step.state;
  return status === 'completed' || status === 'skipped' || status === 'compensated';
}

function unfinished(step: OpenStep): boolean {
  return !isOver(step);
}

function needOf(input: DecideInput, steps: readonly OpenStep[], status: 'inDoubt' | 'failed'): Decision | undefined {
  for (const step of steps) {
    if (step.state.status !== status) continue;
    const kind = status === 'inDoubt' ? 'inDoubt' : escalationFor(step.state.failure);
    const said = status === 'inDoubt' ? 'is in doubt' : 'failed';
    return human(
      input,
      kind,
      step.id,
      step.occurrence,
      `step '${step.id}' ${said}: ${step.state.failure.message}`,
      step.state.failure,
    );
  }
  return undefined;
}

/** A person's no ends the run: it was asked whether to act, and the answer was not to. */
function rejection(steps: readonly OpenStep[]): Decision | undefined {
  for (const { id, state } of steps) {
    if (state.status !== 'failed' || state.failure.rejectedBy === undefined) continue;
    return { kind: 'end', status: 'declined', reason: `step '${id}': ${state.failure.message}` };
  }
  return undefined;
}

function approvalNeed(input: DecideInput, pending: readonly Pending[]): Decision | undefined {
  for (const { step, state } of pending) {
    if (!state.approval) continue;
    const { skill, action, doubted, reasons } = state.approval;
    const why = [
      ...reasons,
      ...(doubted.length === 0 ? [] : [`nobody who may be believed has given ${doubted.join(', ')}`]),
    ];
    const reason = `step '${step.id}' may use ${skill}/${action} only if a person approves: ${why.join('; ')}`;
    return human(input, 'approval', step.id, step.occurrence, reason, undefined, state.approval);
  }
  return undefined;
}

function deadlineNeed(input: DecideInput, steps: readonly OpenStep[]): Decision {
  const step = steps.find(unfinished);
  return human(input, 'budget', step?.id, step?.occurrence ?? 0, 'the deadline of the run has passed', {
    class: 'budgetExceeded',
    message: 'the deadline of the run has passed',
  });
}

function human(
  input: DecideInput,
  escalation: EscalationKind,
  stepId: string | undefined,
  occurrence: number,
  reason: string,
  failure: Failure | undefined,
  approval?: ApprovalNeed,
): Decision {
  const need = { escalation, stepId, occurrence, reason, failure, ...(approval ? { approval } : {}) };
  return handUp(input, { kind: 'human', need });
}

function applyOutcomes({ run, steps, outcomes, nowMs, limits }: DecideInput): OpenStep[] {
  const byStep = new Map(outcomes.map((outcome) => [outcome.stepId, outcome]));
  return steps.map((step) => {
    const outcome = byStep.get(step.id);
    // A late answer never undoes what is settled.
    if (!outcome || step.state.status !== 'pending') return step;
    return { ...step, state: stateAfter(step, step.state, outcome, { nowMs, limits, run }) };
  });
}

function stateAfter(
  step: OpenStep,
  state: Extract<StepState, { status: 'pending' }>,
  outcome: StepOutcome,
  { nowMs, limits, run }: Pick<DecideInput, 'nowMs' | 'limits' | 'run'>,
): StepState {
  switch (outcome.kind) {
    case 'done':
      return { status: 'completed' };
    case 'failed':
      return step.optional ? { status: 'skipped' } : { status: 'failed', failure: outcome.failure };
    case 'retry':
      return {
        ...{ status: 'pending', notBeforeMs: outcome.notBeforeMs, lost: 0, lastFailure: outcome.failure },
        // Nothing is tried again then: it waits for something else to come back.
        ...(reactions[outcome.failure.class].again === 'breaker' ? { waitsFor: outcome.failure.message } : {}),
      };
    case 'inDoubt':
      return { status: 'inDoubt', failure: outcome.failure };
    case 'busy':
      return { ...state, notBeforeMs: Math.max(outcome.untilMs, nowMs + 1), waitsFor: outcome.reason };
    case 'canceled':
      // Closed by the deadline, a step is still wanted should a person extend it.
      return step.optional || run.cancelRequested ? { status: 'skipped' } : { status: 'failed', failure: neverBegun };
    case 'unapproved':
      return { ...state, approval: outcome.approval };
    case 'lost': {
      const lost = state.lost + 1;
      const failure = lostFailure(outcome.error, lost);
      if (lost >= limits.lostDispatches) return { status: 'failed', failure };
      return { ...state, lost, lastFailure: failure };
    }
  }
}
