import type { Failure } from '../model/failure.ts';
import { lostFailure } from '../model/lost-dispatch.ts';
import { reactions } from '../model/reaction.ts';
import { neverBegun } from '../model/step.ts';
import type { StepOutcome, StepState } from '../model/step.ts';
import type { DecideInput, OpenStep } from './decision.ts';

/** The open steps after what their last dispatches came to. */
export function applyOutcomes({ run, steps, outcomes, nowMs, limits }: DecideInput): OpenStep[] {
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
        ...waitOf(step, outcome.failure),
      };
    case 'inDoubt':
      return { status: 'inDoubt', failure: outcome.failure };
    case 'busy': {
      // Somebody is at it: how it went before says nothing of how long that takes.
      const { lastFailure: _before, ...rest } = state;
      return { ...rest, notBeforeMs: Math.max(outcome.untilMs, nowMs + 1), waitsFor: outcome.reason };
    }
    case 'canceled':
      // Closed by the deadline, a step is still wanted should a person extend it.
      return step.optional || (isEnding(run) && step.undoes === undefined)
        ? { status: 'skipped' }
        : { status: 'failed', failure: neverBegun };
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

function isEnding({ cancelRequested, compensation }: DecideInput['run']): boolean {
  return cancelRequested || compensation !== undefined;
}

/** Why a run waits for this step, where that is more than the next try of something small. */
function waitOf({ undoes }: OpenStep, { class: failureClass, message }: Failure): { readonly waitsFor?: string } {
  if (undoes !== undefined) return { waitsFor: `the effect of step '${undoes}' could not be undone yet: ${message}` };
  // Nothing is tried again then: it waits for something else to come back.
  return reactions[failureClass].again === 'breaker' ? { waitsFor: message } : {};
}
