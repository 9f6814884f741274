import type { Clock } from '../core/ports/index.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/**
 * Time that passes only while nobody has anything to do: then it jumps to the next moment that anybody waits for. Whoever is
 * at work says so with `begin` and `end`; who waits within its work is taken out for as long.
 */
export class VirtualTime implements Clock {
  readonly startMs: number;
  #nowMs: number;
  #atWork = 0;
  /** Counts what happens, to see whether nothing did. */
  #changes = 0;
  #sleepers: Sleeper[] = [];
  readonly #backstops = new Set<NodeJS.Timeout>();
  #allIdle: (() => void) | undefined;

  constructor(startMs: number) {
    this.startMs = startMs;
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  begin(): void {
    this.#atWork += 1;
    this.#changes += 1;
  }

  end(): void {
    this.#atWork -= 1;
    this.#changes += 1;
    if (this.#atWork === 0) this.#allIdle?.();
  }

  /** For a process that has died with everything in it. */
  forgetAll(): void {
    this.#atWork = 0;
    this.#changes += 1;
    this.#sleepers = [];
    this.#clearBackstops();
  }

  /**
   * With a signal it is the limit of a call, whose worker is at work meanwhile. Should the call wait for something real, its
   * limit passes in real time, too.
   */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const dueMs = this.#nowMs + Math.ceil(ms);
    if (!signal) return this.until(dueMs);
    if (signal.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { dueMs, wake: resolve };
    const backstop = setTimeout(() => {
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      resolve();
    }, ms);
    const giveUp = (): void => resolve();
    this.#sleepers.push(sleeper);
    this.#backstops.add(backstop);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(backstop);
      this.#backstops.delete(backstop);
      signal.removeEventListener('abort', giveUp);
      this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
    }
  }

  /** Waits, and is not at work meanwhile. */
  async until(dueMs: number): Promise<void> {
    if (dueMs <= this.#nowMs) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sleepers.push({
      dueMs,
      wake: () => {
        this.begin();
        resolve();
      },
    });
    this.end();
    await promise;
  }

  /** Never answers, and is not at work until the signal is aborted. */
  hang(signal: AbortSignal): Promise<never> {
    if (!signal.aborted) {
      this.end();
      signal.addEventListener('abort', () => this.begin(), { once: true });
    }
    return new Promise(() => undefined);
  }

  /** Resolves when nobody is at work, and nothing has come of what they did last. */
  async idle(): Promise<void> {
    for (;;) {
      while (this.#atWork > 0) {
        await new Promise<void>((resolve) => {
          this.#allIdle = resolve;
        });
      }
      const seen = this.#changes;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#atWork === 0 && this.#changes === seen) return;
    }
  }

  /**
   * Goes on to the next moment that anybody waits for. False when nobody does.
   *
   * @param otherMs a moment that does not wait to be woken, such as that of a timer in the table
   */
  jump(otherMs = Infinity): boolean {
    const dueMs = Math.min(otherMs, ...this.#sleepers.map((one) => one.dueMs));
    if (dueMs === Infinity) return false;
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    const due = this.#sleepers.filter((one) => one.dueMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((one) => one.dueMs > this.#nowMs);
    this.#changes += 1;
    for (const { wake } of due) wake();
    return true;
  }

  /** Keeps nothing of this process alive any more. */
  close(): void {
    this.#sleepers = [];
    this.#clearBackstops();
  }

  #clearBackstops(): void {
    for (const backstop of this.#backstops) clearTimeout(backstop);
    this.#backstops.clear();
  }
}
