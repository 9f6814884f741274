import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limits as limitsSchema } from '../contract/limits.ts';
import type { Limits } from '../contract/limits.ts';
import type { Failure } from '../model/failure.ts';
import { runStatuses } from '../model/run.ts';
import type { StepOutcome, StepState } from '../model/step.ts';
import type { DecideInput, Decision, OpenStep } from './decision.ts';
import { compensationOrder } from '../model/compensation-order.ts';
import { decide } from './decide.ts';

const failure: Failure = { class: 'transient', message: 'the provider answered 503' };
const doubt: Failure = { class: 'inDoubt', message: 'no answer' };
const fresh: StepState = { status: 'pending', notBeforeMs: 0, lost: 0 };
const startMs = 1_000_000;

const anyLimits: fc.Arbitrary<Limits> = fc
  .record({
    waveSteps: fc.integer({ min: 1, max: 5 }),
    burstStepSeconds: fc.constantFrom(30, 180),
    burstSeconds: fc.constantFrom(40, 270),
    burstMarginMs: fc.constantFrom(0, 5_000),
    stepsPerBurst: fc.integer({ min: 1, max: 6 }),
    burstsPerGeneration: fc.integer({ min: 2, max: 6 }),
    pauseMs: fc.constantFrom(0, 1_000, 20_000),
    waitMs: fc.constantFrom(1_000, 60_000, 1_728_000_000),
    lostDispatches: fc.integer({ min: 1, max: 3 }),
  })
  .map((some) => limitsSchema.parse(some));

const outcomeKinds = ['done', 'failed', 'retry', 'inDoubt', 'busy', 'canceled', 'lost'] as const;
const transientKinds = ['retry', 'busy', 'lost'] as const;
const finalKinds = ['done', 'done', 'done', 'failed', 'inDoubt', 'canceled'] as const;

/** What dispatches of one step will come to: some that change nothing, then one that settles it, each after a delay. */
const script = fc.record({
  before: fc.array(fc.record({ kind: fc.constantFrom(...transientKinds), delayMs: fc.nat(120_000) }), { maxLength: 4 }),
  last: fc.constantFrom(...finalKinds),
  tookMs: fc.nat(20_000),
});

const planned = fc.record({
  picks: fc.array(fc.nat(30), { maxLength: 3 }),
  optional: fc.boolean(),
  timeoutSeconds: fc.constantFrom(1, 20, 100, 600),
  script,
  /** For further tries that a person asks for. */
  again: script,
  /** Of what undoes it, should it be done. */
  undo: script,
});

const scenario = fc.record({
  revisions: fc.array(fc.array(planned, { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  limits: anyLimits,
  deadlineMs: fc.oneof(fc.constant(86_400_000), fc.nat(600_000)),
  cancelAtMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(400_000)),
  takeBackAtMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(400_000)),
  onFailure: fc.constantFrom('escalate' as const, 'compensate' as const),
  persons: fc.array(fc.constantFrom('happened', 'didNotHappen'), { maxLength: 4 }),
  stray: fc.array(fc.record({ kind: fc.constantFrom(...outcomeKinds), pick: fc.nat(30) }), { maxLength: 20 }),
  lateByMs: fc.nat(3_000),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Dispatched {
  readonly kind: (typeof outcomeKinds)[number];
  readonly delayMs: number;
  readonly tookMs: number;
}

const isOver = (step: OpenStep | undefined): boolean =>
  step !== undefined && ['completed', 'skipped', 'compensated'].includes(step.state.status);
const isPending = ({ state }: OpenStep): boolean => state.status === 'pending';
const isSettled = ({ state }: OpenStep): boolean => state.status !== 'pending';
const notBeforeMs = ({ state }: OpenStep): number => (state.status === 'pending' ? state.notBeforeMs : 0);

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFrozen(member);
  }
  return value;
}

/**
 * More decisions than any run of the scenario can need: for each dispatch and each piece of a wait one, and a hand-up
 * and a rollover around it; once for the scripts, and once more for each person who has steps tried again.
 */
function mostDecisions({ revisions, persons, limits }: Scenario): number {
  const steps = revisions.flat().flatMap((row) => [row, { ...row, script: row.undo }]);
  const delayMs = ({ before }: (typeof steps)[number]['script']): number =>
    before.reduce((sum, { delayMs: ms }) => sum + ms, 0);
  const dispatches = steps.reduce((sum, row) => sum + 2 + row.script.before.length + row.again.before.length, 0);
  const waitsMs = steps.reduce((sum, row) => sum + delayMs(row.script) + delayMs(row.again), 0);
  const once = 2 * dispatches + waitsMs / limits.waitMs + revisions.length + 2;
  return Math.ceil(3 * once * (persons.length + 1));
}

/** Plays a run against `decide` until it ends or waits for a person who does not come. Throws on a broken promise. */
class Play {
  readonly #scenario: Scenario;
  readonly #scripts = new Map<string, Dispatched[]>();
  readonly #done = new Set<string>();
  readonly #begun = new Set<string>();
  #takenBack = false;
  #undoPlanned: 'none' | 'some' | 'all' = 'none';
  #steps: readonly OpenStep[] = [];
  #outcomes: StepOutcome[] = [];
  #nowMs = startMs;
  #deadlineMs: number;
  #generationBursts = 1;
  #stepsRun = 0;
  #burstStartMs = startMs;
  #revision = 0;
  #personsAsked = 0;
  #straysSent = 0;
  readonly decisions: Decision['kind'][] = [];

  constructor(some: Scenario) {
    this.#scenario = some;
    this.#deadlineMs = startMs + some.deadlineMs;
  }

  run(): Decision {
    const limit = mostDecisions(this.#scenario);
    for (let turn = 0; turn < limit; turn += 1) {
      const input = this.#input();
      const before = this.#steps;
      const { decision, steps } = decide(input);
      assert.deepStrictEqual(decide(structuredClone(input)), { decision, steps });
      this.decisions.push(decision.kind);
      this.#checkSteps(before, steps);
      this.#steps = steps;
      this.#checkDecision(decision, input);
      this.#outcomes = [];
      if (!this.#follow(decision, input)) return decision;
    }
    throw new Error(`no end after ${limit} decisions; the last ones: ${this.decisions.slice(-12).join(', ')}`);
  }

  #input(): DecideInput {
    const { limits, revisions } = this.#scenario;
    return deepFrozen({
      run: {
        status: 'running',
        cancelRequested: this.#cancelRequested,
        ...(this.#isTakenBack
          ? { compensation: { ending: 'canceled' as const, reason: 'on request', planned: this.#undoPlanned } }
          : {}),
        deadlineMs: this.#deadlineMs,
        burstsInGeneration: this.#generationBursts,
      },
      steps: this.#steps,
      outcomes: this.#outcomes,
      morePlanned: this.#revision < revisions.length,
      replannable: new Set<string>(),
      onFailure: this.#scenario.onFailure,
      recoverable: new Set<string>(),
      nowMs: this.#nowMs,
      burst: { deadlineMs: this.#burstStartMs + limits.burstSeconds * 1000, stepsRun: this.#stepsRun },
      limits,
    });
  }

  get #cancelRequested(): boolean {
    return this.#nowMs >= startMs + this.#scenario.cancelAtMs;
  }

  get #isTakenBack(): boolean {
    return this.#takenBack || this.#nowMs >= startMs + this.#scenario.takeBackAtMs;
  }

  get #ending(): boolean {
    return this.#isTakenBack || this.#cancelRequested || this.#nowMs >= this.#deadlineMs;
  }

  #checkSteps(before: readonly OpenStep[], after: readonly OpenStep[]): void {
    assert.deepStrictEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    before.forEach((step, index) => {
      const now = after[index];
      if (isSettled(step)) assert.deepStrictEqual(now, step, `${step.id} was settled and changed`);
      if (this.#done.has(step.id)) assert.equal(now?.state.status, 'completed', `${step.id} was done`);
    });
  }

  #checkDecision(decision: Decision, { burst, limits }: DecideInput): void {
    const pending = this.#steps.filter(({ state }) => state.status === 'pending');
    const waiting = pending.filter((step) => notBeforeMs(step) > this.#nowMs);
    switch (decision.kind) {
      case 'execute':
      case 'long':
        return this.#checkWave(decision.stepIds, decision.kind === 'long', burst.deadlineMs, limits);
      case 'pause':
        assert(waiting.length > 0, 'a pause for nothing');
        assert(decision.untilMs > this.#nowMs && decision.untilMs - this.#nowMs <= limits.pauseMs, 'a wrong pause');
        assert(decision.untilMs < burst.deadlineMs, 'a pause past the end of the burst');
        return;
      case 'wait':
        assert(waiting.length > 0, 'a wait for nothing');
        assert(decision.untilMs > this.#nowMs && decision.untilMs - this.#nowMs <= limits.waitMs, 'a wrong wait');
        assert(decision.reason !== '', 'a wait without a reason');
        return;
      case 'recover':
        throw new Error('nothing can be recovered here');
      case 'plan':
        assert(this.#steps.every(isOver), 'more is planned before all is over');
        assert(!this.#cancelRequested && !this.#isTakenBack, 'more is planned for a run that is to end');
        return;
      case 'compensate': {
        const [forward, undo] = [this.#steps.filter((step) => !step.undoes), this.#steps.filter((step) => step.undoes)];
        if (decision.failure !== undefined) {
          assert(!this.#isTakenBack && !this.#cancelRequested && this.#scenario.onFailure === 'compensate');
          assert(
            forward.some(({ state }) => state.status === 'failed'),
            'a run is taken back without a failure',
          );
          assert(waiting.length === 0, 'a run is taken back while a step is under way');
          return;
        }
        assert(this.#isTakenBack, 'effects are undone of a run that nobody wants back');
        assert(!forward.some(({ state }) => state.status === 'inDoubt'), 'effects are undone over a doubt');
        assert(!forward.some((step) => isPending(step) && this.#begun.has(step.id)), 'effects are undone under a step');
        assert(undo.every(isOver) && this.#undoPlanned !== 'all', 'more is undone before the rest is');
        return;
      }
      case 'human': {
        const { need } = decision;
        assert(need.reason !== '', 'a person is asked without a reason');
        const isLate = ({ state }: OpenStep): boolean =>
          state.status === 'pending' && state.lastFailure !== undefined && state.notBeforeMs >= this.#deadlineMs;
        assert(waiting.every(isLate), 'a person is asked while a step is under way');
        const about = this.#steps.find(({ id }) => id === need.stepId);
        assert(about && !isOver(about), 'a person is asked about nothing that is open');
        return;
      }
      case 'continue':
        assert(this.#stepsRun > 0, 'a burst that brought nothing on');
        return;
      case 'rollover':
        assert.equal(this.#generationBursts, limits.burstsPerGeneration);
        return;
      case 'end':
        assert(!this.#steps.some(({ state }) => state.status === 'inDoubt'), 'a run ends over a doubt');
        if (decision.status === 'completed') {
          assert(this.#steps.every(isOver), 'a run completes over an open step');
          assert(this.#revision === this.#scenario.revisions.length, 'a run completes before its plan does');
          return;
        }
        assert.equal(decision.status, 'canceled');
        if (this.#isTakenBack) {
          assert(this.#undoPlanned === 'all', 'a run that is taken back ends before all is planned');
          for (const id of this.#done) {
            if (id.startsWith('undo:')) continue;
            assert(this.#done.has(`undo:${id}`), `a run that is taken back ends with ${id} done`);
          }
          return;
        }
        assert(this.#cancelRequested, 'a run is canceled without a request');
        assert(!pending.some(({ id }) => this.#begun.has(id)), 'a canceled run leaves a begun step behind');
    }
  }

  #checkWave(ids: readonly string[], isLong: boolean, burstDeadlineMs: number, limits: Limits): void {
    const byId = new Map(this.#steps.map((step) => [step.id, step]));
    assert(ids.length > 0 && ids.length <= limits.waveSteps, `a wave of ${ids.length}`);
    assert.equal(new Set(ids).size, ids.length, 'a step twice in a wave');
    for (const id of ids) {
      const step = byId.get(id);
      assert(step?.state.status === 'pending', `${id} is not pending`);
      assert(!this.#done.has(id), `${id} runs after it was done`);
      assert(step.state.notBeforeMs <= this.#nowMs, `${id} runs too early`);
      assert.equal(step.timeoutSeconds > limits.burstStepSeconds, isLong, `${id} runs in the wrong machine`);
      if (this.#ending && step.undoes === undefined)
        assert(this.#begun.has(id), `${id} begins although the run is ending`);
      else
        assert(
          step.after.every((other) => isOver(byId.get(other))),
          `${id} runs before what it depends on is over`,
        );
      const endMs = this.#nowMs + step.timeoutSeconds * 1000 + limits.burstMarginMs;
      assert(isLong || this.#stepsRun === 0 || endMs <= burstDeadlineMs, `${id} may outlast its burst`);
    }
  }

  /** Does what was decided; false when the run has ended or waits for a person who does not come. */
  #follow(decision: Decision, { limits }: DecideInput): boolean {
    switch (decision.kind) {
      case 'recover':
        throw new Error('nothing here can be recovered');
      case 'execute':
        this.#dispatch(decision.stepIds);
        this.#stepsRun += decision.stepIds.length;
        return true;
      case 'long':
        this.#dispatch(decision.stepIds);
        this.#nextBurst();
        return true;
      case 'pause':
        this.#nowMs = decision.untilMs + (this.#scenario.lateByMs % (limits.pauseMs + 1));
        return true;
      case 'wait':
        this.#nowMs = decision.untilMs + this.#scenario.lateByMs;
        this.#nextBurst();
        return true;
      case 'continue':
        this.#nextBurst();
        return true;
      case 'rollover':
        this.#generationBursts = 0;
        this.#nextBurst();
        return true;
      case 'plan':
        this.#plan();
        return true;
      case 'compensate':
        if (decision.failure === undefined) this.#planUndo();
        else this.#takenBack = true;
        return true;
      case 'human':
        return this.#askPerson();
      case 'end':
        return false;
    }
  }

  #nextBurst(): void {
    this.#generationBursts += 1;
    this.#burstStartMs = this.#nowMs;
    this.#stepsRun = 0;
  }

  #plan(): void {
    const earlier = this.#steps.map(({ id }) => id);
    const added = (this.#scenario.revisions[this.#revision] ?? []).map((row, index): OpenStep => {
      const id = `r${this.#revision}s${index}`;
      const before = [...earlier, ...Array.from({ length: index }, (_, other) => `r${this.#revision}s${other}`)];
      const after =
        before.length === 0 ? [] : [...new Set(row.picks.map((pick) => before[pick % before.length] ?? ''))];
      this.#prepare(id, row.script);
      const { optional, timeoutSeconds } = row;
      return { id, after, optional, timeoutSeconds, occurrence: 1, state: fresh };
    });
    // The order of a plan says nothing.
    this.#steps = [...this.#steps, ...added.toReversed()];
    this.#revision += 1;
  }

  /** Closes what was not begun, and plans to undo what was done: the newer half first, then the rest. */
  #planUndo(): void {
    const done = this.#steps.filter((step) => step.undoes === undefined && step.state.status === 'completed');
    const isLast = this.#undoPlanned === 'some' || done.length < 2;
    const from = this.#undoPlanned === 'some' || done.length < 2 ? 0 : Math.ceil(done.length / 2);
    const forward = this.#steps.filter((step) => step.undoes === undefined);
    const keyed = forward.map(({ id, after }) => ({ key: id, after }));
    // A step of a revision depends on earlier ones only, so the order of their names is one that they can be done in.
    const sorted = done.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const chunk = sorted.slice(from, this.#undoPlanned === 'some' ? Math.ceil(done.length / 2) : undefined);
    const order = compensationOrder(keyed, new Set(chunk.map(({ id }) => id)));
    const undo = chunk.map((step): OpenStep => {
      const id = `undo:${step.id}`;
      const [, revision = 0, index = 0] = /^r(\d+)s(\d+)$/.exec(step.id)?.map(Number) ?? [];
      const row = this.#scenario.revisions[revision]?.[index];
      if (row) this.#prepare(id, row.undo.last === 'canceled' ? { ...row.undo, last: 'done' } : row.undo);
      const after = (order.get(step.id) ?? []).map((other) => `undo:${other}`);
      const { timeoutSeconds } = step;
      return { ...{ id, after, optional: false, timeoutSeconds, occurrence: 1, state: fresh }, undoes: step.id };
    });
    const closed = this.#steps.map((step): OpenStep =>
      isPending(step) ? { ...step, state: { status: 'skipped' } } : step,
    );
    this.#steps = [...closed, ...undo];
    this.#undoPlanned = isLast ? 'all' : 'some';
  }

  #prepare(id: string, { before, last, tookMs }: Scenario['revisions'][number][number]['script']): void {
    this.#scripts.set(id, [...before.map((entry) => ({ ...entry, tookMs })), { kind: last, delayMs: 0, tookMs }]);
  }

  #dispatch(ids: readonly string[]): void {
    const outcomes = ids.map((id) => {
      const next = this.#scripts.get(id)?.shift() ?? { kind: 'done' as const, delayMs: 0, tookMs: 1 };
      this.#nowMs += next.tookMs;
      return this.#outcome(id, next.kind, next.delayMs);
    });
    const strays = this.#scenario.stray.slice(this.#straysSent, this.#straysSent + 2).flatMap(({ kind, pick }) => {
      // A late answer about a step that is settled, or that nobody knows.
      const settled = [...this.#steps.filter(isSettled).map(({ id }) => id), 'nobody'];
      return [this.#outcome(settled[pick % settled.length] ?? 'nobody', kind, 1, { late: true })];
    });
    this.#straysSent += 2;
    this.#outcomes = [...strays, ...outcomes];
  }

  #outcome(stepId: string, kind: (typeof outcomeKinds)[number], delayMs: number, how = { late: false }): StepOutcome {
    const atMs = this.#nowMs + delayMs;
    if (!how.late && (kind === 'retry' || kind === 'busy')) this.#begun.add(stepId);
    if (!how.late && kind === 'done') this.#done.add(stepId);
    switch (kind) {
      case 'done':
        return { kind, stepId, attempts: 1, trust: 'trusted' };
      case 'failed':
        return { kind, stepId, attempts: 1, failure };
      case 'inDoubt':
        return { kind, stepId, attempts: 1, failure: doubt };
      case 'retry':
        return { kind, stepId, attempts: 1, failure, notBeforeMs: atMs };
      case 'busy':
        return { kind, stepId, untilMs: atMs };
      case 'canceled':
        return { kind, stepId };
      case 'lost':
        return { kind, stepId, error: 'Lambda.Unknown' };
    }
  }

  /** A person settles every doubt, has failed steps tried again and extends the deadline; or does not come. */
  #askPerson(): boolean {
    const verdict = this.#scenario.persons[this.#personsAsked];
    if (verdict === undefined) return false;
    this.#personsAsked += 1;
    if (this.#nowMs >= this.#deadlineMs) this.#deadlineMs = this.#nowMs + 600_000;
    this.#steps = this.#steps.map((step): OpenStep => {
      if (step.state.status === 'inDoubt' && verdict === 'happened') {
        this.#done.add(step.id);
        return { ...step, state: { status: 'completed' } };
      }
      if (step.state.status !== 'inDoubt' && step.state.status !== 'failed') return step;
      // Of a run that is taken back, only what undoes is tried again.
      if (this.#isTakenBack && step.state.status === 'failed' && step.undoes === undefined) return step;
      const [, revision = 0, index = 0] = /r(\d+)s(\d+)$/.exec(step.id)?.map(Number) ?? [];
      const row = this.#scenario.revisions[revision]?.[index];
      if (row) this.#prepare(step.id, step.undoes === undefined ? row.again : { ...row.again, last: 'done' });
      this.#begun.delete(step.id);
      return { ...step, occurrence: step.occurrence + 1, state: fresh };
    });
    this.#generationBursts = 0;
    this.#nextBurst();
    return true;
  }
}

it('every run ends or waits for a person with a reason, and keeps every promise on the way', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(scenario, (some) => {
      const play = new Play(some);
      const last = play.run();
      assert(last.kind === 'end' || last.kind === 'human');
      for (const kind of play.decisions) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: 1_000 },
  );
  // Every kind of decision was met, so that none of the promises above went unchecked.
  expect([...seen.keys()].toSorted()).toEqual(
    ['compensate', 'continue', 'end', 'execute', 'human', 'long', 'pause', 'plan', 'rollover', 'wait'].toSorted(),
  );
});

it('every state whatever has a decision, and it is the same one each time', () => {
  const state: fc.Arbitrary<StepState> = fc.oneof(
    fc.record({ status: fc.constant('pending' as const), notBeforeMs: fc.nat(2_000_000), lost: fc.nat(4) }),
    fc.constantFrom<StepState>({ status: 'completed' }, { status: 'skipped' }, { status: 'compensated' }),
    fc.constantFrom<StepState>({ status: 'failed', failure }, { status: 'inDoubt', failure: doubt }),
  );
  const steps = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      after: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'gone'), { maxLength: 3 }),
      optional: fc.boolean(),
      timeoutSeconds: fc.integer({ min: 1, max: 900 }),
      occurrence: fc.integer({ min: 1, max: 3 }),
      state,
    }),
    { selector: ({ id }) => id },
  );
  const anyInput: fc.Arbitrary<DecideInput> = fc.record({
    run: fc.record(
      {
        status: fc.constantFrom(...runStatuses),
        cancelRequested: fc.boolean(),
        compensation: fc.record({
          ending: fc.constantFrom('canceled' as const, 'failed' as const),
          reason: fc.constant('on request'),
          planned: fc.constantFrom('none' as const, 'some' as const, 'all' as const),
        }),
        deadlineMs: fc.nat(2_000_000),
        burstsInGeneration: fc.nat(8),
      },
      { requiredKeys: ['status', 'cancelRequested', 'deadlineMs', 'burstsInGeneration'] },
    ),
    steps,
    outcomes: fc.constant([]),
    morePlanned: fc.boolean(),
    replannable: fc.constant(new Set<string>()),
    recoverable: fc.constantFrom(new Set<string>(), new Set(['a', 'b'])),
    nowMs: fc.nat(2_000_000),
    burst: fc.record({ deadlineMs: fc.nat(2_000_000), stepsRun: fc.nat(8) }),
    limits: anyLimits,
  });
  fc.assert(
    fc.property(anyInput, (drawn) => {
      const input = structuredClone(drawn);
      const verdict = decide(deepFrozen(input));
      assert.deepStrictEqual(decide(structuredClone(input)), verdict);
      const { decision } = verdict;
      if (decision.kind === 'pause' || decision.kind === 'wait') assert(decision.untilMs > input.nowMs);
      if (decision.kind === 'human') assert(decision.need.reason !== '');
      if (decision.kind === 'end') assert(decision.reason !== '');
      if (decision.kind === 'execute' || decision.kind === 'long') assert(decision.stepIds.length > 0);
      if (decision.kind === 'end' && decision.status === 'completed' && input.run.status !== 'completed') {
        assert(verdict.steps.every(isOver));
      }
    }),
    { numRuns: 3_000 },
  );
});
