import { APICallError } from '@ai-sdk/provider';
import { ActionError } from '../../model/failure.ts';
import type { FailureClass, SendOutcome } from '../../model/failure.ts';
import { retryAfterOf, statusFailure } from '../../model/http-failure.ts';
import { networkFailure } from '../../model/network-failure.ts';
import { maxBodyBytes } from './bounded-fetch.ts';

/** What is known about a call that gave no answer. */
export interface CallFacts {
  readonly model: string;
  readonly keyHint: string;
  readonly secretValues: readonly string[];
  /** Requests that went out. */
  readonly requests: number;
  readonly bodyTooLarge: boolean;
  readonly timedOut: boolean;
  readonly calledOff: boolean;
  readonly timeoutMs: number;
  readonly nowMs: number;
}

const quotedCharacters = 300;

/**
 * Why a model gave no answer. Messages name the model and what to do, and never a key; the provider's own words are
 * quoted only where they cannot be about the key.
 */
export function failureOf(error: unknown, facts: CallFacts): ActionError {
  if (ActionError.isInstance(error)) return error;
  const sent: SendOutcome = facts.requests > 0 ? 'unknown' : 'notSent';
  const failed = (failureClass: FailureClass, what: string, sendOutcome = sent): ActionError =>
    new ActionError(`The model '${facts.model}' ${what}`, { class: failureClass, sendOutcome });
  if (facts.calledOff) return failed('timeout', 'was not waited for any longer: the caller has stopped.');
  if (facts.timedOut) return failed('timeout', `did not answer within ${facts.timeoutMs} ms.`);
  if (facts.bodyTooLarge) return failed('transient', `sent more than ${maxBodyBytes} bytes; nothing of it was used.`);
  if (APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode >= 300) {
    return refusedBy(error, error.statusCode, facts);
  }
  const network = networkFailure(error);
  if (network) {
    const { failureClass, sendOutcome, code } = network;
    // What has not reached the other side cannot have been charged.
    return sendOutcome === 'notSent'
      ? failed(failureClass, `could not be reached (${code}).`, sendOutcome)
      : failed(failureClass, `was cut off before its answer was complete (${code}).`);
  }
  if (facts.requests === 0) return failed('bug', `could not be asked: ${quoted(error, facts)}`);
  return failed('transient', `answered with something that is no answer of a model: ${quoted(error, facts)}`);
}

/** An answer with a status that is an error. */
function refusedBy(error: APICallError, status: number, facts: CallFacts): ActionError {
  const retryAfterMs = retryAfterOf(error.responseHeaders ?? {}, facts.nowMs);
  const failed = (failureClass: FailureClass, what: string, sendOutcome: SendOutcome = 'notDone'): ActionError =>
    new ActionError(`The model '${facts.model}' ${what}`, {
      class: failureClass,
      sendOutcome,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  const words = quoted(error, facts);
  if (status < 400)
    return failed(
      'bug',
      `answered with a redirect (${status}), which is not followed. Set the address that it leads to.`,
    );
  switch (status) {
    case 401:
    case 403:
      return failed('denied', `refused the key or the caller (${status}). Check ${facts.keyHint}.`);
    case 402:
      return failed('denied', `wants to be paid first (402): ${words}`);
    case 404:
      return failed('bug', `is not known to its provider (404): ${words} Check the id and the address.`);
    case 408:
      return failed('timeout', `took its provider too long (408): ${words}`, 'unknown');
    case 429:
      if (/insufficient_quota/.test(error.responseBody ?? '')) {
        return failed('denied', `has no quota left on this account (429, insufficient_quota). Waiting does not help.`);
      }
      return failed('throttled', `is asked too often (429): ${words}`);
    case 409:
    case 424:
    case 425:
      return failed('transient', `failed at its provider (${status}): ${words}`, 'unknown');
    default:
  }
  const says = statusFailure(status, retryAfterMs);
  if (says.failureClass === 'bug') return failed('bug', `refused the request (${status}): ${words}`);
  // Overload is said before any work is done. Other failures, and gateways that gave up waiting, may come after it.
  const overloaded = says.failureClass === 'throttled' || status === 529;
  if (!overloaded) return failed(says.failureClass, `failed at its provider (${status}): ${words}`, says.sendOutcome);
  if (retryAfterMs === undefined) return failed('transient', `failed at its provider (${status}): ${words}`);
  return failed('throttled', `is overloaded (${status}): ${words}`);
}

/** Whether a server refused the form of the answer that was asked for, and not what was asked. */
export function refusesSchema(error: unknown): boolean {
  if (!APICallError.isInstance(error)) return false;
  const status = error.statusCode ?? 0;
  return (
    [400, 404, 415, 422, 501].includes(status) &&
    /response_format|json_schema|structured.?output|response format|guided_json|grammar/i.test(error.responseBody ?? '')
  );
}

/** Whether a provider refused to look at the prompt for what it says, as Azure does with a status of 400. */
export function isFiltered(error: unknown): boolean {
  return (
    APICallError.isInstance(error) &&
    error.statusCode === 400 &&
    /"code"\s*:\s*"(content_filter|content_policy_violation)"/.test(error.responseBody ?? '')
  );
}

function quoted(error: unknown, { secretValues }: CallFacts): string {
  let words = error instanceof Error ? error.message : String(error);
  for (const value of secretValues) words = words.replaceAll(value, '***');
  const plain = words.replace(/\s+/g, ' ').trim();
  const cut = plain.length > quotedCharacters ? `${plain.slice(0, quotedCharacters)}…` : plain;
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}
