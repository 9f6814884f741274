/** A small generator of numbers that look random and are the same for the same seed (xorshift128, seeded by splitmix32). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) | 0;
    };
    [this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), next() | 1];
  }

  /** 0 (inclusive) to 1 (exclusive). */
  fraction(): number {
    const t = this.#a ^ (this.#a << 11);
    [this.#a, this.#b, this.#c] = [this.#b, this.#c, this.#d];
    this.#d = this.#d ^ (this.#d >>> 19) ^ t ^ (t >>> 8);
    return (this.#d >>> 0) / 0x1_0000_0000;
  }

  /** 0 to `below - 1`. */
  below(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const picked = list[this.below(list.length)];
    if (picked === undefined && list.length === 0) throw new Error('There is nothing to pick from.');
    return picked as T;
  }
}
