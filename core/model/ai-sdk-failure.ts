import type { FailureClass, SendOutcome } from './failure.ts';
import { retryAfterOf, statusFailure } from './http-failure.ts';
import type { Classified } from './network-failure.ts';
import { isObject, leastKnown, networkFailure } from './network-failure.ts';

/** Errors of the AI SDK by their markers, which every copy of it shares. */
const byMarker: readonly (readonly [FailureClass, SendOutcome, readonly string[]])[] = [
  [
    'invalidOutput',
    'unknown',
    [
      ...['NoObjectGeneratedError', 'NoOutputGeneratedError', 'JSONParseError', 'TypeValidationError'],
      ...['NoContentGeneratedError', 'EmptyResponseBodyError', 'InvalidResponseDataError', 'NoImageGeneratedError'],
    ],
  ],
  ['denied', 'notSent', ['LoadAPIKeyError', 'LoadSettingError']],
  ['hallucinated', 'unknown', ['NoSuchToolError', 'InvalidToolInputError', 'ToolCallRepairError']],
  [
    'bug',
    'notSent',
    [
      ...['NoSuchModelError', 'NoSuchProviderError', 'InvalidPromptError', 'InvalidArgumentError'],
      ...['UnsupportedFunctionalityError', 'UnsupportedModelVersionError', 'TooManyEmbeddingValuesForCallError'],
    ],
  ],
];

/** What an error of the AI SDK says; undefined for any other. May throw whatever a getter of the error throws. */
export function aiSdkFailure(error: unknown, nowMs: number): Classified | undefined {
  if (!isObject(error) || !(Symbol.for('vercel.ai.error') in error)) return undefined;
  if (isMarked(error, 'RetryError')) return ofTries(error, nowMs);
  if (isMarked(error, 'APICallError')) return ofCall(error, nowMs);
  const found = byMarker.find(([, , names]) => names.some((name) => isMarked(error, name)));
  return found && { failureClass: found[0], sendOutcome: found[1] };
}

function isMarked(error: object, name: string): boolean {
  return Reflect.get(error, Symbol.for(`vercel.ai.error.AI_${name}`)) === true;
}

function ofCall(error: object, nowMs: number): Classified {
  const status: unknown = Reflect.get(error, 'statusCode');
  const retryable = Reflect.get(error, 'isRetryable') === true;
  // The SDK tells the status also of an answer that was cut off.
  const network = typeof status !== 'number' || status < 300 ? networkFailure(error) : undefined;
  if (network) return network;
  if (typeof status !== 'number') return { failureClass: retryable ? 'transient' : 'bug', sendOutcome: 'unknown' };
  if (status < 300) return { failureClass: 'invalidOutput', sendOutcome: 'unknown' };
  const headers: unknown = Reflect.get(error, 'responseHeaders');
  const says = statusFailure(
    status,
    retryAfterOf(isObject(headers) ? (headers as Record<string, unknown>) : {}, nowMs),
  );
  return says.failureClass === 'bug' && retryable ? { failureClass: 'transient', sendOutcome: 'unknown' } : says;
}

/** Several calls: the last one says what was wrong, and none of them may have had an effect. */
function ofTries(error: object, nowMs: number): Classified {
  const errors: unknown = Reflect.get(error, 'errors');
  const tries = (Array.isArray(errors) ? errors : []).map(
    (one: unknown): Classified =>
      aiSdkFailure(one, nowMs) ?? networkFailure(one) ?? { failureClass: 'bug', sendOutcome: 'unknown' },
  );
  const last = tries.at(-1);
  if (!last) return { failureClass: 'transient', sendOutcome: 'unknown' };
  return { ...last, sendOutcome: leastKnown(tries.map(({ sendOutcome }) => sendOutcome)) };
}
