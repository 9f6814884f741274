import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { PlaybookDefinition } from '../../core/model/skill.ts';
import { doing, UndoneRuns } from '../fixtures/undone-runs.ts';

const trip = [
  doing('flight', 'keyed'),
  doing('look', 'look', ['flight']),
  doing('hotel', 'pure', ['look']),
  doing('car', 'plain', ['hotel']),
  doing('letter', 'forGood', ['car']),
  doing('last', 'plain', ['letter']),
];

/** A run that waits for a person, with everything done but its last step. */
async function stuck(world: UndoneRuns): Promise<string> {
  world.troubles.set('+last', ['refused']);
  const runId = await world.start({ steps: trip });
  await world.work();
  expect(await world.head(runId)).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'failure' } });
  expect(world.record).toEqual(['+flight', '+look', '+hotel', '+car', '+letter']);
  world.record.length = 0;
  return runId;
}

describe('a run that is canceled with compensation', () => {
  it('undoes what it has done, what was built on it first, and says what stands', async () => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    expect(await world.cancel(runId)).toEqual({ runId, status: 'compensating' });
    await world.work();
    expect(world.record).toEqual(['-car', '-hotel', '-flight']);
    const view = await world.view(runId);
    expect(view).toMatchObject({
      status: 'canceled',
      compensation: { by: 'ada', reason: 'not wanted', ending: 'canceled' },
      ending:
        "canceled by ada (not wanted); 3 effects were undone. What stands: step 'letter' (Desk:v1/forGood: the action declares no compensate).",
    });
    expect(view.steps.window.map(({ id, status, undoes }) => [id, status, undoes])).toEqual([
      ['flight', 'compensated', undefined],
      ['look', 'completed', undefined],
      ['hotel', 'compensated', undefined],
      ['car', 'compensated', undefined],
      ['letter', 'completed', undefined],
      ['last', 'failed', undefined],
      ['undo:car', 'completed', 'car'],
      ['undo:hotel', 'completed', 'hotel'],
      ['undo:flight', 'completed', 'flight'],
    ]);
    expect((await world.head(runId)).window).toEqual([
      { revision: 1, statuses: 'ocoocf' },
      { revision: 2, statuses: 'ccc' },
    ]);
    const [undo] = (await world.plan(runId)).items;
    expect(undo).toMatchObject({
      ...{ revision: 2, author: 'engine', final: true, reason: 'what the run has done is undone for ada: not wanted' },
      steps: [
        { id: 'undo:car', undoes: 'car', after: [] },
        { id: 'undo:hotel', undoes: 'hotel', after: ['undo:car'] },
        { id: 'undo:flight', undoes: 'flight', after: ['undo:hotel'] },
      ],
    });
    expect((await world.escalation(runId).catch(() => undefined))?.status ?? 'settled').toBe('settled');
  });

  it('is canceled once, however often it is asked for', async () => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    await Promise.all([world.cancel(runId), world.cancel(runId), world.cancel(runId, false)]);
    await world.work({ until: () => world.record.length === 1 });
    expect(await world.cancel(runId, false)).toEqual({ runId, status: 'compensating' });
    expect(await world.cancel(runId)).toEqual({ runId, status: 'compensating' });
    await world.work();
    expect(await world.cancel(runId)).toEqual({ runId, status: 'canceled' });
    expect(world.record).toEqual(['-car', '-hotel', '-flight']);
  });

  it('is taken back too when it was to be canceled only, as long as it has not ended', async () => {
    const world = new UndoneRuns();
    const runId = await world.start({ steps: trip });
    await world.work({ until: () => world.record.length === 3 });
    await world.cancel(runId, false);
    await world.cancel(runId, true);
    // A burst writes its head once a second, and learns then what others have written.
    world.clock.advance(2_000);
    await world.work();
    expect(world.record.slice(3)).toEqual(['-hotel', '-flight']);
    expect(await world.head(runId)).toMatchObject({ status: 'canceled', ending: expect.stringContaining('2 effects') });
  });

  it('that is over cannot be taken back', async () => {
    const world = new UndoneRuns();
    const done = await world.start({ steps: [doing('flight')] });
    await world.work();
    await expect(world.cancel(done)).rejects.toMatchObject({ code: 'run-over' });
    const canceled = await world.start({ steps: trip });
    await world.cancel(canceled, false);
    await world.work();
    await expect(world.cancel(canceled)).rejects.toMatchObject({
      code: 'run-over',
      message: expect.stringContaining('cannot be taken back'),
    });
    expect(world.record).toEqual(['+flight']);
  });

  it('with nothing done ends at once, and says so', async () => {
    const world = new UndoneRuns();
    const runId = await world.start({ steps: trip });
    await world.cancel(runId);
    await world.work();
    expect(await world.head(runId)).toMatchObject({
      status: 'canceled',
      ending: 'canceled by ada (not wanted); there was nothing that could be undone. Nothing else was done.',
    });
    expect(world.record).toEqual([]);
  });

  it('undoes at once what has nothing to do with each other', async () => {
    const world = new UndoneRuns();
    const steps = [doing('a'), doing('b'), doing('join', 'plain', ['a', 'b']), doing('stop', 'plain', ['join'])];
    world.troubles.set('+stop', ['refused']);
    const runId = await world.start({ steps });
    await world.work();
    await world.cancel(runId);
    await world.work({ until: () => world.record.includes('-a') });
    expect(world.record.slice(3).toSorted()).toEqual(['-a', '-b', '-join']);
  });

  it('outlives its deadline until everything is undone', async () => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    world.clock.advance(2 * 3_600_000);
    await world.cancel(runId);
    await world.work();
    expect(await world.head(runId)).toMatchObject({ status: 'canceled' });
    expect(world.record).toEqual(['-car', '-hotel', '-flight']);
  });
});

describe('a step in doubt', () => {
  it.each([
    [true, ['-car', '-hotel', '-flight']],
    [false, ['-hotel', '-flight']],
  ])('is settled by a person before anything is undone (happened: %s)', async (happened, undone) => {
    const world = new UndoneRuns();
    world.troubles.set('+car', ['lost']);
    const runId = await world.start({ steps: trip });
    await world.work();
    world.record.length = 0;
    await world.cancel(runId);
    await world.work();
    const doubt = await world.escalation(runId);
    expect(doubt).toMatchObject({ kind: 'inDoubt', stepId: 'car', status: 'open' });
    expect(await world.head(runId)).toMatchObject({ status: 'escalated', compensation: { ending: 'canceled' } });
    expect(world.record).toEqual([]);
    const output = happened ? { output: { id: 'id-of-car' } } : {};
    await world.resolve(doubt.escalationId, { resolution: 'attest', happened, ...output, reason: 'I called them' });
    await world.work();
    expect(world.record).toEqual(undone);
    expect(await world.head(runId)).toMatchObject({ status: 'canceled' });
  });
});

describe('a compensation that fails', () => {
  it('is tried five times, some minutes apart, and then blocks what has to wait for it, for a person', async () => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    world.troubles.set('-hotel', ['refused', 'busy', 'refused', 'busy', 'refused']);
    await world.cancel(runId);
    const fromMs = world.clock.now();
    await world.work({ forMs: 3 * 60_000 });
    const waiting = await world.head(runId);
    expect(waiting).toMatchObject({
      status: 'waiting',
      waitingFor: { reason: "the effect of step 'hotel' could not be undone yet: not this way" },
    });
    await world.work();
    expect(world.clock.now() - fromMs).toBe((1 + 2 + 4 + 8) * 60_000);
    expect(world.record).toEqual(['-car']);
    expect(await world.escalation(runId)).toMatchObject({
      ...{
        kind: 'failure',
        stepId: 'undo:hotel',
        failure: { class: 'compensationFailed', message: 'bug: not this way' },
      },
      reason: "step 'undo:hotel' failed: bug: not this way; until then the effects of 'flight' are not undone either",
    });
    world.clock.advance(2 * 3_600_000);
    const { deadlineMs } = await world.head(runId);
    expect(await world.resume(runId)).toEqual({ runId, status: 'compensating' });
    // Of what has failed, only the compensation is tried again, and its deadline is nobody's concern.
    expect(await world.head(runId)).toMatchObject({ occurrences: { 'undo:hotel': 2 }, deadlineMs });
    expect((await world.head(runId)).occurrences).not.toHaveProperty('last');
    await world.work();
    expect(world.record).toEqual(['-car', '-hotel', '-flight']);
    expect(await world.head(runId)).toMatchObject({ status: 'canceled' });
  });

  it.each(['keyed', 'pure', 'asked'] as const)(
    'is sent again when its answer is lost, and happens once (%s)',
    async (how) => {
      const world = new UndoneRuns();
      world.troubles.set('-it', ['lost']).set('+stop', ['refused']);
      const runId = await world.start({ steps: [doing('it', how), doing('stop', 'plain', ['it'])] });
      await world.work();
      await world.cancel(runId);
      await world.work();
      expect(await world.head(runId)).toMatchObject({ status: 'canceled' });
      // However often a pure one runs, it is the same.
      expect(new Set(world.record)).toEqual(new Set(['+it', '-it']));
      expect(world.record.filter((one) => one === '-it')).toHaveLength(1);
    },
  );

  it.each([
    [true, 'canceled'],
    [false, 'escalated'],
  ])('that nobody can look up is in doubt, and a person attests it (happened: %s)', async (happened, status) => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    world.troubles.set('-car', ['lost']);
    await world.cancel(runId);
    await world.work();
    const doubt = await world.escalation(runId);
    expect(doubt).toMatchObject({ kind: 'inDoubt', stepId: 'undo:car' });
    expect(doubt.reason).toContain("until then the effects of 'hotel', 'flight' are not undone either");
    await expect(
      world.resolve(doubt.escalationId, { resolution: 'attest', happened: true, output: {}, reason: 'x' }),
    ).rejects.toMatchObject({ code: 'invalid-output' });
    await world.resolve(doubt.escalationId, { resolution: 'attest', happened, reason: 'I called them' });
    await world.work();
    expect(await world.head(runId)).toMatchObject({ status });
    expect(world.record).toEqual(happened ? ['-car', '-hotel', '-flight'] : ['-car']);
    if (happened) return;
    // It did not happen, says the person, and then asks for another one.
    await world.resume(runId);
    await world.work();
    expect(await world.head(runId)).toMatchObject({ status: 'canceled' });
    expect(world.record).toEqual(['-car', '-car', '-hotel', '-flight']);
  });
});

describe('a person who decides that a run which has failed is to be taken back', () => {
  const decision = { resolution: 'compensate', reason: 'not worth it' } as const;

  it('has what it has done undone, and the run ends as failed', async () => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    const { escalationId } = await world.escalation(runId);
    await world.resolve(escalationId, decision);
    await expect(world.resolve(escalationId, decision)).rejects.toMatchObject({ code: 'already-settled' });
    await world.work();
    expect(world.record).toEqual(['-car', '-hotel', '-flight']);
    expect(await world.head(runId)).toMatchObject({
      status: 'failed',
      ending: expect.stringMatching(/^not worth it; it waited because step 'last' failed: .* \(taken back by ada\); 3/),
    });
  });

  it('cannot decide so about a run that is being taken back, nor about a step in doubt', async () => {
    const world = new UndoneRuns();
    const runId = await stuck(world);
    world.troubles.set('-car', ['refused', 'refused', 'refused', 'refused', 'refused']).set('-hotel', ['lost']);
    await world.cancel(runId);
    await world.work();
    const failed = await world.escalation(runId);
    await expect(world.resolve(failed.escalationId, decision)).rejects.toMatchObject({
      code: 'already-settled',
      message: expect.stringContaining('is being taken back for ada; resume it'),
    });
    const doubtful = new UndoneRuns();
    doubtful.troubles.set('+car', ['lost']);
    const other = await doubtful.start({ steps: trip });
    await doubtful.work();
    const doubt = await doubtful.escalation(other);
    await expect(doubtful.resolve(doubt.escalationId, decision)).rejects.toMatchObject({
      code: 'resolution-not-allowed',
    });
  });
});

describe('a run whose agent takes failures back', () => {
  it('undoes by itself what it has done when a step has failed for good, and ends as failed', async () => {
    const world = new UndoneRuns({ onFailure: 'compensate' });
    world.troubles.set('+car', ['refused']);
    const runId = await world.start({ steps: trip });
    await world.work();
    expect(world.record).toEqual(['+flight', '+look', '+hotel', '-hotel', '-flight']);
    expect(await world.view(runId)).toMatchObject({
      status: 'failed',
      compensation: { by: 'agent tester', ending: 'failed' },
      ending:
        "step 'car' failed: not this way (taken back by agent tester); 2 effects were undone. Nothing else was done.",
    });
  });

  it('waits for a person when something is in doubt', async () => {
    const world = new UndoneRuns({ onFailure: 'compensate' });
    world.troubles.set('+car', ['lost']);
    const runId = await world.start({ steps: trip });
    await world.work();
    expect(await world.escalation(runId)).toMatchObject({ kind: 'inDoubt', stepId: 'car' });
    expect(await world.head(runId)).not.toHaveProperty('compensation');
  });

  it('waits for a person at its deadline, who can give it more time', async () => {
    const world = new UndoneRuns({ onFailure: 'compensate' });
    const runId = await world.start({ steps: trip });
    await world.work({ until: () => world.record.length === 1 });
    world.clock.advance(2 * 3_600_000);
    await world.work();
    expect(await world.head(runId)).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'budget' } });
    expect(world.record).toEqual(['+flight']);
  });
});

/** Does one thing after the other, each in a revision of its own. */
const oneByOne = (count: number, action: 'plain' | 'look' = 'plain'): PlaybookDefinition => ({
  description: 'Does one thing after the other.',
  input: z.object({}),
  onFailure: 'compensate',
  plan: {
    kind: 'function',
    next: (_input, { count: done }) => ({
      steps: [doing(`s${done}`, action, done === 0 ? [] : [`s${done - 1}`])],
      done: done + 1 === count,
    }),
  },
});

describe('what a burst has begun that died before the head knew of it', () => {
  it.each([true, false])('is found when the run is canceled (with compensation: %s)', async (compensate) => {
    const world = new UndoneRuns({ playbooks: { many: oneByOne(9) } });
    const runId = await world.start({ playbook: 'many' });
    await world.work({ until: () => world.record.length === 3 });
    expect((await world.head(runId)).revision).toBeLessThan(3);
    world.crash();
    await world.cancel(runId, compensate);
    await world.work();
    expect(world.record.slice(3)).toEqual(compensate ? ['-s2', '-s1', '-s0'] : []);
    const { steps, revision } = await world.view(runId);
    expect(revision).toBe(compensate ? 4 : 3);
    expect(steps).toMatchObject(compensate ? { total: 6, over: 6 } : { total: 3, over: 3 });
  });
});

describe('a step that was not begun', () => {
  it('is closed in the ledger before anything is undone, so that a worker that is late cannot begin it', async () => {
    const world = new UndoneRuns();
    const runId = await world.start({ steps: trip });
    await world.work({ until: () => world.record.length === 3 });
    world.crash();
    await world.cancel(runId);
    await world.work({ until: () => world.record.includes('-hotel') });
    const items = await world.ports.ledger.readMany(
      ['car', 'letter', 'last'].map((stepId) => ({
        ...{ tenantId: 'acme', skill: 'Desk:v1', runId, stepId },
        direction: 'F' as const,
      })),
    );
    expect(items.map(({ status }) => status)).toEqual(['CANCELED', 'CANCELED', 'CANCELED']);
  });
});

describe('a burst that is late', () => {
  it('adds nothing to the plan of a run that is being taken back', async () => {
    const world = new UndoneRuns({ playbooks: { many: oneByOne(9) } });
    const runId = await world.start({ playbook: 'many' });
    await world.work({ until: () => world.record.length === 2 });
    const late = world.stateOf(runId);
    world.crash();
    await world.cancel(runId);
    await world.work({ until: () => world.record.includes('-s1') });
    // It would have planned the third step, and finds something else in its place.
    expect(await world.decideLate(late)).toMatchObject({ next: 'continue' });
    await world.work();
    expect(world.record).toEqual(['+s0', '+s1', '-s1', '-s0']);
  });
});

describe('a long run', () => {
  it('is undone from its end to its beginning, also what has long left the window', async () => {
    const count = 230;
    const world = new UndoneRuns({ playbooks: { many: oneByOne(count) } });
    world.troubles.set(`+s${count - 1}`, ['refused']);
    const runId = await world.start({ playbook: 'many' });
    await world.work();
    const undone = world.record.filter((one) => one.startsWith('-'));
    expect(undone).toEqual(Array.from({ length: count - 1 }, (_, index) => `-s${count - 2 - index}`));
    const head = await world.head(runId);
    expect(head).toMatchObject({ status: 'failed' });
    expect(head.ending).toContain(`${count - 1} effects were undone`);
    // A hundred revisions at a time.
    expect(head.revision).toBe(count + 3);
    expect((await world.view(runId)).steps).toMatchObject({ total: 2 * count - 1, over: 2 * count - 2 });
  });

  it('with nothing to undo is looked through in pieces', async () => {
    const count = 1_250;
    const world = new UndoneRuns({ playbooks: { many: oneByOne(count, 'look') } });
    world.troubles.set(`+s${count - 1}`, ['refused']);
    const runId = await world.start({ playbook: 'many' });
    await world.work();
    const head = await world.head(runId);
    expect(head).toMatchObject({ status: 'failed', ending: expect.stringContaining('nothing that could be undone') });
    expect(head.revision).toBe(count + 13);
    // More than one burst, so that no decision has had to read all of it.
    expect(head.burstsInGeneration).toBeGreaterThan(1);
  });
});
