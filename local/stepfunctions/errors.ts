/** An error of the Step Functions API, with its code on the wire. */
export class StepFunctionsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'StepFunctionsError';
    this.code = code;
  }
}

/** What made a Task fail: `name` is what Retry and Catch match, `message` the Cause. */
export class TaskError extends Error {
  constructor(errorName: string, cause: string) {
    super(cause);
    this.name = errorName;
  }
}

/** Ends an execution that was aborted. The interpreter reads the two members: no Retry and no Catch may go on from here. */
export class Abandoned extends Error {
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor() {
    super('The execution was stopped.');
    this.name = 'Abandoned';
  }
}

/** An error of a function or a queue as the state machine sees it. `fallback` names what was thrown without being an Error. */
export function taskErrorOf(thrown: unknown, fallback: string): Error {
  if (thrown instanceof Abandoned || thrown instanceof TaskError) return thrown;
  return thrown instanceof Error ? new TaskError(thrown.name, thrown.message) : new TaskError(fallback, String(thrown));
}
