export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after at least that many milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
