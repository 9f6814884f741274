/** The newest decisions by everything that they depend on. A full cache forgets what was not asked for longest. */
export class DecisionCache<Decision> {
  readonly #decisions = new Map<string, Decision>();
  readonly #most: number;

  /** @param most decisions that are kept; none with 0 */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#decisions.size;
  }

  get(key: string): Decision | undefined {
    const decision = this.#decisions.get(key);
    if (decision !== undefined) {
      this.#decisions.delete(key);
      this.#decisions.set(key, decision);
    }
    return decision;
  }

  set(key: string, decision: Decision): void {
    this.#decisions.delete(key);
    this.#decisions.set(key, decision);
    if (this.#decisions.size > this.#most) {
      const [oldest] = this.#decisions.keys();
      if (oldest !== undefined) this.#decisions.delete(oldest);
    }
  }
}
