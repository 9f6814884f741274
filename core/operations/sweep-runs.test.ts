import { beforeEach, describe, expect, it } from 'vitest';
import { escalationOf } from '../../test/conformance/records.ts';
import { DyingRuns, minuteMs } from '../../test/fixtures/dying-runs.ts';

const hourMs = 60 * minuteMs;
const waiting = { kind: 'human', escalationId: 'esc-1', escalation: 'inDoubt', reason: 'in doubt' } as const;

let world: DyingRuns;
beforeEach(async () => {
  world = new DyingRuns();
  await world.begin();
});

const asked = (): Promise<unknown> =>
  world.runs.writeEscalation(escalationOf(1, { escalationId: waiting.escalationId }), undefined);

describe('a run that stopped moving', () => {
  it('is left alone for as long as a long step may take', async () => {
    await world.die();
    world.clock.advance(19 * minuteMs);
    expect((await world.sweep()).runs).toEqual({ started: 0, revived: 0, asked: 0, left: 0 });
    expect((await world.stored()).generation).toBe(1);
  });

  it('is restarted when its execution is over and nobody has said so', async () => {
    await world.die();
    world.clock.advance(30 * minuteMs);
    expect((await world.sweep()).runs.revived).toBe(1);
    expect(world.running()).toEqual(['g2']);
    expect((await world.stored()).restarts?.causes[0]).toContain('nobody has reported how it ended');
  });

  it('is started when it never was, which is no restart', async () => {
    world.executions.clear();
    world.clock.advance(30 * minuteMs);
    expect((await world.sweep()).runs.started).toBe(1);
    expect(world.running()).toEqual(['g1']);
    expect(await world.stored()).not.toHaveProperty('restarts');
  });

  it('is as it was when its execution runs', async () => {
    const before = await world.stored();
    world.clock.advance(30 * minuteMs);
    await world.sweep();
    expect(await world.stored()).toEqual(before);
    expect(world.running()).toEqual(['g1']);
  });

  it('is left alone when only the index says so', async () => {
    await world.die();
    const { tenantId, runId } = world.head;
    const swept = await world.sweep({
      async *scanOverdue() {
        yield { tenantId, runId };
      },
    });
    expect(swept.runs.left).toBe(1);
    expect((await world.stored()).generation).toBe(1);
  });

  it('is found some minutes after what it waited for', async () => {
    await world.write({
      ...{ status: 'waiting' },
      waitingFor: { kind: 'time', untilMs: world.clock.now() + hourMs, reason: 'a backoff' },
    });
    await world.die();
    world.clock.advance(hourMs + 4 * minuteMs);
    expect((await world.sweep()).runs.revived).toBe(0);
    world.clock.advance(minuteMs);
    expect((await world.sweep()).runs.revived).toBe(1);
  });

  it('ends with a person when it stops again and again', async () => {
    for (let sweep = 0; sweep < 7; sweep += 1) {
      await world.die();
      world.clock.advance(hourMs);
      await world.sweep();
    }
    expect(await world.stored()).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'deadRun' } });
    expect((await world.open()).map(({ kind }) => kind)).toEqual(['deadRun']);
  });

  it('is left alone once it is over', async () => {
    await world.write({ status: 'completed' });
    await world.die();
    world.clock.advance(100 * hourMs);
    await world.sweep();
    expect(await world.stored()).toMatchObject({ status: 'completed', generation: 1 });
  });
});

describe('a run that waits for a person', () => {
  it('whose inbox item is there is looked at once a day, whether its execution lives or not', async () => {
    await world.write({ status: 'escalated', waitingFor: waiting });
    await asked();
    await world.die();
    world.clock.advance(hourMs);
    expect((await world.sweep()).runs.left).toBe(1);
    world.clock.advance(23 * hourMs);
    expect((await world.sweep()).runs.left).toBe(0);
    world.clock.advance(2 * hourMs);
    expect((await world.sweep()).runs.left).toBe(1);
    expect(await world.stored()).toMatchObject({ status: 'escalated', generation: 1, waitingFor: waiting });
  });

  it('asks again in the next generation when nobody was asked, though its execution lives', async () => {
    await world.write({ status: 'escalated', waitingFor: waiting });
    world.clock.advance(19 * minuteMs);
    expect((await world.sweep()).runs.revived).toBe(0);
    world.clock.advance(minuteMs);
    expect((await world.sweep()).runs.revived).toBe(1);
    expect(await world.stored()).toMatchObject({ status: 'running', generation: 2 });
    expect(world.running()).toContain('g2');
  });

  it('because it died is not set going; its inbox item is written if it is missing', async () => {
    const waitingFor = { kind: 'human', escalationId: 'esc-9', escalation: 'deadRun', reason: 'it died' } as const;
    await world.write({ status: 'escalated', waitingFor });
    world.clock.advance(hourMs);
    expect((await world.sweep()).runs.asked).toBe(1);
    expect(await world.open()).toMatchObject([{ escalationId: 'esc-9', kind: 'deadRun', reason: 'it died' }]);
    world.clock.advance(hourMs);
    expect((await world.sweep()).runs).toEqual({ started: 0, revived: 0, asked: 0, left: 1 });
  });
});

it('what fails in a sweep is named, with its run', async () => {
  world.clock.advance(hourMs);
  world.engineIsUp = false;
  const { failures } = await world.sweep();
  expect(failures).toMatchObject([{ run: { runId: world.head.runId }, error: { message: 'the engine is down' } }]);
});

it('a sweep whose time is up leaves the others to the next one, and says so', async () => {
  const runs = Array.from({ length: 25 }, (_, number) => ({ tenantId: 'acme', runId: `run-${number}` }));
  const looked: string[] = [];
  const swept = await world.sweep({
    async *scanOverdue() {
      yield* runs;
    },
    readHead: async ({ runId }) => {
      looked.push(runId);
      world.clock.advance(10_000);
      if (runId === 'run-3') throw new Error('its item is broken');
      return undefined;
    },
  });
  expect(looked).toHaveLength(10);
  expect(swept).toMatchObject({ more: true, failures: [{ run: { runId: 'run-3' } }] });
});

/** Situations, and what is done about them, again and again until it has worked. */
const situations: Record<
  string,
  { prepare: (one: DyingRuns) => Promise<void>; act: (one: DyingRuns) => Promise<unknown> }
> = {
  'the first death': { prepare: async (one) => void (await one.die()), act: (one) => one.report(1) },
  'the second death': {
    prepare: async (one) => {
      await one.report();
      await one.die();
    },
    act: (one) => one.report(2),
  },
  'the last death': {
    prepare: async (one) => {
      for (let death = 0; death < 3; death += 1) {
        await one.report();
        one.clock.advance(hourMs);
        await one.sweep();
      }
      await one.die();
    },
    act: (one) => one.report(4),
  },
  'a restart that is due': {
    prepare: async (one) => {
      await one.report();
      await one.report();
      one.clock.advance(hourMs);
    },
    act: sweepUntilDone,
  },
  'an end that nobody reported': {
    prepare: async (one) => {
      await one.die();
      one.clock.advance(hourMs);
    },
    act: sweepUntilDone,
  },
  'a person whom nobody asked': {
    prepare: async (one) => {
      await one.write({ status: 'escalated', waitingFor: waiting });
      await one.die();
      one.clock.advance(hourMs);
    },
    act: sweepUntilDone,
  },
};

/** The next sweeps come whether or not the first one failed. */
async function sweepUntilDone(one: DyingRuns): Promise<void> {
  for (let sweep = 0; sweep < 3; sweep += 1) {
    await one.sweep();
    one.clock.advance(40 * minuteMs);
  }
}

async function outcomeOf(one: DyingRuns): Promise<unknown> {
  const { status, generation, waitingFor, restarts } = await one.stored();
  const open = (await one.open()).map(({ kind, reason }) => [kind, reason]);
  const delayed = restarts?.delayed === true;
  return { status, generation, waits: waitingFor?.kind, count: restarts?.count, delayed, running: one.running(), open };
}

describe.each(Object.entries(situations))('%s', (_, { prepare, act }) => {
  const begun = async (): Promise<DyingRuns> => {
    const one = new DyingRuns();
    await one.begin();
    await prepare(one);
    one.calls = 0;
    return one;
  };

  it('comes to the same whichever call of the store or the engine fails, before or after it was done', async () => {
    const calm = await begun();
    await act(calm);
    const wanted = await outcomeOf(calm);
    const { calls } = calm;
    expect(calls).toBeGreaterThan(3);
    for (let call = 0; call < calls; call += 1) {
      for (const when of ['before', 'after'] as const) {
        const one = await begun();
        one.failing = { call, when };
        await act(one).catch(() => undefined);
        await act(one);
        expect(await outcomeOf(one), `call ${call} ${when}`).toEqual(wanted);
      }
    }
  });
});
