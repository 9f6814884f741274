import { afterEach, describe, expect, it, vi } from 'vitest';
import { escalationPage, escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import { faults } from './project.ts';
import { createWorld } from './world.ts';

afterEach(() => {
  vi.restoreAllMocks();
  faults.clear();
});

/** A run of the playbook `greet`, after its executions went as far as they could. */
async function greeted(fault?: 'refused' | 'no answer', deadlineSeconds = 3_600) {
  const world = createWorld();
  if (fault) faults.set('ADA', fault);
  const body = { agent: 'writer', playbook: 'greet', input: { name: 'ada' }, budget: { deadlineSeconds } };
  const { runId } = await world.get(runAccepted, '/v1/runs', { body });
  const path = `/v1/runs/${runId}`;
  const show = (): Promise<ReturnType<typeof runView.parse>> => world.get(runView, path);
  const post = (verb: 'cancel' | 'resume', reason?: string, more: object = {}) =>
    world.get(runAccepted, `${path}/${verb}`, { body: { ...(reason === undefined ? {} : { reason }), ...more } });
  const escalations = async (status: string) =>
    (await world.get(escalationPage, `/v1/escalations?status=${status}`)).items;
  return { ...world, runId, path, show, post, escalations };
}

describe('canceling', () => {
  it('ends a run that has begun nothing', async () => {
    const { post, drive, show } = await greeted();
    expect(await post('cancel', 'not needed')).toMatchObject({ status: 'pending' });
    await drive();
    const shown = await show();
    expect(shown).toMatchObject({ status: 'canceled', cancelRequested: { by: 'ada', reason: 'not needed' } });
  });

  it('twice is harmless, also once the run is canceled', async () => {
    const { post, drive, show } = await greeted();
    await post('cancel', 'first');
    await post('cancel', 'second');
    await drive();
    expect(await post('cancel', 'third')).toMatchObject({ status: 'canceled' });
    expect((await show()).cancelRequested?.reason).toBe('first');
  });

  it('needs no body', async () => {
    const { ask, path } = await greeted();
    expect((await ask(`${path}/cancel`, { method: 'POST' })).status).toBe(202);
  });

  it('picks up a run whose execution is dead', async () => {
    const { engine, runId, post, drive, show } = await greeted();
    engine.kill(runId);
    await post('cancel');
    expect(engine.names(runId)).toEqual([`${runId}-g1`, `${runId}-g2`]);
    await drive();
    expect((await show()).status).toBe('canceled');
  });

  it('picks up a run that waits for a person, settles what it waited for and lets the old execution end', async () => {
    const { drive, post, show, escalations, engine, runId } = await greeted('refused');
    await drive();
    expect((await show()).status).toBe('escalated');
    await post('cancel', 'enough');
    await drive();
    expect((await show()).status).toBe('canceled');
    expect(await escalations('open')).toEqual([]);
    expect(await escalations('settled')).toMatchObject([
      { settled: { by: 'ada', reason: 'the run was canceled: enough' } },
    ]);
    expect(engine.names(runId).map((name) => engine.executions.get(name)?.standing)).toEqual(['closed', 'closed']);
  });

  it('does not hide a step in doubt: the run still waits for a person', async () => {
    const { drive, post, show, escalations } = await greeted('no answer');
    await drive();
    await post('cancel');
    await drive();
    expect(await show()).toMatchObject({ status: 'escalated', cancelRequested: { by: 'ada' } });
    expect(await escalations('open')).toMatchObject([{ kind: 'inDoubt', stepId: 'post' }]);
  });
});

describe('canceling with compensation', () => {
  const back = { compensate: true };

  it('is shown, ends with what stands, and is harmless to repeat', async () => {
    const { drive, post, show, escalations } = await greeted('refused');
    await drive();
    expect(await post('cancel', 'wrong name', back)).toMatchObject({ status: 'compensating' });
    expect(await show()).toMatchObject({ status: 'compensating', cancelRequested: { by: 'ada' } });
    expect(await post('cancel', 'again', back)).toMatchObject({ status: 'compensating' });
    await drive();
    expect(await post('cancel', 'once more', back)).toMatchObject({ status: 'canceled' });
    expect(await post('cancel')).toMatchObject({ status: 'canceled' });
    expect(await show()).toMatchObject({
      compensation: { by: 'ada', reason: 'wrong name', ending: 'canceled' },
      ending: expect.stringContaining('canceled by ada (wrong name); there was nothing that could be undone.'),
    });
    expect(await escalations('open')).toEqual([]);
  });

  it('is refused for a run that is over, also for one that was canceled without', async () => {
    const { drive, post, refused, path } = await greeted();
    await post('cancel');
    await drive();
    await refused('run-over', `${path}/cancel`, { body: back });
    const completed = await greeted();
    await completed.drive();
    const { detail } = await completed.refused('run-over', `${completed.path}/cancel`, { body: back });
    expect(detail).toContain('cannot be taken back');
  });

  it('is yes or no', async () => {
    const { refused, path } = await greeted();
    const { problems } = await refused('invalid-request', `${path}/cancel`, { body: { compensate: 'yes' } });
    expect(problems).toMatchObject([{ path: 'compensate' }]);
  });
});

describe('resuming', () => {
  it('tries a failed step once more, as another occurrence, and settles the escalation', async () => {
    const { drive, post, show, escalations, ports, runId } = await greeted('refused');
    await drive();
    expect((await show()).steps.window[1]).toMatchObject({
      id: 'post',
      status: 'failed',
      failure: { class: 'denied' },
    });
    expect(await post('resume', 'granted now')).toEqual({ runId, status: 'running' });
    expect((await show()).waitingFor).toBeUndefined();
    await drive();
    expect(await show()).toMatchObject({ status: 'completed', output: { greeting: 'ADA' } });
    expect(await escalations('settled')).toMatchObject([{ settled: { reason: 'resumed by ada: granted now' } }]);
    const ref = { tenantId: 'acme', skill: 'Mail:v1', runId, stepId: 'post', direction: 'F' } as const;
    expect(await ports.ledger.read(ref)).toMatchObject({ status: 'DONE', occurrence: 2 });
  });

  it('twice is harmless', async () => {
    const { drive, post, show, engine, runId } = await greeted('refused');
    await drive();
    await post('resume');
    await post('resume');
    expect(engine.names(runId)).toEqual([`${runId}-g1`, `${runId}-g2`]);
    await drive();
    await drive();
    expect((await show()).status).toBe('completed');
  });

  it.each(['readEscalation', 'writeEscalation'] as const)(
    'is completed by its repetition when the process died before %s',
    async (call) => {
      const { drive, post, ask, path, show, escalations, ports } = await greeted('refused');
      await drive();
      vi.spyOn(ports.runs, call).mockRejectedValueOnce(new Error('the process died'));
      expect((await ask(`${path}/resume`, { body: {} })).status).toBe(500);
      await post('resume');
      await drive();
      expect((await show()).status).toBe('completed');
      expect(await escalations('open')).toEqual([]);
    },
  );

  it('is completed by its repetition when the execution could not be started', async () => {
    const { drive, post, refused, path, show, engine } = await greeted('refused');
    await drive();
    engine.startFault = new Error('throttled');
    await refused('engine-unavailable', `${path}/resume`, { body: {} });
    await post('resume');
    await drive();
    expect((await show()).status).toBe('completed');
  });

  it('extends a deadline that has passed, by what the agent allows', async () => {
    const { clock, drive, show, post, escalations } = await greeted(undefined, 60);
    clock.advance(61_000);
    await drive();
    expect(await show()).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human' } });
    expect(await escalations('open')).toMatchObject([{ kind: 'budget' }]);
    await post('resume');
    const { deadline } = await show();
    expect(Date.parse(deadline) - clock.now()).toBe(3_600_000);
    await drive();
    expect((await show()).status).toBe('completed');
  });

  it('starts the next execution of a run whose execution is dead, and leaves a healthy one alone', async () => {
    const { engine, runId, post, drive, show } = await greeted();
    await post('resume');
    expect(engine.names(runId)).toEqual([`${runId}-g1`]);
    engine.kill(runId);
    await post('resume');
    expect(engine.names(runId)).toEqual([`${runId}-g1`, `${runId}-g2`]);
    await drive();
    expect((await show()).status).toBe('completed');
  });

  it('changes nothing of a run that waits for a step in doubt', async () => {
    const { drive, refused, path, runId, ports } = await greeted('no answer');
    await drive();
    const before = await ports.runs.readHead({ tenantId: 'acme', runId });
    await refused('step-in-doubt', `${path}/resume`, { body: {} });
    expect(await ports.runs.readHead({ tenantId: 'acme', runId })).toEqual(before);
  });
});

describe('an escalation', () => {
  it('is listed and shown without the token that wakes its run', async () => {
    const { drive, escalations, get, ask, ports } = await greeted('refused');
    await drive();
    const [listed] = await escalations('open');
    expect(listed).toMatchObject({
      kind: 'denied',
      status: 'open',
      agent: 'writer',
      stepId: 'post',
      failure: { class: 'denied' },
    });
    const path = `/v1/escalations/${listed?.escalationId}`;
    // Shown alone, it has the whole case besides.
    const { case: shown, ...item } = await get(escalationView, path);
    expect(item).toEqual(listed);
    expect(shown).toMatchObject({ goal: 'Greet somebody.', step: { skill: 'Mail:v1' } });
    expect((await ports.runs.readEscalation('acme', listed?.escalationId ?? ''))?.taskToken).toContain('token of');
    for (const at of [path, '/v1/escalations'])
      expect(JSON.stringify((await ask(at)).answer)).not.toContain('token of');
  });
});
