import { retryAfterOf, statusFailure } from './http-failure.ts';
import type { Classified } from './network-failure.ts';
import { isObject, networkFailure } from './network-failure.ts';

/** Names by which services of AWS say that they are asked too often. The request was not carried out. */
const throttling = new Set([
  ...['BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException', 'PriorRequestNotComplete'],
  ...[
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
  ],
  ...['SlowDown', 'ThrottledException', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'],
  ...['ThrottlingError', 'ProvisionedThroughputExceeded'],
]);
/** Refusals that somebody has to lift. Services of the JSON protocols give them the status 400. */
const denials = new Set([
  ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError', 'NotAuthorized'],
  ...['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'UnrecognizedClientException'],
  ...['InvalidSignatureException', 'SignatureDoesNotMatch', 'MissingAuthenticationToken', 'IncompleteSignature'],
  ...['MissingAuthenticationTokenException', 'IncompleteSignatureException', 'OptInRequired', 'InvalidAccessKeyId'],
]);
/** Before any request: nobody can say who asks. */
const nobodyAsks = new Set(['CredentialsProviderError', 'TokenProviderError']);
const timeouts = new Set(['RequestTimeout', 'RequestTimeoutException', 'ModelTimeoutException']);
/** Refused because of what others do at the moment. */
const contentions = new Set([
  ...['TransactionConflictException', 'TransactionInProgressException', 'ModelNotReadyException'],
  ...['ResourceNotReadyException', 'OperationAborted'],
]);

/** Whether this is how a service of AWS says that it is asked too often. */
export function isThrottlingName(name: string): boolean {
  return throttling.has(name);
}

/**
 * What an error of the AWS SDK for JavaScript, version 3, says; undefined for any other. A condition that does not hold
 * (ConditionalCheckFailedException) is an answer: who asks for one has to expect it. May throw whatever a getter throws.
 */
export function awsFailure(error: unknown, nowMs: number): Classified | undefined {
  if (!isObject(error)) return undefined;
  const name = String(Reflect.get(error, 'name'));
  if (nobodyAsks.has(name)) return { failureClass: 'denied', sendOutcome: 'notSent' };
  const metadata: unknown = Reflect.get(error, '$metadata');
  const fault: unknown = Reflect.get(error, '$fault');
  if (!isObject(metadata) && fault !== 'client' && fault !== 'server') return undefined;
  const { httpStatusCode: status, attempts } = (metadata ?? {}) as Record<string, unknown>;
  const says = typeof status === 'number' ? ofAnswer(error, name, status, nowMs) : withoutAnswer(error, name, fault);
  // The SDK has asked several times, and tells of the last answer only: an earlier request may have had its effect.
  return says && typeof attempts === 'number' && attempts > 1 ? { ...says, sendOutcome: 'unknown' } : says;
}

function ofAnswer(error: object, name: string, status: number, nowMs: number): Classified {
  const retryAfterMs = retryAfterOf(headersOf(error), nowMs);
  // It answered, with something that the SDK cannot read.
  if (status < 300) return { failureClass: 'invalidOutput', sendOutcome: 'unknown' };
  const retryable: unknown = Reflect.get(error, '$retryable');
  const asksLess = isObject(retryable) && Reflect.get(retryable, 'throttling') === true;
  const named = asksLess ? statusFailure(429, retryAfterMs) : byName(name, retryAfterMs);
  if (named) return named;
  const says = statusFailure(status, retryAfterMs);
  return says.failureClass === 'bug' && isObject(retryable) ? { ...says, failureClass: 'transient' } : says;
}

function withoutAnswer(error: object, name: string, fault: unknown): Classified | undefined {
  const network = networkFailure(error);
  if (network) return network;
  const named = byName(name, undefined);
  if (named) return named;
  if (fault === 'server') return { failureClass: 'transient', sendOutcome: 'unknown' };
  return fault === 'client' ? { failureClass: 'bug', sendOutcome: 'notDone' } : undefined;
}

function byName(name: string, retryAfterMs: number | undefined): Classified | undefined {
  if (throttling.has(name)) return statusFailure(429, retryAfterMs);
  if (denials.has(name)) return statusFailure(403);
  if (timeouts.has(name)) return statusFailure(408, retryAfterMs);
  if (contentions.has(name)) return { failureClass: 'transient', sendOutcome: 'notDone' };
  return undefined;
}

function headersOf(error: object): Readonly<Record<string, unknown>> {
  const response: unknown = Reflect.get(error, '$response');
  const headers: unknown = isObject(response) ? Reflect.get(response, 'headers') : undefined;
  return isObject(headers) ? (headers as Record<string, unknown>) : {};
}
