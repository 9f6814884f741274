import { randomBytes, randomFillSync } from 'node:crypto';
import type { Clock, Ids } from '../../ports/index.ts';
import { systemClock } from './clock.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomBits = 80n;
const tokenBytes = 12;
/** Randomness is drawn for many tokens at once: a system call for each would show in the time of a step. */
const tokensDrawn = 100;

/**
 * Ids from the time and from randomness of the operating system. ULIDs of one process are strictly ascending: within
 * one millisecond, and while the clock stands still or runs backwards, the random part counts up.
 * https://github.com/ulid/spec
 */
export class SystemIds implements Ids {
  readonly #clock: Pick<Clock, 'now'>;
  #last = -1n;
  readonly #drawn = Buffer.alloc(tokensDrawn * tokenBytes);
  #drawnAt = this.#drawn.length;

  constructor(clock: Pick<Clock, 'now'> = systemClock) {
    this.#clock = clock;
  }

  ulid(): string {
    const random = BigInt(`0x${randomBytes(Number(randomBits / 8n)).toString('hex')}`);
    const drawn = (BigInt(this.#clock.now()) << randomBits) | random;
    const sameMs = this.#last >> randomBits >= drawn >> randomBits;
    this.#last = sameMs ? this.#last + 1n : drawn;
    return crockford(this.#last);
  }

  /** 96 bits: two of a billion tokens are equal with a chance below one in 10^10. */
  token(): string {
    if (this.#drawnAt === this.#drawn.length) {
      randomFillSync(this.#drawn);
      this.#drawnAt = 0;
    }
    const start = this.#drawnAt;
    this.#drawnAt += tokenBytes;
    return this.#drawn.toString('base64url', start, this.#drawnAt);
  }

  fraction(): number {
    return Math.random();
  }
}

function crockford(value: bigint): string {
  let text = '';
  for (let rest = value; text.length < 26; rest >>= 5n) text = (alphabet[Number(rest & 31n)] ?? '') + text;
  return text;
}
