/** Where a text comes from: the run's input as a person gave it, somebody outside, a model step, or a table of the world. */
export type Origin = 'trusted' | 'outside' | 'model' | 'table';

const letters: Readonly<Record<Origin, string>> = { trusted: 't', outside: 'u', model: 'm', table: 'd' };
const outside = /cn-u-\d+\./;

/** Hands out texts that say where they come from wherever they turn up again: whole, cut out or joined with others. */
export class Canaries {
  #serial = 0;

  text(origin: Origin): string {
    this.#serial += 1;
    return `cn-${letters[origin]}-${this.#serial}.`;
  }

  /** Amounts of money carry their origin in the last digit: 7 for outside, 0 for a person. Nothing else uses 7. */
  amount(origin: 'trusted' | 'outside', most: number): number {
    this.#serial += 1;
    return ((this.#serial * 37) % Math.max(1, Math.floor(most / 10))) * 10 + (origin === 'outside' ? 7 : 0);
  }
}

/** True when a value holds, anywhere, something that came from outside. */
export function holdsOutside(value: unknown): boolean {
  if (typeof value === 'string') return outside.test(value);
  if (typeof value === 'number') return Math.abs(value) % 10 === 7;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => outside.test(key) || holdsOutside(member));
}
