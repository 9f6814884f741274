import { ActionError } from '../model/failure.ts';
import type { SendOutcome } from '../model/failure.ts';
import type { ActionContext } from '../model/skill.ts';
import type { Clock, Http } from '../ports/index.ts';

/** Errors of a connection that was never made, by the code that Node puts on the cause of a failed fetch. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const keptBodyCharacters = 300;

/** The context of one attempt. `fetch` reads the whole answer, so that a connection lost half-way is seen here and not in the skill. */
export function actionContext(options: {
  readonly effectKey: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly settings: Readonly<Record<string, string>>;
  readonly http: Http;
  readonly clock: Clock;
}): ActionContext {
  const { effectKey, attempt, signal, settings, http, clock } = options;
  return {
    effectKey,
    attempt,
    signal,
    settings,
    fetch: async (url, init = {}) => {
      const joined = init.signal ? AbortSignal.any([signal, init.signal]) : signal;
      let response: Response;
      let body: ArrayBuffer;
      try {
        response = await http.fetch(url, { ...init, signal: joined });
        body = await response.arrayBuffer();
      } catch (error) {
        throw connectionError(url, error, signal.aborted);
      }
      const whole = new Response(body.byteLength === 0 ? null : body, {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
      if (!response.ok) throw await answerError(url, whole, clock.now());
      return whole;
    },
  };
}

function connectionError(url: string, error: unknown, timedOut: boolean): ActionError {
  const where = new URL(url).host;
  if (timedOut) {
    return new ActionError(`no answer from ${where} in time`, {
      class: 'timeout',
      sendOutcome: 'unknown',
      cause: error,
    });
  }
  const code = codeOf(error);
  const sendOutcome: SendOutcome = neverConnected.has(code) ? 'notSent' : 'unknown';
  return new ActionError(`the connection to ${where} failed${code ? ` (${code})` : ''}`, {
    class: 'transient',
    sendOutcome,
    cause: error,
  });
}

function codeOf(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = 'cause' in current ? current.cause : undefined;
  }
  return '';
}

/** What an answer other than 2xx says about the effect (RFC 9110 section 15, RFC 6585 section 4). */
async function answerError(url: string, response: Response, nowMs: number): Promise<ActionError> {
  const { status } = response;
  const text = reasonIn(await response.text()).slice(0, keptBodyCharacters);
  const message = `${new URL(url).host} answered ${status}${text ? `: ${text}` : ''}`;
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), nowMs);
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    return new ActionError(message, { class: 'throttled', sendOutcome: 'notDone', ...wish });
  }
  if (status >= 500 || status === 408) return new ActionError(message, { class: 'transient', sendOutcome: 'unknown' });
  if (status === 401 || status === 403) return new ActionError(message, { class: 'denied', sendOutcome: 'notDone' });
  return new ActionError(message, { class: 'bug', sendOutcome: 'notDone' });
}

/** What a problem document (RFC 9457), or a body like one, says in words; any other body as it is. */
function reasonIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return body;
    for (const name of ['detail', 'message', 'title', 'error']) {
      const value: unknown = Reflect.get(parsed, name);
      if (typeof value === 'string' && value !== '') return value;
    }
    return body;
  } catch {
    return body;
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
