import type { ActionContext } from '../model/skill.ts';
import type { Failure, SendOutcome } from '../model/failure.ts';
import { ActionError } from '../model/failure.ts';
import type { Clock, Http } from '../ports/index.ts';
import { actionContext } from './action-context.ts';

/** Why code of a skill did not return, and what that says about the effect. */
export interface Problem {
  readonly failureClass: Failure['class'];
  readonly message: string;
  readonly sendOutcome: SendOutcome;
  readonly retryAfterMs: number | undefined;
}

export type Called = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

/** Runs code of a skill under its timeout. Never rejects: whatever the code throws becomes a problem. */
export async function callAction(
  code: (context: ActionContext) => Promise<unknown>,
  options: {
    readonly effectKey: string;
    readonly attempt: number;
    readonly timeoutSeconds: number;
    readonly settings: Readonly<Record<string, string>>;
    readonly ports: { readonly clock: Clock; readonly http: Http };
  },
): Promise<Called> {
  const { effectKey, attempt, timeoutSeconds, settings } = options;
  const { clock, http } = options.ports;
  const timeout = new AbortController();
  const finished = new AbortController();
  const context = actionContext({ effectKey, attempt, signal: timeout.signal, settings, http, clock });
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
      (value): Called => ({ ok: true, value }),
      (error: unknown): Called => ({ ok: false, problem: problemOf(error) }),
    );
  try {
    return await Promise.race([answered, late]);
  } finally {
    // Nobody reads the reason; the default one would be an error with a stack trace for every call.
    finished.abort('answered');
  }
}

function problemOf(error: unknown): Problem {
  if (ActionError.isInstance(error)) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  return { failureClass: 'bug', message, sendOutcome: 'unknown', retryAfterMs: undefined };
}
