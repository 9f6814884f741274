import { Abandoned } from './errors.ts';

/** How long an execution lives. Ending it lets go of everything that waits within it, and lets nothing new begin. */
export class Lifetime {
  #over = false;
  readonly #letGo = new Set<() => void>();

  get over(): boolean {
    return this.#over;
  }

  end(): void {
    this.#over = true;
    for (const letGo of this.#letGo) letGo();
    this.#letGo.clear();
  }

  /** Calls `letGo` at the end. The function returned takes that back. */
  onEnd(letGo: () => void): () => void {
    this.#letGo.add(letGo);
    return () => this.#letGo.delete(letGo);
  }

  /** The outcome of `begin`, or Abandoned as soon as the lifetime is over; then `begin` is not even called. */
  async within<T>(begin: () => Promise<T>): Promise<T> {
    if (this.#over) throw new Abandoned();
    const { promise: end, reject } = Promise.withResolvers<never>();
    const keep = this.onEnd(() => reject(new Abandoned()));
    try {
      return await Promise.race([begin(), end]);
    } finally {
      keep();
    }
  }
}
