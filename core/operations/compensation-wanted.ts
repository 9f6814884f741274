import type { Compensation } from '../model/compensation.ts';
import type { RunHead } from '../model/run.ts';
import { isFinal } from '../model/run.ts';

/** It stands in the head, and is told again in the reason why the run ended. */
const keptReasonCharacters = 200;

/**
 * What changes in the head of a run that is to be taken back: from the next decision on it only undoes. Undefined when it is
 * being taken back already (the first wish stands), and when it is over.
 */
export function compensationWanted(head: RunHead, wish: Compensation): Pick<RunHead, 'compensation'> | undefined {
  if (head.compensation || isFinal(head.status)) return undefined;
  return { compensation: { ...wish, reason: wish.reason.slice(0, keptReasonCharacters) } };
}
