import { sha256 } from '../core/model/json.ts';
import type { Clock, Ids } from '../core/ports/index.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ids and chance that are the same whenever the seed is, as long as they are asked for in the same order. */
export class SeededIds implements Ids {
  readonly #seed: string;
  readonly #clock: Pick<Clock, 'now'>;
  #drawn = 0;
  #ulids = 0;

  constructor(seed: string, clock: Pick<Clock, 'now'>) {
    this.#seed = seed;
    this.#clock = clock;
  }

  ulid(): string {
    this.#ulids += 1;
    const chance = BigInt(`0x${this.#draw().slice(0, 14)}`);
    // The count keeps those of one moment in order.
    let rest = (BigInt(this.#clock.now()) << 80n) | (BigInt(this.#ulids % 2 ** 24) << 56n) | chance;
    let text = '';
    for (; text.length < 26; rest >>= 5n) text = (alphabet[Number(rest & 31n)] ?? '') + text;
    return text;
  }

  token(): string {
    return this.#draw().slice(0, 16);
  }

  fraction(): number {
    return Number.parseInt(this.#draw().slice(0, 12), 16) / 2 ** 48;
  }

  #draw(): string {
    this.#drawn += 1;
    return sha256(`${this.#seed}|${this.#drawn}`);
  }
}
