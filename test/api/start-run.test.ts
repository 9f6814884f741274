import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../core/adapters/system/index.ts';
import { runAccepted, runPage, runView } from '../../core/contract/api.ts';
import { createWorld, tokenWith } from './world.ts';

const greet = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
const keyed = (key: string, body: unknown = greet) => ({ body, headers: { 'idempotency-key': key } });

afterEach(() => vi.restoreAllMocks());

describe('starting a run', () => {
  it('stores what was asked for and starts its first execution', async () => {
    const { get, ports, engine } = createWorld();
    const body = { ...greet, goal: 'be kind', labels: { team: 'red' }, budget: { deadlineSeconds: 60 } };
    const { runId, status } = await get(runAccepted, '/v1/runs', { body });
    expect(status).toBe('pending');
    expect(engine.names(runId)).toEqual([`${runId}-g1`]);
    const run = { tenantId: 'acme', runId };
    expect(await ports.runs.readRequest(run)).toMatchObject({
      goal: 'be kind',
      playbook: 'greet',
      labels: { team: 'red' },
      requestedBy: 'ada',
      // As the playbook's schema reads it, with its defaults.
      input: { name: 'ada', mood: 'glad' },
    });
    const shown = await get(runView, `/v1/runs/${runId}`);
    expect(Date.parse(shown.deadline) - Date.parse(shown.createdAt)).toBe(60_000);
    expect(shown.steps).toEqual({ total: 0, over: 0, window: [] });
  });

  it('takes a plan that the gate accepts', async () => {
    const { get, drive } = createWorld();
    const steps = [{ id: 'a', skill: 'Words:v1', action: 'shout', input: { text: '${input.text}' } }];
    const body = { agent: 'writer', input: { text: 'hi' }, plan: { steps, output: '${steps.a.output.text}' } };
    const { runId } = await get(runAccepted, '/v1/runs', { body });
    await drive();
    expect(await get(runView, `/v1/runs/${runId}`)).toMatchObject({ status: 'completed', output: 'HI' });
  });

  it('without a key makes a run for each call', async () => {
    const { get } = createWorld();
    for (let count = 0; count < 3; count += 1) await get(runAccepted, '/v1/runs', { body: greet });
    expect((await get(runPage, '/v1/runs')).items).toHaveLength(3);
  });
});

describe('starting a run under a key', () => {
  it('makes one run of 50 concurrent calls', async () => {
    const { get, engine } = createWorld({ clock: systemClock });
    const calls = Array.from({ length: 50 }, () => get(runAccepted, '/v1/runs', keyed('one')));
    const runIds = new Set((await Promise.all(calls)).map(({ runId }) => runId));
    expect(runIds.size).toBe(1);
    expect((await get(runPage, '/v1/runs')).items).toHaveLength(1);
    expect(engine.executions.size).toBe(1);
  });

  it('answers a repetition with the run and where it stands now', async () => {
    const { get, drive } = createWorld();
    const first = await get(runAccepted, '/v1/runs', keyed('again'));
    await drive();
    const reordered = { input: { name: 'ada' }, playbook: 'greet', agent: 'writer' };
    expect(await get(runAccepted, '/v1/runs', keyed('again', reordered))).toEqual({
      runId: first.runId,
      status: 'completed',
    });
  });

  it('keeps the key free when the request was wrong', async () => {
    const { get, refused } = createWorld();
    await refused('unknown-playbook', '/v1/runs', keyed('corrected', { ...greet, playbook: 'great' }));
    expect((await get(runAccepted, '/v1/runs', keyed('corrected'))).status).toBe('pending');
  });

  it('means another run to another tenant', async () => {
    const { get } = createWorld();
    const token = await tokenWith({ tenant: 'other' });
    const [ours, theirs] = [
      await get(runAccepted, '/v1/runs', keyed('both')),
      await get(runAccepted, '/v1/runs', { ...keyed('both', { ...greet, goal: 'x' }), token }),
    ];
    expect(theirs.runId).not.toBe(ours.runId);
  });

  it.each(['writeIdempotency', 'readHead', 'readRequest', 'createRun'] as const)(
    'is healed by its repetition when the process died right after %s',
    async (call) => {
      const { ask, get, ports, clock, engine } = createWorld();
      const real = ports.runs[call].bind(ports.runs) as (...args: unknown[]) => Promise<unknown>;
      vi.spyOn(ports.runs, call).mockImplementationOnce(async (...args: unknown[]) => {
        await real(...args);
        throw new Error('the process died');
      });
      expect((await ask('/v1/runs', keyed('healed'))).status).toBe(500);
      clock.advance(6_000);
      const { runId } = await get(runAccepted, '/v1/runs', keyed('healed'));
      expect((await get(runPage, '/v1/runs')).items.map((item) => item.runId)).toEqual([runId]);
      expect(engine.names(runId)).toEqual([`${runId}-g1`]);
      expect(await get(runAccepted, '/v1/runs', keyed('healed'))).toMatchObject({ runId });
    },
  );

  it('is healed when it died between the request and the head', async () => {
    const { ask, get, ports, clock } = createWorld();
    const real = ports.runs.createRun.bind(ports.runs);
    vi.spyOn(ports.runs, 'createRun').mockImplementationOnce(async (request, head) => {
      // No store takes such a head, but the request is written first.
      return real(request, { ...head, version: 0 });
    });
    expect((await ask('/v1/runs', keyed('half'))).status).toBe(500);
    clock.advance(6_000);
    const { runId } = await get(runAccepted, '/v1/runs', keyed('half'));
    const { createdAt, updatedAt } = await get(runView, `/v1/runs/${runId}`);
    expect(Date.parse(createdAt)).toBe(clock.now() - 6_000);
    expect(updatedAt).toBe(createdAt);
  });

  it('is healed when it died after the execution was started, and when that execution is dead as well', async () => {
    const { ask, get, ports, clock, engine } = createWorld();
    const real = ports.runs.writeIdempotency.bind(ports.runs);
    const write = vi.spyOn(ports.runs, 'writeIdempotency');
    write.mockImplementationOnce(real).mockRejectedValueOnce(new Error('the process died'));
    expect((await ask('/v1/runs', keyed('late'))).status).toBe(500);
    const [name = ''] = engine.executions.keys();
    const runId = name.replace(/-g1$/, '');
    engine.kill(runId);
    clock.advance(6_000);
    expect(await get(runAccepted, '/v1/runs', keyed('late'))).toMatchObject({ runId });
    expect(engine.names(runId)).toEqual([`${runId}-g1`, `${runId}-g2`]);
  });

  it('is healed by many repetitions at once just as by one', async () => {
    const { ask, get, ports, clock, engine } = createWorld();
    vi.spyOn(ports.runs, 'createRun').mockRejectedValueOnce(new Error('the process died'));
    expect((await ask('/v1/runs', keyed('crowd'))).status).toBe(500);
    clock.advance(6_000);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('/v1/runs', keyed('crowd'))));
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect((await get(runPage, '/v1/runs')).items).toHaveLength(1);
    expect(engine.executions.size).toBe(1);
  });
});
