import type { ProblemDocument } from '../../core/contract/problems.ts';

/** Why a call of the API has given no answer. */
export type FailureCause =
  | { readonly kind: 'problem'; readonly problem: ProblemDocument }
  | { readonly kind: 'unreachable' }
  /** What answered does not speak this API. */
  | { readonly kind: 'strange'; readonly status: number }
  | { readonly kind: 'signedOut' };

export class ApiFailure extends Error {
  readonly failure: FailureCause;

  constructor(failure: FailureCause, options?: ErrorOptions) {
    super(failure.kind === 'problem' ? failure.problem.detail : failure.kind, options);
    this.name = 'ApiFailure';
    this.failure = failure;
  }
}

/** The problem that a call was answered with; undefined for every other failure. */
export function problemOf(error: unknown): ProblemDocument | undefined {
  return error instanceof ApiFailure && error.failure.kind === 'problem' ? error.failure.problem : undefined;
}

/** A failed answer as its cause. */
export async function failureOfResponse(response: Response): Promise<ApiFailure> {
  const content: unknown = await response.json().catch(() => undefined);
  return new ApiFailure(
    isProblem(content) ? { kind: 'problem', problem: content } : { kind: 'strange', status: response.status },
  );
}

function isProblem(content: unknown): content is ProblemDocument {
  if (typeof content !== 'object' || content === null) return false;
  return 'code' in content && typeof content.code === 'string' && 'detail' in content && 'title' in content;
}
