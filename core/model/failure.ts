import * as z from 'zod';

/** Every way in which something can go wrong; what is done about each is in docs/errors. */
export const failureClasses = [
  'transient',
  'throttled',
  'timeout',
  'dependencyDown',
  'invalidOutput',
  'postconditionFailed',
  'refusal',
  'hallucinated',
  'denied',
  'inDoubt',
  'budgetExceeded',
  'loop',
  'bug',
  'compensationFailed',
  'storeUnavailable',
  'skillChanged',
] as const;

export const failureClass = z.enum(failureClasses);
export type FailureClass = z.infer<typeof failureClass>;

export const failure = z.object({
  class: failureClass,
  message: z.string(),
  /** The person who said no, when one did. */
  rejectedBy: z.string().optional(),
});
export type Failure = z.infer<typeof failure>;

/** What is known about the side effect when an attempt ended badly. */
export type SendOutcome = 'notSent' | 'notDone' | 'unknown';

/**
 * Thrown by a skill (or by `ctx.fetch` for it) to say how an attempt ended.
 * `sendOutcome` decides whether the effect may be tried again: `notSent` and `notDone` are proof that
 * nothing happened, `unknown` is not. Anything else that a skill throws counts as outcome `unknown`, of the class that it
 * plainly tells, such as an error of the network or of the AWS SDK (core/model/classify.ts), or as `bug`.
 */
export class ActionError extends Error {
  readonly failureClass: FailureClass;
  readonly sendOutcome: SendOutcome;
  /** The provider's own wish, e.g. Retry-After, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { class: FailureClass; sendOutcome: SendOutcome; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'ActionError';
    this.failureClass = options.class;
    this.sendOutcome = options.sendOutcome;
    this.retryAfterMs = options.retryAfterMs;
    Object.defineProperty(this, actionErrorMarker, { value: true });
  }

  /** True for an ActionError of any copy of this package: a project may have loaded another one. */
  static isInstance(error: unknown): error is ActionError {
    return typeof error === 'object' && error !== null && actionErrorMarker in error;
  }
}

const actionErrorMarker = Symbol.for('holdfast.ActionError');

/** The table could not be read or written. Nothing was sent because of it: work stops before an intent (fail closed). */
export class StoreUnavailable extends Error {
  constructor(operation: string, cause: unknown) {
    super(`The table did not answer to ${operation}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = 'StoreUnavailable';
  }
}

/** An address that may not be connected to: it belongs to a private, local or otherwise special network. */
export class AddressRefused extends Error {
  /** @param address as it was written or found, `host` as it was asked for */
  constructor(host: string, address: string, kind: string) {
    super(`${host} leads to ${address}, which is ${kind}; only public addresses may be reached`);
    this.name = 'AddressRefused';
  }
}
