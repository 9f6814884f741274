import { beforeEach, describe, expect, it } from 'vitest';
import { BeginningRuns, tokens } from '../../test/fixtures/beginning-runs.ts';

let world: BeginningRuns;
beforeEach(() => {
  world = new BeginningRuns();
});

describe('a part of a goal that is handed on', () => {
  it('is one run with its part of the budget, whose result the step gives', async () => {
    const parent = await world.start();
    await world.work();
    expect(await world.head(parent)).toMatchObject({ status: 'completed' });
    const [child, ...more] = await world.begunBy(parent);
    expect(more).toEqual([]);
    expect(await world.request(child)).toMatchObject({ agent: 'worker', budget: { tokens: tokens / 2 } });
    expect(world.effects).toHaveLength(1);
    expect(await world.ports.spend.ofRun({ tenantId: 'acme', runId: parent })).toEqual({ usdMicros: 0, tokens: 0 });
  });

  it('has no later deadline than the run above, whatever it asks for and its agent has', async () => {
    const parent = await world.start({ budget: { deadlineSeconds: 40 * 86_400 } });
    await world.work({ until: async () => (await world.begunBy(parent)).length === 1 });
    const { deadlineMs } = await world.head(parent);
    const [child] = await world.begunBy(parent);
    expect((await world.head(child)).deadlineMs).toBe(deadlineMs);

    const hurried = await world.start({ budget: { deadlineSeconds: 60 } });
    await world.work({ until: async () => (await world.begunBy(hurried)).length === 1 });
    const [early] = await world.begunBy(hurried);
    const { createdAtMs, deadlineMs: earlyMs } = await world.head(early);
    expect(earlyMs).toBe(createdAtMs + 60_000);
  });

  it('waits for a person at its deadline, and the run above with it; resumed, both come to their end', async () => {
    world.providerIsUp = false;
    const parent = await world.start();
    await world.work({ until: async () => (await world.begunBy(parent)).length === 1 });
    const [child] = await world.begunBy(parent);
    await world.work({ forMs: 60_000 });
    expect((await world.head(parent)).status).toBe('waiting');
    const { deadlineMs } = await world.head(parent);
    await world.work({ forMs: deadlineMs - world.clock.now() + 60_000 });
    expect(await world.head(child)).toMatchObject({ status: 'escalated' });
    expect(await world.head(child)).not.toHaveProperty('cancelRequested');
    expect(await world.head(parent)).toMatchObject({
      status: 'waiting',
      waitingFor: { reason: expect.stringContaining(child ?? '') },
    });
    expect(world.effects).toEqual([]);
    world.providerIsUp = true;
    await world.resume(child);
    await world.work();
    expect(await world.head(parent)).toMatchObject({ status: 'completed' });
    expect(world.effects).toHaveLength(1);
  });
});

describe('a part that needs more', () => {
  it('gets it out of what the run above has left, and never more than that', async () => {
    world.providerIsUp = false;
    const parent = await world.start();
    await world.work({ until: async () => (await world.begunBy(parent)).length === 1 });
    const [child] = await world.begunBy(parent);
    await world.resume(child, { tokens: tokens - 100 });
    expect(await world.accountOf(parent)).toMatchObject({ open: [{ tokens: tokens - 100 }] });
    // Less than it has is no reason to take any away.
    await world.resume(child, { tokens: 10 });
    expect(await world.accountOf(parent)).toMatchObject({ open: [{ tokens: tokens - 100 }] });

    await expect(world.resume(child, { tokens: tokens + 1 })).rejects.toMatchObject({ code: 'part-too-large' });
    expect((await world.head(child)).budget).toEqual({ tokens: 10 });
    await world.resume(parent, { tokens: 2 * tokens });
    await world.resume(child, { tokens: tokens + 1 });
    expect((await world.head(child)).budget).toEqual({ tokens: tokens + 1 });
    expect(await world.accountOf(parent)).toMatchObject({ open: [{ tokens: tokens + 1 }] });
  });
});

const calls = [
  ...['runs.readHead', 'runs.readRequest', 'runs.createRun', 'spend.allot', 'engine.start'],
  ...['spend.ofRun', 'spend.takeBack', 'ledger.write', 'runs.readPlan', 'ledger.readMany'],
] as const;

describe('a call that fails once while a part is handed on', () => {
  it.each(calls.flatMap((call) => (['before', 'after'] as const).map((when) => [call, when] as const)))(
    '%s, %s it was done: one run is begun, its effect is there once, and the account is right',
    async (call, when) => {
      for (let nth = 0; nth < 30; nth += 1) {
        world = new BeginningRuns();
        world.failing = { call, when, nth };
        const parent = await world.start();
        await world.work();
        const name = `${call} ${nth}`;
        expect(await world.head(parent), name).toMatchObject({ status: 'completed' });
        expect(await world.begunBy(parent), name).toHaveLength(1);
        expect(world.effects, name).toHaveLength(1);
        expect(await world.accountOf(parent), name).toMatchObject({ open: [], spent: { tokens: 0 } });
        if (world.failing !== undefined) break;
      }
      expect(world.failing, 'more calls than the test has looked at').toBeDefined();
    },
  );
});

describe('a run that is being ended', () => {
  it('takes what the other run has reached just before it was to end', async () => {
    const parent = await world.start();
    await world.work({ until: async () => (await world.begunBy(parent)).length === 1 });
    const [child] = await world.begunBy(parent);
    await world.cancel(parent);
    // It is over between the look at it and its cancellation.
    let wasOver = false;
    world.before('runs.readHead', 1, async () => {
      await world.workOn(child);
      wasOver = (await world.head(child)).status === 'completed';
    });
    await world.workOn(parent);
    world.clock.advance(2_000);
    await world.workOn(parent);
    await world.work();
    expect(wasOver).toBe(true);
    expect(await world.head(child)).not.toHaveProperty('cancelRequested');
    expect(await world.head(parent)).toMatchObject({ status: 'canceled' });
    expect(await world.accountOf(parent)).toMatchObject({ open: [] });
  });

  it('keeps a worker from beginning the other run that is late with it', async () => {
    const parent = await world.start();
    const late = world.holdNext('runs.createRun');
    await world.work({ until: async () => late.isHeld() });
    expect(await world.accountOf(parent)).toMatchObject({ open: [{ tokens: tokens / 2 }] });
    await world.cancel(parent);
    await world.work({ forMs: 120_000 });
    expect(await world.head(parent)).toMatchObject({ status: 'canceled' });
    late.release();
    await world.work();
    const [child] = await world.begunBy(parent);
    expect(await world.head(child)).toMatchObject({ status: 'canceled', revision: 0 });
    expect(await world.accountOf(parent)).toMatchObject({ open: [], spent: { tokens: 0 } });
    expect(world.effects).toEqual([]);
  });
});

describe('a run that is taken back', () => {
  it('has what goes on for it taken back too, and waits until that is over', async () => {
    const parent = await world.start({ playbook: 'do-and-stop' });
    await world.work({ forMs: 60_000 });
    const [child] = await world.begunBy(parent);
    expect(await world.head(child)).toMatchObject({ status: 'escalated' });
    await world.cancel(parent, true);
    await world.work();
    expect(await world.head(child)).toMatchObject({ status: 'canceled', compensation: { by: parent } });
    expect(await world.head(parent)).toMatchObject({
      status: 'canceled',
      ending: 'canceled by ada (no reason given); there was nothing that could be undone. Nothing else was done.',
    });
    expect(world.undone).toBe(1);
    expect(await world.accountOf(parent)).toMatchObject({ open: [] });
  });

  it('names the run that has reached its part of the goal, for that stands', async () => {
    const parent = await world.start({}, true);
    await world.work();
    expect(await world.head(parent)).toMatchObject({ status: 'escalated' });
    const [child] = await world.begunBy(parent);
    await world.cancel(parent, true);
    await world.work();
    expect(await world.head(child)).toMatchObject({ status: 'completed' });
    expect(await world.head(parent)).toMatchObject({
      status: 'canceled',
      ending: expect.stringContaining(`What stands: step 'on' (Agent:v1/worker: run ${child} is completed).`),
    });
    expect(world.undone).toBe(0);
  });
});
