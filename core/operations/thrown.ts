import type { Failure, SendOutcome } from '../model/failure.ts';
import { ActionError, failureClass } from '../model/failure.ts';

/** Why code of a skill did not return, and what that says about the effect. */
export interface Problem {
  readonly failureClass: Failure['class'];
  readonly message: string;
  readonly sendOutcome: SendOutcome;
  readonly retryAfterMs: number | undefined;
}

/** Longer messages are cut: they travel through every machine and into the ledger. */
const keptMessageCharacters = 1_000;
/** A provider that asks for more is asked again after a day. */
const longestWishMs = 86_400_000;
const outcomes = ['notSent', 'notDone', 'unknown'] as const satisfies SendOutcome[];

/** What something that was thrown says. Code may throw anything; what is no proof counts as unknown. */
export function problemOf(error: unknown): Problem {
  try {
    if (ActionError.isInstance(error)) return claimOf(error);
  } catch {
    // Not even its members can be read: no claim.
  }
  return bug(thrownText(error));
}

/** Anything that was thrown, in words. Never throws itself. */
export function thrownText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${inWords(error)}`;
  } catch {
    return `thrown: something that cannot be shown (${typeof error})`;
  }
}

/** The beginning of a long text, and how long it was. */
export function bounded(text: string): string {
  if (text.length <= keptMessageCharacters) return text;
  const rest = `… (${text.length} characters)`;
  return text.slice(0, keptMessageCharacters - rest.length).toWellFormed() + rest;
}

/** The first of several problems in one text. */
export function boundedList(problems: readonly string[]): string {
  const first = problems.slice(0, 10).map((problem) => problem.slice(0, keptMessageCharacters));
  const more = problems.length - first.length;
  return bounded(first.join('; ') + (more > 0 ? `; and ${more} more` : ''));
}

/** An ActionError may come from another copy of this package, or from a skill that only says so. */
function claimOf(error: ActionError): Problem {
  const { failureClass: claimed, sendOutcome, message, retryAfterMs }: Record<keyof Problem, unknown> = error;
  const known = failureClass.safeParse(claimed);
  const outcome = outcomes.find((one) => one === sendOutcome);
  if (!known.success || outcome === undefined || typeof message !== 'string') {
    return bug('thrown: something that claims to be an ActionError, but whose members are not those of one');
  }
  const wish = typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined;
  return {
    failureClass: known.data,
    message,
    sendOutcome: outcome,
    retryAfterMs: wish === undefined ? undefined : Math.ceil(Math.min(wish, longestWishMs)),
  };
}

function bug(message: string): Problem {
  return { failureClass: 'bug', message, sendOutcome: 'unknown', retryAfterMs: undefined };
}

function inWords(thrown: unknown): string {
  if (typeof thrown === 'function') return 'a function';
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const names = Object.keys(thrown).slice(0, 10).join(', ');
  return names === '' ? 'an empty object' : `an object with ${names}`;
}
