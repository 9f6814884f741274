import { describe, expect, it } from 'vitest';
import { escalationPage, escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import { defineAgent } from '../../core/sdk/index.ts';
import { registry as project } from './project.ts';
import { createWorld, tokenWith } from './world.ts';

const people = {
  ada: await tokenWith(),
  grace: await tokenWith({ sub: 'grace' }),
  hedy: await tokenWith({ sub: 'hedy' }),
  joan: await tokenWith({ sub: 'joan' }),
};
type Person = keyof typeof people;

async function asked() {
  const world = createWorld();
  const plan = { steps: [{ id: 'post', skill: 'Mail:v1', action: 'send', input: { text: 'hello' } }] };
  const { runId } = await world.get(runAccepted, '/v1/runs', { body: { agent: 'twofold', plan } });
  await world.drive();
  const [item] = (await world.get(escalationPage, '/v1/escalations')).items;
  const inbox = `/v1/escalations/${item?.escalationId}`;
  const say = async (who: Person, resolution: 'approve' | 'reject') => {
    const body = { resolution, reason: `${who} has looked` };
    const { status } = await world.ask(`${inbox}/resolve`, { body, token: people[who] });
    await world.drive();
    return status;
  };
  const run = () => world.get(runView, `/v1/runs/${runId}`);
  return { ...world, runId, inbox, say, run, item: () => world.get(escalationView, inbox) };
}

describe('an approval by two people', () => {
  it('waits for the second one, and shows who the first was', async () => {
    const { say, run, item, clock } = await asked();
    expect((await item()).approval).toMatchObject({ quorum: 2, differentPerson: true, votes: [] });
    expect(await say('grace', 'approve')).toBe(202);
    expect((await run()).status).toBe('escalated');
    const at = new Date(clock.now()).toISOString();
    expect(await item()).toMatchObject({
      status: 'open',
      approval: { votes: [{ by: 'grace', at, reason: 'grace has looked' }] },
      history: [{ act: 'approved', by: 'grace', text: 'grace has looked' }],
    });
    expect(await say('hedy', 'approve')).toBe(202);
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await item()).toMatchObject({
      status: 'settled',
      settled: { by: 'hedy', reason: 'approved by grace, hedy: hedy has looked' },
      history: [{ act: 'approved' }, { act: 'settled', by: 'hedy' }],
    });
  });

  it('counts each of them once', async () => {
    const { say, run, item } = await asked();
    for (let count = 0; count < 3; count += 1) expect(await say('grace', 'approve')).toBe(202);
    expect((await run()).status).toBe('escalated');
    expect((await item()).approval?.votes).toHaveLength(1);
    expect((await item()).history).toHaveLength(1);
  });

  it('does not count whoever started the run, who may reject it', async () => {
    const { say, run } = await asked();
    expect(await say('ada', 'approve')).toBe(403);
    expect(await say('grace', 'approve')).toBe(202);
    expect((await run()).status).toBe('escalated');
    expect(await say('ada', 'reject')).toBe(202);
    expect((await run()).status).toBe('declined');
  });

  it('is decided by the first who rejects', async () => {
    const { say, run } = await asked();
    await say('grace', 'approve');
    expect(await say('hedy', 'reject')).toBe(202);
    expect(await run()).toMatchObject({ status: 'declined', ending: expect.stringContaining('hedy rejected') });
    expect(await say('joan', 'approve')).toBe(409);
  });

  it('has as many votes as people when all of them vote at once', async () => {
    const { ask, inbox, drive, run, item } = await asked();
    const votes = await Promise.all(
      (['grace', 'hedy', 'joan'] as const).map((who) =>
        ask(`${inbox}/resolve`, { body: { resolution: 'approve', reason: 'seen' }, token: people[who] }),
      ),
    );
    expect(votes.filter(({ status }) => status === 202)).toHaveLength(2);
    await drive();
    expect((await run()).status).toBe('completed');
    expect((await item()).approval?.votes).toHaveLength(2);
  });

  it('of somebody who has claimed the item gives it back for the next one', async () => {
    const { ask, inbox, say, run } = await asked();
    await ask(`${inbox}/claim`, { body: {}, token: people.grace });
    expect(await say('hedy', 'approve')).toBe(409);
    expect(await say('grace', 'approve')).toBe(202);
    expect(await say('hedy', 'approve')).toBe(202);
    expect((await run()).status).toBe('completed');
  });

  it('is asked for again by a deployment that wants more people, with those who have approved the same bytes', async () => {
    const before = await asked();
    await before.say('grace', 'approve');
    const stricter = defineAgent({
      name: 'twofold',
      description: 'Sends what three people have approved.',
      grants: [{ grant: 'Mail:v1/send', approval: { quorum: 3 } }],
    });
    const registry = { ...project, agents: new Map([...project.agents, [stricter.name, stricter]]) };
    const after = createWorld({ registry, after: before });
    const approve = async (who: Person) => {
      await after.ask(`${before.inbox}/resolve`, {
        body: { resolution: 'approve', reason: 'seen' },
        token: people[who],
      });
      await after.drive();
      return (await after.get(runView, `/v1/runs/${before.runId}`)).status;
    };
    // The item still says two; the run finds that it needs three.
    expect(await approve('hedy')).toBe('escalated');
    const { approval } = await after.get(escalationView, before.inbox);
    expect(approval).toMatchObject({ quorum: 3, votes: [{ by: 'grace' }, { by: 'hedy' }] });
    expect(await approve('joan')).toBe('completed');
  });
});
