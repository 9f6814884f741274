import { forms } from '../strings/forms.ts';

export const maxReasonCharacters = 500;

/** What is wrong with a reason, in a sentence; undefined for a good one. */
export function reasonProblem(reason: string): string | undefined {
  if (reason.trim() === '') return forms.reasonMissing;
  return reason.trim().length > maxReasonCharacters ? forms.tooLong(maxReasonCharacters) : undefined;
}
