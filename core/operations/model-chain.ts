import { ActionError } from '../model/failure.ts';
import type { SendOutcome } from '../model/failure.ts';
import { isRetryable, isWaitedOut } from '../model/reaction.ts';
import type { ModelAnswer, ModelClient, ModelRequest } from '../ports/index.ts';
import type { Breakers } from './with-breaker.ts';

export interface ChainAnswer {
  readonly model: string;
  readonly answer: ModelAnswer;
}

/** What a breaker of a model is called. */
export const modelDependency = (model: string): string => `model:${model}`;

/** Beyond what the call itself may take, before a trial of a model counts as lost. */
const probeMarginMs = 10_000;

/** The models of an agent, in the order in which they are asked. */
export class ModelChain {
  readonly #models: readonly string[];
  readonly #client: ModelClient;
  readonly #breakers: Breakers;

  /** @param options.client may set aside and settle what each call costs: it is asked once for each model that is tried */
  constructor(options: {
    readonly models: readonly string[];
    readonly client: ModelClient;
    readonly breakers: Breakers;
  }) {
    this.#models = [...new Set(options.models)];
    this.#client = options.client;
    this.#breakers = options.breakers;
  }

  /**
   * The answer of the first model, of those that are not skipped, that gives any. What the answer is worth, and whether
   * to ask again with its model among the skipped, is the caller's decision; undefined when none is left to ask.
   *
   * Goes on to the next model when one cannot be had: it is down, unreachable, too slow or throttled. When none can be
   * had, throws ActionError: `throttled` or `dependencyDown` with the shortest time to wait when that is all there is
   * to it, otherwise the class of the first failure of another kind. Everything else that a call throws is thrown as it is.
   */
  async ask(
    request: Omit<ModelRequest, 'model'>,
    skip: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ChainAnswer | undefined> {
    const failures: ActionError[] = [];
    for (const model of this.#models) {
      if (skip.has(model)) continue;
      try {
        const answer = await this.#breakers.call(
          modelDependency(model),
          () => this.#client.ask({ ...request, model }, signal),
          { longestMs: request.timeoutMs + probeMarginMs, signal },
        );
        return { model, answer };
      } catch (error) {
        if (signal.aborted || !ActionError.isInstance(error) || !isRetryable(error.failureClass)) throw error;
        failures.push(error);
      }
    }
    const [only] = failures;
    if (!only) return undefined;
    throw failures.length === 1 ? only : allFailed(failures);
  }
}

function allFailed(failures: readonly ActionError[]): ActionError {
  const passing = failures.filter(({ failureClass }) => isWaitedOut(failureClass));
  const worse = failures.find((failure) => !passing.includes(failure));
  const waits = passing.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const throttled = passing.some(({ failureClass }) => failureClass === 'throttled');
  return new ActionError(`No model of the chain could be had. ${failures.map(({ message }) => message).join(' ')}`, {
    class: worse?.failureClass ?? (throttled ? 'throttled' : 'dependencyDown'),
    sendOutcome: leastKnown(failures.map(({ sendOutcome }) => sendOutcome)),
    ...(worse || waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
    cause: failures,
  });
}

/** Of several calls, what is known of all of them. */
function leastKnown(outcomes: readonly SendOutcome[]): SendOutcome {
  return (['unknown', 'notDone'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'notSent';
}
