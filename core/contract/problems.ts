import * as z from 'zod';

/** Every problem of the HTTP API: HTTP status and title. Each code has a page `docs/errors/<code>.md`; codes are never renamed. */
export const problemTypes = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'json-too-deep': { status: 400, title: 'The body is nested too deeply' },
  'invalid-parameter': { status: 400, title: 'A query parameter or path segment is wrong' },
  'malformed-idempotency-key': { status: 400, title: 'The Idempotency-Key is malformed' },
  unauthenticated: { status: 401, title: 'No valid token' },
  'insufficient-scope': { status: 403, title: 'The token does not allow this' },
  'different-person-needed': { status: 403, title: 'Whoever has started the run may not approve' },
  'unknown-route': { status: 404, title: 'There is no such address' },
  'unknown-run': { status: 404, title: 'There is no such run' },
  'unknown-skill': { status: 404, title: 'There is no such skill' },
  'unknown-escalation': { status: 404, title: 'There is no such escalation' },
  'unknown-breaker': { status: 404, title: 'There is no such breaker' },
  'method-not-allowed': { status: 405, title: 'The address does not take this method' },
  'idempotency-in-flight': { status: 409, title: 'Another call with this Idempotency-Key is in flight' },
  'run-over': { status: 409, title: 'The run is over' },
  'run-contended': { status: 409, title: 'The run is changing too fast' },
  'step-in-doubt': { status: 409, title: 'A step is in doubt and needs a person' },
  'part-too-large': { status: 409, title: 'The run above may not use so much' },
  'approval-changed': { status: 409, title: 'Something else is to be approved by now' },
  'escalation-claimed': { status: 409, title: 'Somebody else works on the escalation' },
  'escalation-full': { status: 409, title: 'The escalation takes no more comments' },
  'already-settled': { status: 409, title: 'The escalation is settled' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'invalid-request': { status: 422, title: 'The body does not fit the schema' },
  'unknown-agent': { status: 422, title: 'There is no such agent' },
  'unknown-playbook': { status: 422, title: 'The agent has no such playbook' },
  'plan-source-unclear': { status: 422, title: 'It is unclear where the plan comes from' },
  'model-not-configured': { status: 422, title: 'No model is configured' },
  'invalid-input': { status: 422, title: 'The input does not fit the playbook' },
  'plan-rejected': { status: 422, title: 'The plan was rejected' },
  'resolution-not-allowed': { status: 422, title: 'The escalation cannot be resolved like this' },
  'invalid-output': { status: 422, title: 'The output does not fit the action' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used with another body' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'streaming-unavailable': { status: 501, title: 'This address cannot stream' },
  'engine-unavailable': { status: 503, title: 'The state machine does not answer' },
  'store-unavailable': { status: 503, title: 'The table does not answer' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof problemTypes;
export const problemCodes = Object.keys(problemTypes) as [ProblemCode, ...ProblemCode[]];

/** One of several things that are wrong, e.g. one step of a plan. */
export const problemItem = z.strictObject({
  /** A plan problem's code (core/model/validate-plan.ts), where there is one. */
  code: z.string().optional(),
  stepId: z.string().optional(),
  /** Where, e.g. `input.travellers.0`. */
  path: z.string().optional(),
  message: z.string(),
});
export type ProblemItem = z.infer<typeof problemItem>;

/** Body of every error answer: `application/problem+json` (RFC 9457) with a stable `code`. */
export const problemDocument = z.strictObject({
  /** `urn:holdfast:problem:<code>`. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What was wrong, what was given, what is allowed, what to do. */
  detail: z.string(),
  code: z.enum(problemCodes),
  /** Path of the request. */
  instance: z.string().optional(),
  problems: z.array(problemItem).optional(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;

/** Thrown by an operation that cannot do what it was asked; the API answers with it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly problems: readonly ProblemItem[] | undefined;
  /** When it makes sense to try again, in whole seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    options: { problems?: readonly ProblemItem[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.problems = options.problems;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return problemTypes[this.code].status;
  }

  /** @param instance path of the request */
  toDocument(instance: string | undefined): ProblemDocument {
    return {
      type: `urn:holdfast:problem:${this.code}`,
      title: problemTypes[this.code].title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(instance === undefined ? {} : { instance }),
      ...(this.problems === undefined ? {} : { problems: [...this.problems] }),
    };
  }
}
