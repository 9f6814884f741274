import * as z from 'zod';
import type { DeadExecution } from '../contract/machine.ts';

/** What Lambda says of an error that a function has thrown, as the cause of a Task. */
const functionError = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/** How an execution ended, in one sentence for people. */
export function causeOf({ name, status, error, cause }: DeadExecution): string {
  const why = [error, cause === undefined ? undefined : spoken(cause)].filter(
    (part) => part !== undefined && part !== '',
  );
  return `${name} ended as ${status}${why.length === 0 ? '' : `: ${why.join(': ')}`}`;
}

/** The message of a function's error, without its stack. Anything else as it is. */
function spoken(cause: string): string {
  try {
    const parsed = functionError.safeParse(JSON.parse(cause));
    if (!parsed.success) return cause;
    const { errorType, errorMessage } = parsed.data;
    return errorType === undefined ? errorMessage : `${errorType}: ${errorMessage}`;
  } catch {
    return cause;
  }
}
