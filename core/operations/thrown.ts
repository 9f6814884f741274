import { claimOf, classify } from '../model/classify.ts';
import type { Classified } from '../model/classify.ts';
import type { Failure, SendOutcome } from '../model/failure.ts';
import { ActionError } from '../model/failure.ts';

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

/** What something that was thrown by code of a skill says. Code may throw anything; what is no proof counts as unknown. */
export function problemOf(error: unknown, nowMs: number): Problem {
  try {
    if (ActionError.isInstance(error)) return claimed(error);
  } catch {
    // Not even its members can be read: no claim.
    return problem({ failureClass: 'bug', sendOutcome: 'unknown' }, thrownText(error));
  }
  // The arguments have been parsed before: what does not fit here is what a provider has answered.
  const { failureClass, retryAfterMs } = classify(error, { nowMs, misfit: 'invalidOutput' });
  const text = failureClass === 'bug' ? thrownText(error) : withCause(error);
  // The error is about the last request of a client of the skill's own. An earlier one of the attempt, which nobody has
  // seen, may have had its effect: that nothing was sent is proven only by what `context` throws, or by the skill.
  return problem(
    { failureClass, sendOutcome: 'unknown', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    text,
  );
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

function claimed(error: ActionError): Problem {
  const claim = claimOf(error);
  const { message }: Record<'message', unknown> = error;
  if (claim && typeof message === 'string') return problem(claim, message);
  const what = 'thrown: something that claims to be an ActionError, but whose members are not those of one';
  return problem({ failureClass: 'bug', sendOutcome: 'unknown' }, what);
}

function problem({ failureClass, sendOutcome, retryAfterMs }: Classified, message: string): Problem {
  const wishMs = retryAfterMs === undefined ? undefined : Math.ceil(Math.min(retryAfterMs, longestWishMs));
  return { failureClass, message, sendOutcome, retryAfterMs: wishMs };
}

/** `fetch failed` alone says little. */
function withCause(error: unknown): string {
  const text = thrownText(error);
  try {
    const cause = error instanceof Error ? error.cause : undefined;
    const why = cause instanceof Error ? cause.message.trim() : '';
    return why === '' || text.includes(why) ? text : `${text}: ${why}`;
  } catch {
    return text;
  }
}

function inWords(thrown: unknown): string {
  if (typeof thrown === 'function') return 'a function';
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const names = Object.keys(thrown).slice(0, 10).join(', ');
  return names === '' ? 'an empty object' : `an object with ${names}`;
}
