import type { Json } from '../model/json.ts';
import type { ActionContext } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import { actionContext } from './action-context.ts';
import type { ContextOptions } from './action-context.ts';
import { attemptContext } from './attempt-context.ts';
import { Redaction } from './redaction.ts';
import { bounded, problemOf, thrownText } from './thrown.ts';
import type { Problem } from './thrown.ts';

export type { Problem } from './thrown.ts';

/** Larger answers are refused: whoever refers to one has to read it whole. */
export const mostOutputBytes = 8 * 1024 * 1024;

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
  const { context, close } = attemptContext(
    actionContext({ ...options, signal: timeout.signal, lowerTrust, redaction }),
  );
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
        const problem = problemOf(error, clock.now());
        return { ok: false, problem: { ...problem, message: bounded(redaction.text(problem.message)) } };
      },
    );
  try {
    return await Promise.race([answered, late]);
  } finally {
    close();
    // Nobody reads the reason; the default one would be an error with a stack trace for every call.
    finished.abort('answered');
  }
}

/** The answer as JSON would hold it: a skill may return objects that are not what they seem. */
function cleanAnswer(value: unknown, trust: Trust, redaction: Redaction): Called {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (error) {
    const [firstLine = ''] = thrownText(error).split('\n');
    return wrongAnswer(redaction.text(`the answer is not JSON: ${firstLine}`));
  }
  if (text === undefined) return { ok: true, value: undefined, trust };
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > mostOutputBytes) {
    return wrongAnswer(
      `the answer has ${sizeBytes} bytes as JSON; at most ${mostOutputBytes} are kept. Answer with less, or with where the rest is`,
    );
  }
  return { ok: true, value: redaction.value(JSON.parse(text) as Json), trust };
}

function wrongAnswer(message: string): Called {
  return {
    ok: false,
    problem: {
      failureClass: 'invalidOutput',
      message: bounded(message),
      sendOutcome: 'unknown',
      retryAfterMs: undefined,
    },
  };
}
