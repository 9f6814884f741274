import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DyingRuns, minuteMs } from '../../test/fixtures/dying-runs.ts';
import { escalationOf } from '../../test/conformance/records.ts';

const hourMs = 60 * minuteMs;
const waiting = { kind: 'human', escalationId: 'esc-1', escalation: 'inDoubt', reason: 'in doubt' } as const;

let world: DyingRuns;
beforeEach(async () => {
  world = new DyingRuns();
  await world.begin();
});

/** Dies where it is, as often as that, and is started again when its time has come. */
async function dieTimes(times: number): Promise<void> {
  for (let death = 0; death < times; death += 1) {
    await world.report();
    world.clock.advance(hourMs);
    await world.sweep();
  }
}

describe('a run whose execution has died', () => {
  it('goes on at once in the next generation', async () => {
    expect(await world.report()).toBe('restarted');
    expect(await world.stored()).toMatchObject({ status: 'running', generation: 2, burstsInGeneration: 0 });
    expect(world.running()).toEqual(['g2']);
    expect(await world.open()).toEqual([]);
  });

  it('waits before it is restarted at the same place again, longer each time, and the sweep starts it then', async () => {
    await world.report();
    for (const [waits, generation] of [
      [1, 3],
      [4, 4],
    ] as const) {
      const beforeMs = world.clock.now();
      expect(await world.report()).toBe('delayed');
      const { status, waitingFor } = await world.stored();
      expect({ status, waitingFor }).toMatchObject({ status: 'waiting', waitingFor: { kind: 'time' } });
      const waitMs = (waitingFor?.kind === 'time' ? waitingFor.untilMs : 0) - beforeMs;
      expect(waitMs).toBeGreaterThanOrEqual(waits * minuteMs);
      expect(waitMs).toBeLessThanOrEqual(2 * waits * minuteMs);
      expect(waitingFor?.reason).toContain(`no ${generation - 1}`);
      world.clock.advance(waitMs - 1);
      await world.sweep();
      expect(world.running()).toEqual([]);
      world.clock.advance(1);
      await world.sweep();
      expect(world.running()).toEqual([`g${generation}`]);
      expect(await world.stored()).toMatchObject({ status: 'running', generation });
    }
  });

  it('ends with a person after three restarts, who reads what each execution died of', async () => {
    await dieTimes(3);
    expect(await world.report()).toBe('escalated');
    expect(await world.stored()).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'deadRun' } });
    const [item, ...more] = await world.open();
    expect(more).toEqual([]);
    expect(item?.kind).toBe('deadRun');
    for (const generation of [1, 2, 3, 4]) expect(item?.reason).toContain(`no ${generation}`);
    expect(world.running()).toEqual([]);
    await dieTimes(0);
    world.clock.advance(hourMs);
    await world.sweep();
    expect(world.running()).toEqual([]);
  });

  it('is not given up when it gets further between its deaths, also where only the ledger knows', async () => {
    await dieTimes(3);
    await world.doStep();
    expect(await world.report()).toBe('restarted');
    expect((await world.stored()).restarts?.count).toBe(1);
    await world.write({ revision: 2 });
    expect(await world.report()).toBe('restarted');
    await world.write({ stepsRetired: 7 });
    expect(await world.report()).toBe('restarted');
    expect(await world.report()).toBe('delayed');
  });

  it('has all its restarts again when it dies a day later', async () => {
    await dieTimes(3);
    world.clock.advance(24 * hourMs);
    expect(await world.report()).toBe('restarted');
  });

  it('is restarted when its plan cannot be read, and a person learns that', async () => {
    await world.write({ window: [{ revision: 9, statuses: 'p' }] });
    await dieTimes(3);
    expect(await world.report()).toBe('escalated');
    expect((await world.open())[0]?.reason).toContain('has no plan revision 9');
  });

  it('is restarted when it is to be canceled, so that it ends, with all its restarts', async () => {
    await dieTimes(3);
    await world.cancel();
    expect(await world.report()).toBe('restarted');
    expect((await world.stored()).cancelRequested).toBeDefined();
  });

  it('is set going again by a person, with all its restarts, and its inbox item is settled', async () => {
    await dieTimes(3);
    await world.report();
    await world.resume();
    expect(await world.open()).toEqual([]);
    expect(await world.stored()).toMatchObject({ status: 'running', generation: 5 });
    expect(world.running()).toEqual(['g5']);
    expect(await world.report()).toBe('restarted');
  });

  it('is started at once by a person who does not wait for the restart', async () => {
    await world.report();
    await world.report();
    await world.resume();
    expect(world.running()).toEqual(['g4']);
  });
});

describe('a death', () => {
  it('that is reported twice is one', async () => {
    await world.report();
    expect(await world.report(1)).toBe('restarted');
    expect(await world.stored()).toMatchObject({ generation: 2, restarts: { count: 1 } });
    await world.report();
    expect(await world.report(2)).toBe('delayed');
    expect(await world.report(1)).toBe('delayed');
    expect((await world.stored()).generation).toBe(3);
  });

  it('of an older generation changes nothing', async () => {
    await world.write({ generation: 5 });
    expect(await world.report(3)).toBe('stale');
    expect((await world.stored()).generation).toBe(5);
  });

  it('of a generation that the head has not heard of is followed by the one after it', async () => {
    expect(await world.report(4)).toBe('restarted');
    expect(world.running()).toContain('g5');
  });

  it('of a run that is over, or that nobody knows, changes nothing', async () => {
    await world.write({ status: 'completed' });
    expect(await world.report()).toBe('stale');
    const unknown = new DyingRuns();
    expect(await unknown.report(1)).toBe('stale');
  });

  it('of a run about which a person was asked changes nothing: the answer starts the next generation', async () => {
    await world.write({ status: 'escalated', waitingFor: waiting });
    await world.runs.writeEscalation(escalationOf(1, { escalationId: 'esc-1' }), undefined);
    expect(await world.report()).toBe('left');
    expect((await world.stored()).status).toBe('escalated');
  });

  it('of a run that wanted to ask a person and did not come to it is a death like any other', async () => {
    await world.write({ status: 'escalated', waitingFor: waiting });
    expect(await world.report()).toBe('restarted');
  });

  it('whose report broke off while a person set the run going settles the inbox item that was left open', async () => {
    await dieTimes(3);
    await world.report();
    const [item] = await world.open();
    if (!item) throw new Error('nobody was asked');
    await world.resume();
    await world.runs.writeEscalation({ ...item, version: 3, writeToken: 'late' }, 2);
    expect(await world.open()).toHaveLength(1);
    expect(await world.report(4)).toBe('stale');
    expect(await world.open()).toEqual([]);
    expect(world.running()).toEqual(['g5']);
  });

  it('leaves no inbox item open when a person sets the run going while the item is being written', async () => {
    await dieTimes(3);
    world.meanwhile = { call: 'writeEscalation', happens: () => world.resume() };
    await world.report();
    expect(await world.open()).toEqual([]);
    expect(await world.stored()).toMatchObject({ status: 'running', generation: 5 });
  });

  it('throws where the engine is down, and its repetition starts the run', async () => {
    world.engineIsUp = false;
    await expect(world.report()).rejects.toThrow('the engine is down');
    world.engineIsUp = true;
    expect(await world.report(1)).toBe('restarted');
    expect(world.running()).toContain('g2');
  });
});

it('whatever is reported in whatever order, a run has at most one execution, and goes on, waits or asks', async () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('report' as const), generation: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ kind: fc.constant('die' as const) }),
    fc.record({ kind: fc.constant('sweep' as const), afterMs: fc.integer({ min: 0, max: 2 * hourMs }) }),
    fc.record({ kind: fc.constant('resume' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
      const one = new DyingRuns();
      await one.begin();
      for (const now of events) {
        const { generation } = await one.stored();
        if (now.kind === 'report' && now.generation < generation) await one.report(now.generation);
        if (now.kind === 'die') await one.report();
        if (now.kind === 'resume') await one.resume();
        if (now.kind === 'sweep') {
          one.clock.advance(now.afterMs);
          await one.sweep();
        }
        const head = await one.stored();
        const isAsked = head.status === 'escalated';
        expect(one.running().length).toBeLessThanOrEqual(1);
        expect((await one.open()).length).toBe(isAsked ? 1 : 0);
        if (head.status === 'running') expect(one.running()).toEqual([`g${head.generation}`]);
        else expect(one.running()).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});
