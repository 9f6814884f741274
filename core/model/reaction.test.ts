import { describe, expect, it } from 'vitest';
import { outcomeOfProblem } from './breaker.ts';
import { escalationFor, escalationKinds } from './escalation.ts';
import { failureClasses } from './failure.ts';
import type { FailureClass } from './failure.ts';
import { isRetryable, isWaitedOut, reactions } from './reaction.ts';

const classesWhere = (holds: (failureClass: FailureClass) => boolean): FailureClass[] => failureClasses.filter(holds);

describe('the reaction to each class of failure', () => {
  it('is said for every class, and for nothing else', () => {
    expect(Object.keys(reactions)).toEqual([...failureClasses]);
  });

  it('pins which classes are tried again, how, and how often where a class has a bound of its own', () => {
    const again = Object.fromEntries(
      failureClasses.flatMap((name) => {
        const { again: how, mostTries } = reactions[name];
        return how === 'none' ? [] : [[name, mostTries === undefined ? how : `${how}, ${mostTries} in all`]];
      }),
    );
    expect(again).toEqual({
      transient: 'backoff',
      throttled: 'providersWish',
      timeout: 'backoff',
      dependencyDown: 'breaker',
      refusal: 'otherModel, 2 in all',
      compensationFailed: 'slowly, 5 in all',
      storeUnavailable: 'backoff',
    });
    expect(classesWhere(isRetryable)).toEqual([
      ...['transient', 'throttled', 'timeout', 'dependencyDown', 'storeUnavailable'],
    ]);
    expect(classesWhere(isWaitedOut)).toEqual(['throttled', 'dependencyDown']);
  });

  it('pins how often a plan may be changed around each class', () => {
    const edits = failureClasses.flatMap((name) => {
      const { mayEditPlan, mostEdits } = reactions[name];
      expect(mostEdits > 0).toBe(mayEditPlan);
      return mayEditPlan ? [`${name} ${mostEdits}`] : [];
    });
    expect(edits).toEqual([
      ...['transient 2', 'throttled 2', 'timeout 2', 'invalidOutput 1', 'postconditionFailed 1'],
      ...['refusal 1', 'hallucinated 2', 'loop 1', 'bug 1'],
    ]);
  });

  it('lets an alternative in only where the same call would be tried again too, but for a store that the alternative needs as well', () => {
    const triedAgain = classesWhere(isRetryable).filter((name) => name !== 'storeUnavailable');
    expect(classesWhere((name) => reactions[name].alternative)).toEqual(triedAgain);
  });

  it('reads again what a postcondition is about, once, and nothing else', () => {
    expect(classesWhere((name) => reactions[name].readsAgain > 0)).toEqual(['postconditionFailed']);
    expect(reactions.postconditionFailed.readsAgain).toBe(1);
  });

  it('undoes nothing where that would go around a no, or where something is open', () => {
    expect(classesWhere((name) => reactions[name].compensation)).toEqual([
      ...['transient', 'throttled', 'timeout', 'dependencyDown'],
      ...['invalidOutput', 'postconditionFailed', 'bug'],
    ]);
  });

  it('counts against a dependency what says that it is ill', () => {
    const counted = classesWhere(
      (name) => outcomeOfProblem({ failureClass: name, sendOutcome: 'unknown' }) === 'failure',
    );
    expect(counted).toEqual(['transient', 'timeout', 'dependencyDown']);
    const untold = classesWhere(
      (name) => outcomeOfProblem({ failureClass: name, sendOutcome: 'unknown' }) === 'untold',
    );
    expect(untold).toEqual(['bug', 'storeUnavailable']);
  });

  it('names where a person finds it; a step that has failed is never found among those in doubt', () => {
    expect(reactions.inDoubt.person).toBe('inDoubt');
    for (const name of failureClasses) {
      expect(escalationKinds).toContain(reactions[name].person);
      const found = escalationFor({ class: name, message: '' });
      expect(found).toBe(name === 'inDoubt' ? 'failure' : reactions[name].person);
    }
    expect(classesWhere((name) => escalationFor({ class: name, message: '' }) !== 'failure')).toEqual([
      'denied',
      'budgetExceeded',
    ]);
  });

  it.each(failureClasses)('tells a person in one sentence what to do about %s', (name) => {
    expect(reactions[name].advice).toMatch(/^[A-Z][^.]{20,140}\.$/);
  });
});
