import type { RunHead } from './run.ts';
import { isFinal } from './run.ts';

/**
 * Longer than a running execution is ever silent: a long step with what Step Functions waits between its tries comes
 * to 19 minutes, a burst to less.
 */
export const silenceMs = 20 * 60_000;
/** Due times of running runs are rounded up to this, so that a head write within it moves nothing in the index. */
export const dueStepMs = 10 * 60_000;
/** After a wait, the first decision and its wave may come before the next head write. */
export const wakeMs = 5 * 60_000;
/** A run that waits for a person whose inbox item was seen is looked at again after this long. */
export const seenMs = 86_400_000;

type Standing = Pick<
  RunHead,
  'status' | 'waitingFor' | 'generation' | 'version' | 'updatedAtMs' | 'restarts' | 'inboxSeenVersion'
>;

/**
 * When a run ought to have moved, in milliseconds since the epoch: until then its state explains why it is silent.
 * Undefined for a run that is over.
 */
export function dueMsOf(head: Standing): number | undefined {
  const { status, waitingFor, updatedAtMs } = head;
  if (isFinal(status)) return undefined;
  if (status === 'escalated') return updatedAtMs + (head.inboxSeenVersion === head.version ? seenMs : silenceMs);
  if (status === 'waiting' && waitingFor?.kind === 'time') {
    return waitingFor.untilMs + (isDelayed(head) ? 0 : wakeMs);
  }
  return Math.ceil(updatedAtMs / dueStepMs) * dueStepMs + silenceMs;
}

/** True for a run that is to be restarted and whose execution has not been started yet. */
export function isDelayed({ status, restarts, generation }: Standing): boolean {
  return status === 'waiting' && restarts?.delayed === true && restarts.generation === generation;
}
