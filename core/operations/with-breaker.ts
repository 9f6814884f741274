import type { Breaker, BreakerHealth, BreakerState, CallOutcome } from '../model/breaker.ts';
import {
  admissionOf,
  afterCalls,
  breakerRules,
  healthOf,
  healthy,
  isSpotless,
  outcomeOfError,
  probing,
  recorded,
} from '../model/breaker.ts';
import { ActionError } from '../model/failure.ts';
import type { BreakerStore, Clock, Ids } from '../ports/index.ts';

const cachedMs = 2_000;
/** Five writes open a breaker, after which nothing is left to write: so many who fail at once are all heard. */
const recordTries = 8;
const recordBackoffMs = 40;
const longestBackoffMs = 320;

interface Seen {
  readonly breaker: Breaker | undefined;
  readonly untilMs: number;
}

/** A call that may be made; `probe` when the health of the dependency hangs on it. */
export interface Admitted {
  readonly dependency: string;
  readonly probe: string | undefined;
}

export interface BreakerOptions {
  readonly breakers: BreakerStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told when a breaker could not be read or written. The call itself goes on: a breaker must not be an outage of its own. */
  readonly unrecorded: (dependency: string, error: unknown) => void;
}

/**
 * Calls of dependencies, each under its breaker. Successes of a dependency that has not failed lately are remembered here
 * and written only together with the next failure, so that a healthy dependency costs no writes at all.
 */
export class Breakers {
  readonly #options: BreakerOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #unwritten = new Map<string, CallOutcome[]>();

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /**
   * Makes the call if its breaker lets it. Throws what the call throws, or ActionError `dependencyDown`, not sent, with
   * `retryAfterMs` unless a person holds the breaker open.
   *
   * @param options.longestMs after which a call that tries whether the dependency is back counts as lost
   * @param options.signal of the caller: a call that failed because the caller stopped says nothing about the dependency
   */
  async call<Result>(
    dependency: string,
    make: () => Promise<Result>,
    options: { readonly longestMs: number; readonly signal?: AbortSignal },
  ): Promise<Result> {
    const admitted = await this.admit(dependency, options.longestMs);
    let result: Result;
    try {
      result = await make();
    } catch (error) {
      await this.ended(admitted, options.signal?.aborted ? 'untold' : outcomeOfError(error));
      throw error;
    }
    await this.ended(admitted, 'success');
    return result;
  }

  /** Whether a dependency lets nobody in, as far as this process has heard. Reads nothing. */
  isDown(dependency: string): boolean {
    return healthOf(this.#seen.get(dependency)?.breaker ?? healthy, this.#options.clock.now()) !== 'closed';
  }

  /** Those of these dependencies that are not closed. What cannot be read counts as closed, as it does for a call. */
  async troubled(dependencies: readonly string[]): Promise<ReadonlyMap<string, Exclude<BreakerHealth, 'closed'>>> {
    const found = new Map<string, Exclude<BreakerHealth, 'closed'>>();
    const look = async (dependency: string): Promise<void> => {
      try {
        const health = healthOf((await this.#read(dependency)) ?? healthy, this.#options.clock.now());
        if (health !== 'closed') found.set(dependency, health);
      } catch (error) {
        this.#options.unrecorded(dependency, error);
      }
    };
    await Promise.all([...new Set(dependencies)].map(look));
    return found;
  }

  /**
   * Asks for leave of one call, which `ended` has to be told the outcome of, also when it was not made. Throws ActionError
   * as `call` does.
   */
  async admit(dependency: string, longestMs: number): Promise<Admitted> {
    let breaker: Breaker | undefined;
    try {
      breaker = await this.#read(dependency);
    } catch (error) {
      this.#options.unrecorded(dependency, error);
      return { dependency, probe: undefined };
    }
    const first = this.#judge(dependency, breaker);
    if (first.kind === 'pass') return { dependency, probe: undefined };
    const probe = this.#options.ids.token();
    const next = probing(first, probe, this.#options.clock.now() + longestMs);
    try {
      const answer = await this.#write(dependency, next, breaker);
      if (answer.written) return { dependency, probe };
      // Somebody else was faster. Usually this refuses; it passes when that one has already found the dependency well.
      const second = this.#judge(dependency, answer.current);
      if (second.kind === 'pass') return { dependency, probe: undefined };
    } catch (error) {
      if (ActionError.isInstance(error)) throw error;
      this.#options.unrecorded(dependency, error);
    }
    throw refusal(dependency, 'another call is trying whether it is back', cachedMs);
  }

  /** Throws when the breaker lets nobody in. */
  #judge(dependency: string, breaker: Breaker | undefined) {
    const admission = admissionOf(breaker ?? healthy, this.#options.clock.now());
    if (admission.kind === 'refused') throw refusal(dependency, admission.why, admission.retryAfterMs);
    return admission;
  }

  /** How a call ended that was let in. Never throws. */
  async ended({ dependency, probe }: Admitted, outcome: CallOutcome): Promise<void> {
    if (probe === undefined && outcome !== 'success' && outcome !== 'failure') return;
    const unwritten = [...(this.#unwritten.get(dependency) ?? []), outcome].slice(-breakerRules.window);
    if (outcome === 'success' && probe === undefined && this.#isSpotless(dependency)) {
      this.#unwritten.set(dependency, unwritten);
      return;
    }
    this.#unwritten.delete(dependency);
    try {
      await this.#fold(dependency, unwritten, probe);
    } catch (error) {
      this.#options.unrecorded(dependency, error);
    }
  }

  async #fold(dependency: string, ended: readonly CallOutcome[], probe: string | undefined): Promise<void> {
    // What was seen before the call may be old; a write on an old state would fail in any case, so it costs no more to try.
    let current = this.#seen.get(dependency)?.breaker;
    for (let tries = 1; tries <= recordTries; tries++) {
      const state: BreakerState = current ?? healthy;
      const next = afterCalls(state, ended, probe, this.#options.clock.now());
      if (next === state) return;
      const answer = await this.#write(dependency, next, current);
      if (answer.written) return;
      current = answer.current;
      const ceilingMs = Math.min(longestBackoffMs, recordBackoffMs * 2 ** (tries - 1));
      await this.#options.clock.sleep(Math.ceil(this.#options.ids.fraction() * ceilingMs));
    }
    throw new Error(
      `The breaker of '${dependency}' was changed by others ${recordTries} times; this outcome is left out.`,
    );
  }

  async #write(dependency: string, next: BreakerState, current: Breaker | undefined) {
    const { clock, ids } = this.#options;
    const stored = recorded(next, current, { dependency, writeToken: ids.token(), nowMs: clock.now() });
    const answer = await this.#options.breakers.write(stored, current?.writeToken);
    this.#remember(dependency, answer.written ? stored : answer.current);
    return answer;
  }

  async #read(dependency: string): Promise<Breaker | undefined> {
    const seen = this.#seen.get(dependency);
    // Where calls fail, others may have seen enough by now: what they know is worth a read.
    const worthKeeping = seen?.breaker?.state !== 'closed' || isSpotless(seen.breaker);
    if (seen && worthKeeping && this.#options.clock.now() < seen.untilMs) return seen.breaker;
    const breaker = await this.#options.breakers.read(dependency);
    this.#remember(dependency, breaker);
    return breaker;
  }

  #remember(dependency: string, breaker: Breaker | undefined): void {
    this.#seen.set(dependency, { breaker, untilMs: this.#options.clock.now() + cachedMs });
  }

  #isSpotless(dependency: string): boolean {
    return isSpotless(this.#seen.get(dependency)?.breaker ?? healthy);
  }
}

function refusal(dependency: string, why: string, retryAfterMs: number | undefined): ActionError {
  const when = retryAfterMs === undefined ? '' : `; it may be tried again in ${Math.ceil(retryAfterMs / 1_000)} s`;
  return new ActionError(`'${dependency}' is not called: ${why}${when}.`, {
    class: 'dependencyDown',
    sendOutcome: 'notSent',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
