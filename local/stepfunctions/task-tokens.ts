import { createHash, randomUUID } from 'node:crypto';
import { StepFunctionsError, TaskError } from './errors.ts';

interface WaitingTask {
  readonly succeed: (output: unknown) => void;
  readonly fail: (error: TaskError) => void;
}

/**
 * Tokens of tasks that wait for an answer. A well-formed token that nobody waits for, also one of an earlier process,
 * is TaskTimedOut, anything else InvalidToken, as on AWS.
 */
export class TaskTokens {
  readonly #waiting = new Map<string, WaitingTask>();

  mint(): string {
    const id = randomUUID();
    return `${id}.${checksum(id)}`;
  }

  /**
   * The answer to a token. Rejects with a TaskError when the answer is a failure, and with States.Timeout after
   * `timeoutSeconds`. Listening begins at once, so an answer may come before the message was even sent.
   */
  wait(token: string, timeoutSeconds: number): { readonly answer: Promise<unknown>; readonly release: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const release = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(token);
    };
    const timer = setTimeout(() => {
      release();
      reject(new TaskError('States.Timeout', ''));
    }, timeoutSeconds * 1000);
    this.#waiting.set(token, { succeed: resolve, fail: reject });
    return { answer: promise, release };
  }

  /** Throws InvalidToken, TaskTimedOut. */
  succeed(token: string, output: unknown): void {
    this.#take(token).succeed(output);
  }

  /** Throws InvalidToken, TaskTimedOut. */
  fail(token: string, error: string, cause: string): void {
    this.#take(token).fail(new TaskError(error, cause));
  }

  #take(token: string): WaitingTask {
    const [id = '', sum] = token.split('.');
    if (sum !== checksum(id))
      throw new StepFunctionsError('InvalidToken', 'The token was not given out by this service.');
    const task = this.#waiting.get(token);
    if (!task) {
      throw new StepFunctionsError(
        'TaskTimedOut',
        'Nothing waits for this token: it was used, it timed out, or its execution ended.',
      );
    }
    this.#waiting.delete(token);
    return task;
  }
}

function checksum(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12);
}
