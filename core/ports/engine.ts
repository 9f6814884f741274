export interface ExecutionRef {
  readonly tenantId: string;
  readonly agent: string;
  readonly runId: string;
  readonly generation: number;
}

/** Step Functions, as far as the core needs it. */
export interface Engine {
  /**
   * Starts the execution `<runId>-g<generation>`. `alreadyRan` when one of that name is closed;
   * starting a running one again is harmless and `started`.
   */
  start(execution: ExecutionRef): Promise<'started' | 'alreadyRan'>;

  /** Completes a waiting task. `stale` when the token was used, timed out or belongs to an ended execution. */
  succeedTask(taskToken: string): Promise<'settled' | 'stale'>;
}
