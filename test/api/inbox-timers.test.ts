import { describe, expect, it, vi } from 'vitest';
import { escalationPage, escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import type { InboxNotification } from '../../core/model/inbox-notification.ts';
import { sweepInbox } from '../../core/operations/sweep-inbox.ts';
import { fireTimers } from '../../core/operations/fire-timers.ts';
import { defineAgent } from '../../core/sdk/index.ts';
import type { AgentOptions } from '../../core/sdk/index.ts';
import { faults, registry as project } from './project.ts';
import { createWorld, tokenWith } from './world.ts';

const hourMs = 3_600_000;
const grace = await tokenWith({ sub: 'grace' });

const waiting = (inbox: AgentOptions['inbox'], approval: 'required' | undefined) =>
  defineAgent({
    name: 'waiting',
    description: 'Waits for people.',
    grants: [{ grant: 'Mail:v1/send', ...(approval === undefined ? {} : { approval }) }],
    deadline: '60d',
    ...(inbox === undefined ? {} : { inbox }),
  });

const teams = { contacts: ['team-a', 'team-b'], defaultAfter: '2d' } as const;

/** A run that waits for a person: for an approval, or because a step is in doubt. */
async function asked(inbox: AgentOptions['inbox'] = teams, kind: 'approval' | 'inDoubt' = 'approval') {
  const agent = waiting(inbox, kind === 'approval' ? 'required' : undefined);
  const world = createWorld({ registry: { ...project, agents: new Map([[agent.name, agent]]) } });
  const told: InboxNotification[] = [];
  const send = vi.fn(async (one: InboxNotification) => void told.push(one));
  Object.assign(world.ports, { notifications: { send } });
  if (kind === 'inDoubt') faults.set('hello', 'no answer');
  const plan = { steps: [{ id: 'post', skill: 'Mail:v1', action: 'send', input: { text: 'hello' } }] };
  const { runId } = await world.get(runAccepted, '/v1/runs', { body: { agent: 'waiting', plan } });
  await world.drive();
  const [listed] = (await world.get(escalationPage, '/v1/escalations')).items;
  if (!listed) throw new Error('nothing was escalated');
  const inboxPath = `/v1/escalations/${listed.escalationId}`;
  const sweep = () => sweepInbox(world.ports, Infinity);
  const item = () => world.get(escalationView, inboxPath);
  const later = async (hours: number) => {
    world.clock.advance(hours * hourMs);
    const swept = await sweep();
    await world.drive();
    return swept.fired;
  };
  const run = async () => (await world.get(runView, `/v1/runs/${runId}`)).status;
  const acts = async () =>
    ((await item()).history ?? []).map(({ act, to }) => (to === undefined ? act : `${act} ${to}`));
  await fireTimers({ tenantId: 'acme', escalationId: listed.escalationId }, world.ports);
  return { ...world, told, send, sweep, item, later, run, acts, inboxPath, ref: { tenantId: 'acme', ...listed } };
}

describe('an inbox item that nobody answers', () => {
  it('is announced, reminded of, handed on, reminded of again, and then an approval is rejected', async () => {
    const { told, later, run, acts, item } = await asked();
    expect(told.map(({ event, assignedTo }) => [event, assignedTo])).toEqual([['opened', 'team-a']]);
    expect(await later(3.9)).toBe(0);
    expect(await later(0.1)).toBe(1);
    expect(await later(0)).toBe(0);
    expect(await later(4)).toBe(1);
    expect(await item()).toMatchObject({ assignedTo: 'team-b' });
    expect(await later(4)).toBe(1);
    expect(await later(35.9)).toBe(0);
    expect(await run()).toBe('escalated');
    expect(await later(0.1)).toBe(1);
    expect(await run()).toBe('declined');
    expect(await acts()).toEqual(['reminded team-a', 'handedOver team-b', 'reminded team-b', 'settled']);
    expect((await item()).settled).toMatchObject({
      by: 'holdfast',
      reason: expect.stringContaining('within 48 hours'),
    });
    expect(told.map(({ event }) => event)).toEqual(['opened', 'reminded', 'handedOver', 'reminded', 'lapsed']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(5);
    expect(await later(1_000)).toBe(0);
  });

  it('is caught up with at once after an outage', async () => {
    const { later, run, acts } = await asked();
    expect(await later(49)).toBeGreaterThan(0);
    expect(await run()).toBe('declined');
    expect((await acts()).at(-1)).toBe('settled');
  });

  it('of another kind is handed to the last contact, and nothing is decided', async () => {
    const { later, run, acts, item } = await asked(teams, 'inDoubt');
    await later(49);
    expect(await run()).toBe('escalated');
    expect(await item()).toMatchObject({ status: 'open', kind: 'inDoubt', assignedTo: 'team-b' });
    expect((await acts()).at(-1)).toBe('lapsed team-b');
    expect(await later(10_000)).toBe(0);
  });

  it('waits for ever where nothing is declared, and is reminded of once', async () => {
    const { later, run, acts } = await asked({});
    expect(await later(24 * 30)).toBe(1);
    expect(await later(24 * 20)).toBe(0);
    expect([await run(), await acts()]).toEqual(['escalated', ['reminded']]);
  });

  it('is not decided over the head of somebody who has claimed it', async () => {
    const { later, ask, inboxPath, run } = await asked();
    await later(47);
    await ask(`${inboxPath}/claim`, { body: { minutes: 120 }, token: grace });
    await later(1.5);
    expect(await run()).toBe('escalated');
    await later(0.5);
    expect(await run()).toBe('declined');
  });

  it('that was answered in time is left alone', async () => {
    const { later, ask, inboxPath, drive, run, told } = await asked();
    await ask(`${inboxPath}/resolve`, { body: { resolution: 'approve', reason: 'fine' } });
    await drive();
    expect(await later(100)).toBe(0);
    expect([await run(), told.length]).toEqual(['completed', 1]);
  });
});

describe('a timer', () => {
  it('is repeated, with the same id, when its sweep dies after people were told', async () => {
    const { ports, sweep, clock, told, acts } = await asked();
    clock.advance(4 * hourMs);
    vi.spyOn(ports.runs, 'writeEscalation').mockRejectedValueOnce(new Error('the process died'));
    expect((await sweep()).failures).toHaveLength(1);
    expect(await acts()).toEqual([]);
    expect((await sweep()).fired).toBe(1);
    expect(await acts()).toEqual(['reminded team-a']);
    const reminders = told.filter(({ event }) => event === 'reminded');
    expect(reminders).toHaveLength(2);
    expect(new Set(reminders.map(({ id }) => id)).size).toBe(1);
  });

  it('leaves nobody untold: while nothing can be sent, nothing is marked as sent', async () => {
    const { send, later, acts, told } = await asked();
    send.mockRejectedValueOnce(new Error('the queue does not answer'));
    await later(4);
    expect(await acts()).toEqual([]);
    await later(0);
    expect(await acts()).toEqual(['reminded team-a']);
    expect(told.map(({ event }) => event)).toEqual(['opened', 'reminded']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('fires once when sweeps overlap (%s)', async () => {
    const { sweep, clock, acts } = await asked();
    clock.advance(8 * hourMs);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await acts()).toEqual(['reminded team-a', 'handedOver team-b']);
  });

  it('that rejects dies at any write and is completed by the next sweep', async () => {
    for (const method of ['writeHead', 'writeEscalation', 'keepEscalationAct'] as const) {
      const { ports, clock, later, run, item } = await asked();
      await later(12);
      clock.advance(40 * hourMs);
      vi.spyOn(ports.runs, method).mockRejectedValueOnce(new Error('the process died'));
      await later(0);
      await later(0.1);
      expect([method, await run(), (await item()).status]).toEqual([method, 'declined', 'settled']);
    }
  });
});

it('an agent cannot declare times or contacts that mean nothing', () => {
  const define = (inbox: unknown) => () => waiting(inbox as AgentOptions['inbox'], 'required');
  expect(define({ remindAfter: 'soon' })).toThrow('inbox.remindAfter must be a duration');
  expect(define({ defaultAfter: '500ms' })).toThrow('inbox.defaultAfter must be a duration');
  expect(define({ contacts: ['team-a', 'team-a'] })).toThrow('inbox.contacts is no list');
  expect(define({ contacts: 'team-a' })).toThrow('inbox.contacts is no list');
  expect(define({ denyAfter: '1d' })).toThrow('denyAfter');
});
