import { describe, expect, it } from 'vitest';
import type { FailureClass } from './failure.ts';
import { lostFailure } from './lost-dispatch.ts';

describe('a dispatch that gave no answer', () => {
  it.each<[string, FailureClass]>([
    ['Sandbox.Timedout', 'timeout'],
    ['States.Timeout', 'timeout'],
    ['States.HeartbeatTimeout', 'timeout'],
    ['Lambda.TooManyRequestsException', 'throttled'],
    ['Lambda.ServiceException', 'transient'],
    ['Lambda.AWSLambdaException', 'transient'],
    ['Lambda.SdkClientException', 'transient'],
    ['Lambda.ClientExecutionTimeoutException', 'timeout'],
    ['Lambda.AccessDeniedException', 'denied'],
    ['States.DataLimitExceeded', 'invalidOutput'],
    ['StoreUnavailable', 'storeUnavailable'],
    // What follows says that the function ended, or nothing.
    ['Lambda.Unknown', 'bug'],
    ['Runtime.ExitError', 'bug'],
    ['States.TaskFailed', 'bug'],
    ['Lambda.ResourceNotFoundException', 'bug'],
    ['TypeError', 'bug'],
    ['toString', 'bug'],
  ])('for %s has the class %s', (error, failureClass) => {
    const failure = lostFailure(error, 3);
    expect(failure.class).toBe(failureClass);
    expect(failure.message).toMatch(`the skill host ended 3 times without an answer (${error})`);
  });

  it('says what to do where the error tells', () => {
    expect(lostFailure('States.DataLimitExceeded', 3).message).toBe(
      'the skill host ended 3 times without an answer (States.DataLimitExceeded): its answer is too large for a state machine, which takes 256 KB; let the skill answer with less, or with where the rest is',
    );
    expect(lostFailure('Lambda.Unknown', 1).message).toBe(
      'the skill host ended 1 times without an answer (Lambda.Unknown)',
    );
  });
});
