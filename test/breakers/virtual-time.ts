import type { Clock } from '../../core/ports/index.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Time that passes only while all of a number of processes wait for it; then it jumps to the next that any waits for. */
export class VirtualTime {
  #nowMs = 1_700_000_000_000;
  #working: number;
  readonly #sleepers: Sleeper[] = [];

  constructor(processes: number) {
    this.#working = processes;
  }

  get clock(): Clock {
    return {
      now: () => this.#nowMs,
      sleep: (ms, signal) =>
        signal
          ? // The timeout of a call: every provider here answers at once.
            new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
          : this.until(this.#nowMs + Math.ceil(ms)),
    };
  }

  async until(dueMs: number): Promise<void> {
    if (dueMs <= this.#nowMs) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sleepers.push({ dueMs, wake: resolve });
    this.leave();
    await promise;
  }

  /** Said by a process that works no more. */
  leave(): void {
    this.#working -= 1;
    if (this.#working > 0 || this.#sleepers.length === 0) return;
    this.#nowMs = Math.min(...this.#sleepers.map(({ dueMs }) => dueMs));
    const due = this.#sleepers.filter((one) => one.dueMs <= this.#nowMs);
    for (const one of due) {
      this.#sleepers.splice(this.#sleepers.indexOf(one), 1);
      this.#working += 1;
    }
    for (const { wake } of due) wake();
  }
}
