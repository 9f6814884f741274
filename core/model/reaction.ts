import type { EscalationKind } from './escalation.ts';
import type { FailureClass } from './failure.ts';

/**
 * How the same call may be made once more. `backoff`: after a growing pause with jitter. `providersWish`: when the provider
 * said that it may. `breaker`: when the breaker of the dependency lets it. `slowly`: after long pauses, for it must not be
 * given up lightly. `otherModel`: of another model, at once. `none`: not by itself.
 */
export type Again = 'none' | 'backoff' | 'providersWish' | 'breaker' | 'slowly' | 'otherModel';

/**
 * What a failed call says of the health of its dependency. `ill`: it is down, or too slow. `answered`: it is there.
 * `ours`: nothing, unless it has answered, for the fault is on this side.
 */
export type HealthSign = 'ill' | 'answered' | 'ours';

/** What is done about a failure of one class, and how often. */
export interface Reaction {
  readonly again: Again;
  /** Tries in all, the first included, where the class has a bound of its own; otherwise the action's `maxAttempts` holds. */
  readonly mostTries: number | undefined;
  readonly health: HealthSign;
  /** Whether an alternative that the action declares may take its place, once it is known that the call did nothing. */
  readonly alternative: boolean;
  /** How often the provider is asked once more whether what was promised has come true. */
  readonly readsAgain: number;
  /** Whether a planner, or a model that diagnoses, may change the plan around the step. */
  readonly mayEditPlan: boolean;
  /** Such changes for one step and this class. */
  readonly mostEdits: number;
  /** Whether to undo what the run has done is a sensible end, should nothing else help. */
  readonly compensation: boolean;
  /** Under which kind a person finds it. */
  readonly person: EscalationKind;
  /** What that person should do, in one sentence. */
  readonly advice: string;
}

/** Changes of the plan that no class has a bound of its own for: as many as a step may have recoveries. */
const usualEdits = 2;

/** It may be gone by the time of another try. */
const passing = {
  mostTries: undefined,
  alternative: true,
  readsAgain: 0,
  compensation: true,
  person: 'failure',
} as const satisfies Partial<Reaction>;

/** Nothing is tried: a person has to change something first. */
const settled = {
  ...{ again: 'none', mostTries: 1, health: 'answered', alternative: false, readsAgain: 0 },
  ...{ mayEditPlan: false, mostEdits: 0, compensation: false, person: 'failure' },
} as const satisfies Partial<Reaction>;

/** The reaction to each class of failure: the one place that says so. The pages in docs/errors tell the same in words. */
export const reactions: Readonly<Record<FailureClass, Reaction>> = {
  transient: {
    ...passing,
    ...{ again: 'backoff', health: 'ill', mayEditPlan: true, mostEdits: usualEdits },
    advice: 'Look whether the service is well, then resume the run.',
  },
  throttled: {
    ...passing,
    ...{ again: 'providersWish', health: 'answered', mayEditPlan: true, mostEdits: usualEdits },
    advice: 'Have the quota raised or wait until the provider takes calls again, then resume the run.',
  },
  timeout: {
    ...passing,
    ...{ again: 'backoff', health: 'ill', mayEditPlan: true, mostEdits: usualEdits },
    advice: 'Find out why the service is slow, or give the action more time in a new release, then resume the run.',
  },
  dependencyDown: {
    ...passing,
    // No model is asked: it knows no more about the service than the breaker.
    ...{ again: 'breaker', health: 'ill', mayEditPlan: false, mostEdits: 0 },
    advice: 'Bring the service back, and close its breaker by hand if the run should not wait for it.',
  },
  invalidOutput: {
    ...settled,
    ...{ mayEditPlan: true, mostEdits: 1, compensation: true },
    advice:
      'Correct how the skill reads the answer, or the schema of its output, in a new release, then resume the run.',
  },
  postconditionFailed: {
    ...settled,
    ...{ readsAgain: 1, mayEditPlan: true, mostEdits: 1, compensation: true },
    advice: 'Compare what the check found with what the provider shows, and attest what has happened.',
  },
  refusal: {
    ...settled,
    ...{ again: 'otherModel', mostTries: 2, mayEditPlan: true, mostEdits: 1 },
    advice: 'Word the goal differently, or choose a playbook.',
  },
  hallucinated: {
    ...settled,
    ...{ mayEditPlan: true, mostEdits: 2 },
    advice: 'Grant what the plan needs, correct the playbook, or word the goal differently.',
  },
  denied: {
    ...settled,
    person: 'denied',
    advice: 'Give the permission that is missing and resume the run, or leave it denied and cancel the run.',
  },
  inDoubt: {
    ...settled,
    person: 'inDoubt',
    advice: 'Find out at the provider whether it has happened, and attest it.',
  },
  budgetExceeded: {
    ...settled,
    person: 'budget',
    advice: 'Resume the run with a larger budget or a later deadline, or cancel it.',
  },
  loop: {
    ...settled,
    ...{ mayEditPlan: true, mostEdits: 1 },
    advice:
      'Read the revisions of the plan to see why the same call is wanted again, then correct the goal or the skill.',
  },
  bug: {
    ...settled,
    ...{ health: 'ours', mayEditPlan: true, mostEdits: 1, compensation: true },
    advice: 'Read the message and the log of the skill, correct the skill, deploy it, and resume the run.',
  },
  compensationFailed: {
    ...settled,
    ...{ again: 'slowly', mostTries: 5 },
    advice:
      'See to the cause at the provider, then resume the run: the compensation is tried again, and the others follow.',
  },
  storeUnavailable: {
    ...settled,
    ...{ again: 'backoff', mostTries: undefined, health: 'ours' },
    advice: 'See that the table answers, then resume the run if it has not gone on by itself.',
  },
  skillChanged: {
    ...settled,
    advice: 'Approve the step as it is now, or deploy the release that was approved.',
  },
};

/** Whether the same call may be made again by itself, as far as its class goes. */
export function isRetryable(failureClass: FailureClass): boolean {
  return ['backoff', 'providersWish', 'breaker'].includes(reactions[failureClass].again);
}

/** Whether there is a time to wait for that others know, and nothing else to do about it. */
export function isWaitedOut(failureClass: FailureClass): boolean {
  return ['providersWish', 'breaker'].includes(reactions[failureClass].again);
}
