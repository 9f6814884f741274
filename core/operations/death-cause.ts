import * as z from 'zod';
import type { DeadExecution } from '../contract/machine.ts';

/** What Lambda says of an error that a function has thrown, as the cause of a Task. */
const functionError = z.object({ errorMessage: z.string() });

/** How an execution ended, in one sentence for people. */
export function causeOf({ name, status, error = '', cause = '' }: DeadExecution): string {
  return [`${name} ended as ${status}`, error, spoken(cause)].filter((part) => part !== '').join(': ');
}

/** The message of a function's error, whose type the error of the execution says already. Anything else as it is. */
function spoken(cause: string): string {
  try {
    const parsed = functionError.safeParse(JSON.parse(cause));
    return parsed.success ? parsed.data.errorMessage : cause;
  } catch {
    return cause;
  }
}
