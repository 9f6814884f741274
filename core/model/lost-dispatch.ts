import type { Failure, FailureClass } from './failure.ts';

/** Errors of an invocation, as Step Functions names them, whose class is not `bug`. */
const classes: Readonly<Record<string, FailureClass>> = {
  // Refused before the function began.
  'Lambda.TooManyRequestsException': 'throttled',
  'Lambda.EC2ThrottledException': 'throttled',
  'Lambda.KMSThrottlingException': 'throttled',
  'Lambda.ENILimitReachedException': 'throttled',
  // Ended by its own limit, or by that of the state.
  'Sandbox.Timedout': 'timeout',
  'Lambda.ClientExecutionTimeoutException': 'timeout',
  'States.Timeout': 'timeout',
  'States.HeartbeatTimeout': 'timeout',
  // Of the service, or on the way to it: the function may have run.
  'Lambda.ServiceException': 'transient',
  'Lambda.AWSLambdaException': 'transient',
  'Lambda.SdkClientException': 'transient',
  'Lambda.ResourceNotReadyException': 'transient',
  'Lambda.EC2UnexpectedException': 'transient',
  'Lambda.EFSMountTimeoutException': 'transient',
  'Lambda.SnapStartNotReadyException': 'transient',
  'Lambda.AccessDeniedException': 'denied',
  'Lambda.KMSAccessDeniedException': 'denied',
  'States.Permissions': 'denied',
  'States.DataLimitExceeded': 'invalidOutput',
  'Lambda.RequestTooLargeException': 'invalidOutput',
  'Function.ResponseSizeTooLarge': 'invalidOutput',
  // Thrown by the skill host itself before an intent.
  StoreUnavailable: 'storeUnavailable',
};

const stateKb = 256;
const hints: Partial<Readonly<Record<FailureClass, string>>> = {
  invalidOutput: `: its answer is too large for a state machine, which takes ${stateKb} KB; let the skill answer with less, or with where the rest is`,
  timeout: ': it was ended at its limit; give the action more time, or less to do',
  throttled:
    ': there was no room for another invocation; raise the concurrency that is reserved for it, or of the account',
  denied: ': the state machine may not invoke it; deploy again, or correct the role',
};

/** What the error of an invocation that gave no answer says. It says nothing about the effect: that is in the ledger. */
export function lostClass(error: string): FailureClass {
  return (Object.hasOwn(classes, error) ? classes[error] : undefined) ?? 'bug';
}

/**
 * Why a step has failed whose dispatches were lost: the function gave no answer, and the ledger knows of no effect.
 *
 * @param error name of the error of the last one, as Step Functions reports it
 * @param times how many were lost, 1-based
 */
export function lostFailure(error: string, times: number): Failure {
  const failureClass = lostClass(error);
  return {
    class: failureClass,
    message: `the skill host ended ${times} times without an answer (${error})${hints[failureClass] ?? ''}`,
  };
}
