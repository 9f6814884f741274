import type { Failure, SendOutcome } from '../model/failure.ts';
import { ActionError } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { ActionContext } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import { actionContext } from './action-context.ts';
import type { ContextOptions } from './action-context.ts';
import { Redaction } from './redaction.ts';

/** Why code of a skill did not return, and what that says about the effect. */
export interface Problem {
  readonly failureClass: Failure['class'];
  readonly message: string;
  readonly sendOutcome: SendOutcome;
  readonly retryAfterMs: number | undefined;
}

/** How an attempt ended. What left it is free of the secrets that it was given. */
export type Called =
  | { readonly ok: true; readonly value: unknown; readonly trust: Trust }
  | { readonly ok: false; readonly problem: Problem };

/** Runs code of a skill under its timeout. Never rejects: whatever the code throws becomes a problem. */
export async function callAction(
  code: (context: ActionContext) => Promise<unknown>,
  options: Omit<ContextOptions, 'signal' | 'lowerTrust' | 'redaction'> & { readonly timeoutSeconds: number },
): Promise<Called> {
  const { timeoutSeconds } = options;
  const { clock } = options.ports;
  const timeout = new AbortController();
  const finished = new AbortController();
  const redaction = new Redaction();
  let { trust } = options;
  const lowerTrust = (lower: Trust): void => {
    trust = leastTrusted([trust, lower]);
  };
  const context = actionContext({ ...options, signal: timeout.signal, lowerTrust, redaction });
  const late = clock.sleep(timeoutSeconds * 1000, finished.signal).then((): Called => {
    if (!finished.signal.aborted) timeout.abort();
    const message = `no answer within ${timeoutSeconds} s`;
    return {
      ok: false,
      problem: { failureClass: 'timeout', message, sendOutcome: 'unknown', retryAfterMs: undefined },
    };
  });
  const answered = Promise.resolve()
    .then(() => code(context))
    .then(
      (value): Called => cleanAnswer(value, trust, redaction),
      (error: unknown): Called => {
        const problem = problemOf(error);
        return { ok: false, problem: { ...problem, message: redaction.text(problem.message) } };
      },
    );
  try {
    return await Promise.race([answered, late]);
  } finally {
    // Nobody reads the reason; the default one would be an error with a stack trace for every call.
    finished.abort('answered');
  }
}

/** The answer as JSON would hold it: a skill may return objects that are not what they seem. */
function cleanAnswer(value: unknown, trust: Trust, redaction: Redaction): Called {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return { ok: true, value: text === undefined ? undefined : redaction.value(JSON.parse(text) as Json), trust };
  } catch (error) {
    const message = `the answer is not JSON: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
    return {
      ok: false,
      problem: { failureClass: 'invalidOutput', message, sendOutcome: 'unknown', retryAfterMs: undefined },
    };
  }
}

function problemOf(error: unknown): Problem {
  if (ActionError.isInstance(error)) {
    const { failureClass, message, sendOutcome, retryAfterMs } = error;
    return { failureClass, message, sendOutcome, retryAfterMs };
  }
  return { failureClass: 'bug', message: thrownText(error), sendOutcome: 'unknown', retryAfterMs: undefined };
}

/** Code may throw anything, also what cannot be turned into a text. */
function thrownText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${inWords(error)}`;
  } catch {
    return `thrown: a ${typeof error} that cannot be shown`;
  }
}

function inWords(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const names = Object.keys(thrown).slice(0, 10).join(', ');
  return names === '' ? 'an empty object' : `an object with ${names}`;
}
