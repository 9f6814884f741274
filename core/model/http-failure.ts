import type { Classified } from './network-failure.ts';

/**
 * What an answer other than 2xx says (RFC 9110 section 15, RFC 6585 section 4): refusals say that nothing was done,
 * failures of the server do not.
 *
 * @param retryAfterMs what the answer asks for, if it does
 */
export function statusFailure(status: number, retryAfterMs?: number): Classified {
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    return { failureClass: 'throttled', sendOutcome: 'notDone', ...wish };
  }
  if (status === 408) return { failureClass: 'timeout', sendOutcome: 'unknown', ...wish };
  if (status >= 500) return { failureClass: 'transient', sendOutcome: 'unknown', ...wish };
  // 402: somebody has to pay first. 407: a proxy wants to know who asks.
  if (status === 401 || status === 402 || status === 403 || status === 407) {
    return { failureClass: 'denied', sendOutcome: 'notDone' };
  }
  return { failureClass: 'bug', sendOutcome: 'notDone' };
}

/**
 * Milliseconds to wait, by `retry-after-ms` or `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3); undefined
 * when neither is there or readable.
 *
 * @param headers by names in lower case
 */
export function retryAfterOf(headers: Readonly<Record<string, unknown>>, nowMs: number): number | undefined {
  const millis = headers['retry-after-ms'];
  if (typeof millis === 'string' && /^\d+(\.\d+)?$/.test(millis)) return Math.ceil(Number(millis));
  const after = headers['retry-after'];
  if (typeof after !== 'string' || after.trim() === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(after.trim())) return Math.ceil(Number(after) * 1_000);
  const atMs = Date.parse(after);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
