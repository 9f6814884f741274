import { breaker } from '../../model/breaker.ts';
import type { Breaker } from '../../model/breaker.ts';
import type { BreakerStore, Written } from '../../ports/index.ts';
import { kept } from './kept.ts';

/** Breakers in memory. */
export class MemoryBreakerStore implements BreakerStore {
  readonly #breakers = new Map<string, Breaker>();

  async read(dependency: string): Promise<Breaker | undefined> {
    return this.#breakers.get(dependency);
  }

  async readMany(dependencies: readonly string[]): Promise<Breaker[]> {
    return [...new Set(dependencies)].flatMap((dependency) => this.#breakers.get(dependency) ?? []);
  }

  async write(next: Breaker, seenWriteToken: string | undefined): Promise<Written<Breaker>> {
    const current = this.#breakers.get(next.dependency);
    if (current?.writeToken === next.writeToken) return { written: true };
    if (current?.writeToken !== seenWriteToken) return { written: false, current };
    this.#breakers.set(next.dependency, kept(breaker, next));
    return { written: true };
  }
}
