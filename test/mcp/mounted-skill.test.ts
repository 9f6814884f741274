import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../core/adapters/system/index.ts';
import type { RunView } from '../../core/contract/api.ts';
import { runAccepted, runView } from '../../core/contract/api.ts';
import type { Registry } from '../../core/model/skill.ts';
import type { McpSkillOptions, McpToolOptions } from '../../core/sdk/index.ts';
import { defineAgent, defineMcpSkill } from '../../core/sdk/index.ts';
import { createWorld } from '../api/world.ts';
import type { Manner, ToolServer } from './tool-server.ts';
import { startToolServer } from './tool-server.ts';

const title = z.object({ title: z.string() });
const ticket = z.object({ ticketId: z.string() });
const tool = (name: string, options: Partial<McpToolOptions> = {}): McpToolOptions => ({
  tool: name,
  description: 'Does something.',
  input: title,
  timeoutSeconds: 1,
  ...options,
});

function worldOf(url: string, tools: McpSkillOptions['tools'], options: Partial<McpSkillOptions> = {}) {
  const skill = defineMcpSkill({
    ...{ id: 'Desk:v1', release: '1.0.0', description: 'A help desk.', server: url, tools },
    ...options,
  });
  const agent = defineAgent({ name: 'clerk', description: 'Opens tickets.', grants: ['Desk:v1'] });
  const registry: Registry = { skills: new Map([[skill.id, skill]]), agents: new Map([[agent.name, agent]]) };
  const world = createWorld({ registry, clock: systemClock });
  /** A run with one step, carried to where it ends or waits. */
  const call = async (action: string, name = 'broken lamp'): Promise<RunView> => {
    const steps = [{ id: 'call', skill: 'Desk:v1', action, input: { title: name } }];
    const body = { agent: 'clerk', plan: { steps, output: '${steps.call.output}' } };
    const { runId } = await world.get(runAccepted, '/v1/runs', { body });
    await world.drive();
    return world.get(runView, `/v1/runs/${runId}?outputs=true`);
  };
  return { ...world, skill, call };
}

/** What became of the one step of a run. */
function stepOf(run: RunView): object {
  return run.steps.window[0] ?? {};
}

describe.each<Manner>(['stateless', 'sessions', 'both'])('a server that speaks %s', (manner) => {
  let server: ToolServer;
  beforeAll(async () => {
    server = await startToolServer(manner);
  });
  afterAll(() => server.stop());

  it('is called once, and its data are the output', async () => {
    server.heard.length = 0;
    const { call } = worldOf(server.url, { create: tool('create_ticket', { output: ticket }) });
    const before = server.tickets.length;
    const run = await call('create');
    expect(run).toMatchObject({ status: 'completed', output: { ticketId: `T${before + 1}` } });
    expect(server.tickets.slice(before)).toEqual(['broken lamp']);
    const calls = server.heard.filter(({ method }) => method === 'tools/call');
    expect(calls).toEqual([
      { method: 'tools/call', session: manner === 'sessions' ? expect.any(String) : null, key: expect.any(String) },
    ]);
  });

  it('may be told how it speaks, and is not asked then', async () => {
    server.heard.length = 0;
    const protocol = manner === 'sessions' ? '2025-06-18' : '2026-07-28';
    const { call } = worldOf(server.url, { create: tool('create_ticket', { output: ticket }) }, { protocol });
    expect(await call('create')).toMatchObject({ status: 'completed' });
    expect(server.heard.map(({ method }) => method)).toEqual(
      manner === 'sessions' ? ['initialize', 'notifications/initialized', 'tools/call'] : ['tools/call'],
    );
  });

  it('is understood when it answers with a stream of events', async () => {
    const { call } = worldOf(server.url, { create: tool('create_loudly') });
    expect(await call('create')).toMatchObject({
      status: 'completed',
      output: { text: `opened T${server.tickets.length}` },
    });
  });

  it('is called again after a restart, for no session outlives its call', async () => {
    const { call } = worldOf(server.url, { create: tool('create_in_words', { output: ticket }) });
    expect(await call('create')).toMatchObject({
      status: 'completed',
      output: { ticketId: `T${server.tickets.length}` },
    });
    server.restart();
    expect(await call('create')).toMatchObject({
      status: 'completed',
      output: { ticketId: `T${server.tickets.length}` },
    });
  });

  it('leaves a step failed when it does not know the tool or the arguments: nothing was done', async () => {
    const before = server.tickets.length;
    const wrong = z.object({ title: z.string() }).transform(({ title: name }) => ({ heading: name }));
    const { call } = worldOf(server.url, {
      unknown: tool('no_such_tool', { errorsMean: 'notDone' }),
      misfit: tool('create_ticket', { input: z.object({ title: z.string() }).pipe(wrong), errorsMean: 'notDone' }),
    });
    for (const action of ['unknown', 'misfit']) {
      const run = await call(action);
      expect(stepOf(run), action).toMatchObject({ status: 'failed', failure: { class: 'bug' } });
    }
    expect(server.tickets).toHaveLength(before);
  });

  it('leaves a step in doubt when a tool says that it failed, for that is no proof', async () => {
    const { call } = worldOf(server.url, { create: tool('create_half') });
    const before = server.tickets.length;
    const run = await call('create');
    expect(run).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'inDoubt' } });
    expect(stepOf(run)).toMatchObject({ status: 'inDoubt', attempts: 1 });
    expect(run.waitingFor?.reason).toContain('the second half failed');
    expect(server.tickets).toHaveLength(before + 1);
  });

  it.each([
    [-32_603, 'inDoubt', 'inDoubt'],
    [-32_000, 'inDoubt', 'inDoubt'],
    [7, 'inDoubt', 'inDoubt'],
    [-32_700, 'failed', 'bug'],
    [-32_600, 'failed', 'bug'],
    [-32_601, 'failed', 'bug'],
    [-32_020, 'failed', 'bug'],
  ])('answers error %i, and the step, sent once, is %s', async (code, status, failureClass) => {
    const { call } = worldOf(server.url, { create: tool('create_ticket', { output: ticket }) });
    server.faults.push({ code });
    const step = stepOf(await call('create'));
    expect(step).toMatchObject({ status, attempts: 1, failure: { class: failureClass } });
    expect(JSON.stringify(step)).toContain(`answered error ${code}: I will not`);
  });

  it.each(['apply, then cut', 'cut', 'strange', 'down'] as const)(
    'leaves a step in doubt, sent once, when the call ends so: %s',
    async (fault) => {
      const { call } = worldOf(server.url, { create: tool('create_ticket', { output: ticket }) });
      server.heard.length = 0;
      server.faults.push(fault);
      expect(stepOf(await call('create'))).toMatchObject({ status: 'inDoubt', attempts: 1 });
      expect(server.heard.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
    },
  );

  it('leaves a step in doubt when it is slower than the action allows', async () => {
    const { call } = worldOf(server.url, { create: tool('create_slowly') });
    expect(stepOf(await call('create'))).toMatchObject({ status: 'inDoubt', failure: { class: 'inDoubt' } });
  });

  it('is asked again when it was too busy, since it has done nothing', async () => {
    const { call } = worldOf(server.url, { create: tool('create_ticket', { output: ticket }) });
    const before = server.tickets.length;
    server.faults.push('busy');
    expect(await call('create')).toMatchObject({ status: 'completed' });
    expect(server.tickets).toHaveLength(before + 1);
  });

  it('is not believed when it answers too much, or something else than was promised', async () => {
    const { call } = worldOf(server.url, { flood: tool('flood'), create: tool('create_loudly', { output: ticket }) });
    for (const action of ['flood', 'create']) {
      expect(stepOf(await call(action)), action).toMatchObject({
        status: 'inDoubt',
        failure: { class: 'invalidOutput' },
      });
    }
  });

  it('is retried with the same key by an author who says that it keeps to keys', async () => {
    const effect = { class: 'K', keyTtl: '1h' } as const;
    const { call } = worldOf(server.url, { create: tool('create_ticket', { output: ticket, effect }) });
    server.heard.length = 0;
    server.faults.push('apply, then cut');
    expect(await call('create')).toMatchObject({ status: 'completed' });
    const keys = server.heard.filter(({ method }) => method === 'tools/call').map(({ key }) => key);
    expect(keys).toEqual([keys[0], keys[0]]);
  });
});

describe('a mounted server', () => {
  let server: ToolServer;
  beforeAll(async () => {
    server = await startToolServer('both');
  });
  afterAll(() => server.stop());

  it('that lets nobody in is a denial, and nothing was done', async () => {
    server.token = 'let-me-in-please';
    const { call } = worldOf(server.url, { create: tool('create_ticket') });
    expect(stepOf(await call('create'))).toMatchObject({ status: 'failed', failure: { class: 'denied' } });
    server.token = undefined;
  });

  it('that is away is tried again, and the step fails when it stays away: nothing was sent', async () => {
    const gone = await startToolServer('both');
    await gone.stop();
    const { call } = worldOf(gone.url, { create: tool('create_ticket', { output: ticket, maxAttempts: 2 }) });
    expect(stepOf(await call('create'))).toMatchObject({
      status: 'failed',
      attempts: 2,
      failure: { class: 'transient' },
    });
  });

  it('a tool that does all or nothing fails without a doubt when its author says so', async () => {
    const { call } = worldOf(server.url, { create: tool('create_half', { errorsMean: 'notDone' }) });
    expect(stepOf(await call('create'))).toMatchObject({ status: 'failed', failure: { class: 'bug' } });
  });

  it('is class N and untrusted whatever it says of itself, unless its author says otherwise', () => {
    const { skill } = worldOf(server.url, {
      create: tool('create_ticket'),
      read: tool('create_ticket', { effect: { class: 'P' }, trust: 'asArguments' }),
    });
    expect(skill.actions['create']).toMatchObject({ effect: { class: 'N' }, trust: 'untrusted' });
    expect(skill.actions['read']).toMatchObject({ effect: { class: 'P' } });
    expect(skill.actions['read']).not.toHaveProperty('trust');
    expect(skill.network).toEqual([new URL(server.url).origin]);
  });
});
