import { describe, expect, it } from 'vitest';
import { limits as limitsSchema } from '../contract/limits.ts';
import { failureClasses } from '../model/failure.ts';
import type { Failure } from '../model/failure.ts';
import { reactions } from '../model/reaction.ts';
import type { StepOutcome, StepState } from '../model/step.ts';
import type { DecideInput, Decision, OpenStep } from './decision.ts';
import { decide } from './decide.ts';

const failure: Failure = { class: 'transient', message: 'the provider answered 503' };
const doubt: Failure = { class: 'inDoubt', message: 'no answer' };
const fresh: StepState = { status: 'pending', notBeforeMs: 0, lost: 0 };
const begunUntil = (notBeforeMs: number): StepState => ({ status: 'pending', notBeforeMs, lost: 0 });

const step = (id: string, more: Partial<OpenStep> = {}): OpenStep => ({
  id,
  after: [],
  optional: false,
  timeoutSeconds: 20,
  occurrence: 1,
  state: fresh,
  ...more,
});

const nowMs = 1_000_000;

type Change = Omit<Partial<DecideInput>, 'run'> & { readonly run?: Partial<DecideInput['run']> };

function inputOf(steps: readonly OpenStep[], more: Change = {}): DecideInput {
  return {
    steps,
    outcomes: [],
    morePlanned: false,
    replannable: new Set(),
    recoverable: new Set(),
    nowMs,
    burst: { deadlineMs: nowMs + 270_000, stepsRun: 0 },
    limits: limitsSchema.parse({}),
    ...more,
    run: {
      status: 'running',
      cancelRequested: false,
      deadlineMs: nowMs + 3_600_000,
      burstsInGeneration: 1,
      ...more.run,
    },
  };
}

const decisionOf = (...args: Parameters<typeof inputOf>): Decision => decide(inputOf(...args)).decision;

describe('a wave', () => {
  it('holds every step whose dependencies are over, and no other', () => {
    const steps = [
      step('a', { state: { status: 'completed' } }),
      step('b', { after: ['a'] }),
      step('c', { after: ['a', 'gone'] }),
      step('d', { after: ['b'] }),
    ];
    expect(decisionOf(steps)).toEqual({ kind: 'execute', stepIds: ['b', 'c'] });
  });

  it('holds at most as many steps as the limits say', () => {
    const steps = ['a', 'b', 'c'].map((id) => step(id));
    expect(decisionOf(steps, { limits: limitsSchema.parse({ waveSteps: 2 }) })).toEqual({
      kind: 'execute',
      stepIds: ['a', 'b'],
    });
  });

  it('goes on past a failed step with what does not need it', () => {
    const steps = [step('a', { state: { status: 'failed', failure } }), step('b'), step('c', { after: ['a'] })];
    expect(decisionOf(steps)).toEqual({ kind: 'execute', stepIds: ['b'] });
  });

  it('leaves long steps to the Standard machine, once no short one is ready', () => {
    const steps = [step('long', { timeoutSeconds: 600 }), step('short')];
    expect(decisionOf(steps)).toEqual({ kind: 'execute', stepIds: ['short'] });
    expect(decisionOf(steps.slice(0, 1))).toEqual({ kind: 'long', stepIds: ['long'] });
  });

  it('is left to the next burst when this one has too little time for it', () => {
    const late = { deadlineMs: nowMs + 24_000, stepsRun: 1 };
    expect(decisionOf([step('a')], { burst: late })).toEqual({ kind: 'continue' });
    expect(decisionOf([step('a')], { burst: { ...late, deadlineMs: nowMs + 25_000 } }).kind).toBe('execute');
  });

  it('is run by a burst that has run nothing yet, so that every burst brings the run on', () => {
    expect(decisionOf([step('a')], { burst: { deadlineMs: nowMs, stepsRun: 0 } }).kind).toBe('execute');
  });

  it('is left to the next burst when this one has run enough', () => {
    const limits = limitsSchema.parse({ stepsPerBurst: 5 });
    const burst = { deadlineMs: nowMs + 270_000, stepsRun: 5 };
    expect(decisionOf([step('a')], { limits, burst })).toEqual({ kind: 'continue' });
  });
});

describe('an outcome', () => {
  const after = (outcome: StepOutcome, more: Partial<OpenStep> = {}, change: Change = {}) =>
    decide(inputOf([step('a', more)], { outcomes: [outcome], ...change })).steps[0]?.state;

  it('of success completes its step', () => {
    expect(after({ kind: 'done', stepId: 'a', attempts: 1, trust: 'trusted' })).toEqual({ status: 'completed' });
  });

  it('of failure fails a step, and skips an optional one', () => {
    const failed: StepOutcome = { kind: 'failed', stepId: 'a', attempts: 1, failure };
    expect(after(failed)).toEqual({ status: 'failed', failure });
    expect(after(failed, { optional: true })).toEqual({ status: 'skipped' });
  });

  it('in doubt leaves an optional step in doubt too', () => {
    const inDoubt: StepOutcome = { kind: 'inDoubt', stepId: 'a', attempts: 1, failure: doubt };
    expect(after(inDoubt, { optional: true })).toEqual({ status: 'inDoubt', failure: doubt });
  });

  it.each(['throttled', 'dependencyDown', 'transient'] as const)(
    'of a step that may be tried again only after the deadline is told a person at once (%s), unless another goes on',
    (name) => {
      const notBeforeMs = nowMs + 3_600_000;
      const late: StepOutcome = {
        ...{ kind: 'retry', stepId: 'a', attempts: 1, failure: { class: name, message: 'later' }, notBeforeMs },
      };
      const need = { escalation: 'budget', stepId: 'a', failure: { class: 'budgetExceeded' } };
      expect(decisionOf([step('a')], { outcomes: [late] })).toMatchObject({ kind: 'human', need });
      const goesOn = { status: 'pending', notBeforeMs: nowMs + 500, lost: 0 } as const;
      expect(decisionOf([step('a'), step('b', { state: goesOn })], { outcomes: [late] })).toMatchObject({
        kind: 'pause',
      });
    },
  );

  it('of a step that is to be tried again says when', () => {
    const down: Failure = { class: 'dependencyDown', message: "'hotel-api' is not called: it has failed too often." };
    const refused: StepOutcome = { kind: 'retry', stepId: 'a', attempts: 0, failure: down, notBeforeMs: nowMs + 500 };
    expect(after(refused)).toMatchObject({ status: 'pending', notBeforeMs: nowMs + 500, waitsFor: down.message });
    const burst = { deadlineMs: nowMs + 270_000, stepsRun: 1 };
    const wait = (notBeforeMs: number) => decisionOf([step('a')], { burst, outcomes: [{ ...refused, notBeforeMs }] });
    // A wait of the machine, which says what for, and not past the deadline of the run.
    expect(wait(nowMs + 900_000)).toEqual({ kind: 'wait', untilMs: nowMs + 900_000, reason: down.message });
    const busy: StepOutcome = { kind: 'busy', stepId: 'a', untilMs: nowMs + 90_000_000 };
    expect(decisionOf([step('a')], { burst, outcomes: [busy] })).toMatchObject({
      ...{ kind: 'wait', untilMs: nowMs + 3_600_000 },
    });
    const retry: StepOutcome = { kind: 'retry', stepId: 'a', attempts: 1, failure, notBeforeMs: nowMs + 500 };
    expect(after(retry)).toMatchObject({ status: 'pending', notBeforeMs: nowMs + 500 });
  });

  it('of a step that somebody else holds is asked for again later, never at once', () => {
    expect(after({ kind: 'busy', stepId: 'a', untilMs: nowMs - 5 })).toMatchObject({ notBeforeMs: nowMs + 1 });
  });

  it('that was lost is asked for again, but not for ever', () => {
    const lost: StepOutcome = { kind: 'lost', stepId: 'a', error: 'Lambda.Unknown' };
    expect(after(lost, { state: { status: 'pending', notBeforeMs: 0, lost: 1 } })).toMatchObject({ lost: 2 });
    expect(after(lost, { state: { status: 'pending', notBeforeMs: 0, lost: 2 } })).toMatchObject({
      status: 'failed',
      failure: { class: 'bug' },
    });
    const tooLarge: StepOutcome = { kind: 'lost', stepId: 'a', error: 'States.DataLimitExceeded' };
    expect(after(tooLarge, { state: { status: 'pending', notBeforeMs: 0, lost: 2 } })).toMatchObject({
      status: 'failed',
      failure: { class: 'invalidOutput', message: expect.stringContaining('let the skill answer with less') as string },
    });
  });

  it('of a step closed before it began skips it only when the run is canceled', () => {
    const canceled: StepOutcome = { kind: 'canceled', stepId: 'a' };
    expect(after(canceled, {}, { run: { cancelRequested: true } })).toEqual({ status: 'skipped' });
    expect(after(canceled, { optional: true })).toEqual({ status: 'skipped' });
    // The deadline closed it. A person may extend the deadline, and then the step must still be done.
    expect(after(canceled)).toMatchObject({ status: 'failed', failure: { class: 'budgetExceeded' } });
  });

  it.each<StepState>([
    { status: 'completed' },
    { status: 'skipped' },
    { status: 'compensated' },
    { status: 'failed', failure },
    { status: 'inDoubt', failure: doubt },
  ])('never undoes what is settled as %j', (state) => {
    const late: StepOutcome[] = [
      { kind: 'done', stepId: 'a', attempts: 1, trust: 'trusted' },
      { kind: 'failed', stepId: 'a', attempts: 1, failure },
      { kind: 'lost', stepId: 'a', error: 'x' },
    ];
    for (const outcome of late) expect(after(outcome, { state })).toEqual(state);
  });
});

describe('a person is asked', () => {
  it('about doubt before failure, and only when nothing else can go on', () => {
    const steps = [
      step('a', { state: { status: 'failed', failure } }),
      step('b', { state: { status: 'inDoubt', failure: doubt }, occurrence: 3 }),
    ];
    expect(decisionOf(steps)).toMatchObject({
      kind: 'human',
      need: { escalation: 'inDoubt', stepId: 'b', occurrence: 3, failure: doubt },
    });
    expect(decisionOf([...steps, step('c')]).kind).toBe('execute');
    expect(decisionOf([...steps, step('c', { state: begunUntil(nowMs + 1_000) })]).kind).toBe('pause');
  });

  it.each([
    ['denied', 'denied'],
    ['bug', 'failure'],
    ['transient', 'failure'],
  ] as const)('about a step that failed as %s by an escalation of kind %s', (failureClass, escalation) => {
    const state: StepState = { status: 'failed', failure: { class: failureClass, message: 'why' } };
    const decision = decisionOf([step('a', { state })]);
    expect(decision).toMatchObject({ kind: 'human', need: { escalation, stepId: 'a' } });
    expect(decision.kind === 'human' && decision.need.reason).toContain('why');
  });

  it('when no step can run and none is left to wait for', () => {
    const circle = [step('a', { after: ['b'] }), step('b', { after: ['a'] })];
    expect(decisionOf(circle)).toMatchObject({ kind: 'human', need: { escalation: 'failure', stepId: undefined } });
  });
});

describe('a deadline that has passed', () => {
  const run = { deadlineMs: nowMs };

  it('stops what has not begun and asks a person', () => {
    expect(decisionOf([step('a')], { run })).toMatchObject({
      kind: 'human',
      need: { escalation: 'budget', stepId: 'a', failure: { class: 'budgetExceeded' } },
    });
  });

  it('lets what has begun be settled first', () => {
    const begun = [step('a'), step('b', { state: begunUntil(nowMs - 1) })];
    expect(decisionOf(begun, { run })).toEqual({ kind: 'execute', stepIds: ['b'] });
    const waiting = [step('a'), step('b', { state: begunUntil(nowMs + 900) })];
    expect(decisionOf(waiting, { run })).toEqual({ kind: 'pause', untilMs: nowMs + 900 });
  });

  it('does not spoil a run whose steps are over', () => {
    expect(decisionOf([step('a', { state: { status: 'completed' } })], { run })).toMatchObject({ status: 'completed' });
  });

  it('ends a wait that would outlast it', () => {
    const begun = [step('a', { state: begunUntil(nowMs + 60_000) })];
    expect(decisionOf(begun, { run: { deadlineMs: nowMs + 10_000 } })).toEqual({
      kind: 'pause',
      untilMs: nowMs + 10_000,
    });
  });
});

describe('a run that is to be canceled', () => {
  const run = { cancelRequested: true };

  it('begins nothing more', () => {
    expect(decisionOf([step('a')], { run })).toMatchObject({ kind: 'end', status: 'canceled' });
    expect(decisionOf([step('a')], { run, morePlanned: true })).toMatchObject({ kind: 'end', status: 'canceled' });
  });

  it('settles what it has begun, whatever that depends on', () => {
    const steps = [step('a'), step('b', { after: ['a'], state: begunUntil(1) })];
    expect(decisionOf(steps, { run })).toEqual({ kind: 'execute', stepIds: ['b'] });
  });

  it('does not end over a step in doubt', () => {
    const steps = [step('a', { state: { status: 'inDoubt', failure: doubt } })];
    expect(decisionOf(steps, { run })).toMatchObject({ kind: 'human', need: { escalation: 'inDoubt' } });
  });
});

describe('time', () => {
  const limits = limitsSchema.parse({ pauseMs: 20_000, waitMs: 60_000 });
  const begun = (ms: number): OpenStep[] => [step('a', { state: begunUntil(nowMs + ms) })];

  it('is waited for in the burst when it is short, outside when it is long, in pieces when it is too long', () => {
    expect(decisionOf(begun(20_000), { limits })).toEqual({ kind: 'pause', untilMs: nowMs + 20_000 });
    expect(decisionOf(begun(20_001), { limits })).toMatchObject({ kind: 'wait', untilMs: nowMs + 20_001 });
    expect(decisionOf(begun(90_000), { limits })).toMatchObject({ kind: 'wait', untilMs: nowMs + 60_000 });
  });

  it('is not waited for past the end of the burst', () => {
    const burst = { deadlineMs: nowMs + 15_000, stepsRun: 1 };
    expect(decisionOf(begun(10_000), { limits, burst })).toMatchObject({ kind: 'wait', untilMs: nowMs + 10_000 });
  });

  it('is waited for until the first step is due', () => {
    const two = [...begun(9_000), step('b', { state: begunUntil(nowMs + 4_000) })];
    expect(decisionOf(two)).toEqual({ kind: 'pause', untilMs: nowMs + 4_000 });
  });
});

describe('a generation that has seen enough bursts', () => {
  const limits = limitsSchema.parse({ burstsPerGeneration: 3, pauseMs: 0 });
  const run = { burstsInGeneration: 3 };
  const worn = { limits, run };

  it.each<[string, OpenStep[], Change]>([
    ['continue', [step('a')], { ...worn, burst: { deadlineMs: nowMs, stepsRun: 1 } }],
    ['long', [step('a', { timeoutSeconds: 900 })], worn],
    ['wait', [step('a', { state: begunUntil(nowMs + 5_000) })], worn],
    ['human', [step('a', { state: { status: 'failed', failure } })], worn],
  ])('hands over to the next one instead of %s', (kind, steps, more) => {
    expect(decisionOf(steps, more)).toEqual({ kind: 'rollover' });
    expect(decisionOf(steps, { ...more, run: { burstsInGeneration: 2 } }).kind).toBe(kind);
  });

  it('still executes, plans and ends', () => {
    expect(decisionOf([step('a')], worn).kind).toBe('execute');
    expect(decisionOf([], { ...worn, morePlanned: true }).kind).toBe('plan');
    expect(decisionOf([], worn).kind).toBe('end');
  });
});

it.each(['completed', 'declined', 'failed', 'canceled'] as const)('a run that is %s stays so', (status) => {
  expect(decisionOf([step('a')], { run: { status } })).toMatchObject({ kind: 'end', status });
});

describe('a failure that a model may plan around', () => {
  const failed = (failureOf: Failure, id = 'a'): OpenStep =>
    step(id, { state: { status: 'failed', failure: failureOf } });
  const ended = (of: Failure): Decision =>
    decisionOf([step('a')], {
      outcomes: [{ kind: 'failed', stepId: 'a', failure: of } as StepOutcome],
      replannable: new Set(['a']),
    });

  it('is planned around, also in the very decision that learns of it', () => {
    expect(decisionOf([failed(failure)], { replannable: new Set(['a']) })).toMatchObject({ kind: 'plan' });
    expect(ended(failure)).toMatchObject({ kind: 'plan', failed: [{ id: 'a' }] });
  });

  it.each(failureClasses.filter((name) => !reactions[name].mayEditPlan))(
    'is a matter for a person when it is %s, for no plan helps with it',
    (failureClass) => {
      expect(ended({ class: failureClass, message: 'no' })).toMatchObject({ kind: 'human' });
    },
  );

  it('is not planned around as long as anything is in doubt, was said no to, or failed that a person planned', () => {
    const inDoubt = step('b', { state: { status: 'inDoubt', failure: doubt } });
    const replannable = new Set(['a', 'c']);
    expect(decisionOf([failed(failure), inDoubt], { replannable })).toMatchObject({
      kind: 'human',
      need: { escalation: 'inDoubt' },
    });
    const rejected = failed({ class: 'denied', message: 'no', rejectedBy: 'ada' }, 'c');
    expect(decisionOf([failed(failure), rejected], { replannable })).toMatchObject({ kind: 'end', status: 'declined' });
    expect(decisionOf([failed(failure), failed(failure, 'b')], { replannable })).toMatchObject({ kind: 'human' });
  });

  it('waits for the steps that can still run', () => {
    expect(decisionOf([failed(failure), step('b')], { replannable: new Set(['a']) })).toMatchObject({
      kind: 'execute',
      stepIds: ['b'],
    });
  });
});

it('a step that may not afford its call is shown under the kind budget', () => {
  const state: StepState = { status: 'failed', failure: { class: 'budgetExceeded', message: 'used up' } };
  expect(decisionOf([step('a', { state })])).toMatchObject({ kind: 'human', need: { escalation: 'budget' } });
});
