import { describe, expect, it } from 'vitest';
import { escalationPage, escalationView } from '../../core/contract/api.ts';
import { mostActs } from '../../core/model/escalation-act.ts';
import { didNot, doubtful, happened } from './doubtful-run.ts';
import { tokenWith } from './world.ts';

const grace = await tokenWith({ sub: 'grace', scope: 'inbox:read inbox:resolve' });
const reader = await tokenWith({ sub: 'rita', scope: 'inbox:read' });

async function claimable() {
  const run = await doubtful();
  const act = (what: string, body: unknown, token?: string) =>
    run.ask(`${run.inbox}/${what}`, { body, ...(token === undefined ? {} : { token }) });
  const item = () => run.get(escalationView, run.inbox);
  return { ...run, act, item, acts: async () => (await item()).history?.map(({ by, act: what }) => `${by} ${what}`) };
}

describe('a claim', () => {
  it('keeps everybody else out, and says who holds the item until when', async () => {
    const { act, refused, inbox, item, clock } = await claimable();
    expect((await act('claim', {})).status).toBe(200);
    const { claim } = await item();
    expect(claim).toEqual({ by: 'ada', until: new Date(clock.now() + 900_000).toISOString() });
    for (const [what, body] of [
      ['claim', {}],
      ['release', {}],
      ['reassign', { to: 'team-b', reason: 'mine' }],
      ['resolve', happened],
    ] as const) {
      const { detail } = await refused('escalation-claimed', `${inbox}/${what}`, { body, token: grace });
      expect(detail).toContain(`is claimed by ada until ${claim?.until}`);
    }
    expect((await item()).status).toBe('open');
  });

  it('is over when its time is over, and then blocks nobody', async () => {
    const { act, clock, item, acts } = await claimable();
    await act('claim', { minutes: 1 });
    clock.advance(59_999);
    expect((await act('claim', {}, grace)).status).toBe(409);
    clock.advance(1);
    expect((await act('claim', {}, grace)).status).toBe(200);
    expect(await item()).toMatchObject({ claim: { by: 'grace' } });
    expect(await acts()).toEqual(['ada claimed', 'grace claimed']);
  });

  it('is renewed by its holder without another line in the history', async () => {
    const { act, clock, item, acts } = await claimable();
    await act('claim', {});
    clock.advance(600_000);
    await act('claim', { minutes: 30 });
    expect((await item()).claim?.until).toBe(new Date(clock.now() + 1_800_000).toISOString());
    expect(await acts()).toEqual(['ada claimed']);
  });

  it('ends with a release, which may be repeated', async () => {
    const { act, item, acts } = await claimable();
    await act('claim', {});
    await act('release', {});
    expect((await act('release', {})).status).toBe(200);
    expect(await item()).not.toHaveProperty('claim');
    expect((await act('claim', {}, grace)).status).toBe(200);
    expect(await acts()).toEqual(['ada claimed', 'ada released', 'grace claimed']);
  });

  it('lets its holder resolve, which ends it', async () => {
    const { act, status, drive, show, item, acts } = await claimable();
    await act('claim', {}, grace);
    expect(await status(didNot, grace)).toBe(202);
    await drive();
    expect((await show()).status).toBe('escalated');
    const settled = await item();
    expect(settled).toMatchObject({ status: 'settled', settled: { by: 'grace' } });
    expect(settled).not.toHaveProperty('claim');
    expect(await acts()).toEqual(['grace claimed', 'grace settled']);
    expect((await act('claim', {}, grace)).answer).toMatchObject({ code: 'already-settled' });
  });

  it('stays when the run reports its trouble again, in a newer generation', async () => {
    const { act, ask, path, drive, item, acts } = await claimable();
    await act('claim', {}, grace);
    await act('comments', { text: 'I am asking the desk.' }, grace);
    await ask(`${path}/cancel`, { body: {} });
    await drive();
    expect(await item()).toMatchObject({ status: 'open', claim: { by: 'grace' } });
    expect(await acts()).toEqual(['grace claimed', 'grace commented']);
  });

  it('needs the scope, and an item of the own tenant', async () => {
    const { act, refused, inbox } = await claimable();
    expect((await act('claim', {}, reader)).status).toBe(403);
    const token = await tokenWith({ tenant: 'other' });
    await refused('unknown-escalation', `${inbox}/claim`, { body: {}, token });
    await refused('unknown-escalation', `${inbox}/comments`, { body: { text: 'hello' }, token });
  });
});

describe('an item', () => {
  it('is reassigned with a reason, and is free for whoever is asked now', async () => {
    const { act, get, item } = await claimable();
    await act('claim', {});
    await act('reassign', { to: 'team-b', reason: 'they know the desk' });
    expect(await item()).toMatchObject({
      assignedTo: 'team-b',
      history: [{ act: 'claimed' }, { act: 'reassigned', by: 'ada', to: 'team-b', text: 'they know the desk' }],
    });
    const { items } = await get(escalationPage, '/v1/escalations');
    expect(items).toMatchObject([{ assignedTo: 'team-b' }]);
    expect(items[0]).not.toHaveProperty('history');
    expect((await act('claim', {}, grace)).status).toBe(200);
  });

  it('takes comments of anybody who may resolve, also when it is held or settled, each with who and when', async () => {
    const { act, status, item, clock } = await claimable();
    await act('claim', {});
    await act('comments', { text: 'The desk is closed until nine.' }, grace);
    await status(didNot);
    await act('comments', { text: 'It was in the log.' }, grace);
    const at = new Date(clock.now()).toISOString();
    expect((await item()).history).toMatchObject([
      { act: 'claimed', by: 'ada' },
      { act: 'commented', by: 'grace', at, text: 'The desk is closed until nine.' },
      { act: 'settled', by: 'ada', text: 'attested by ada: the outbox has none' },
      { act: 'commented', by: 'grace', at, text: 'It was in the log.' },
    ]);
    expect((await act('comments', { text: 'x'.repeat(2_001) })).status).toBe(422);
  });

  it('stays small, however much is said about it, until it takes no more; it can still be resolved', async () => {
    const { act, ports, escalation, acts, status } = await claimable();
    const text = 'x'.repeat(2_000);
    for (let count = 0; count < mostActs; count += 1) expect((await act('comments', { text })).status).toBe(200);
    expect((await act('comments', { text })).answer).toMatchObject({ code: 'escalation-full' });
    const stored = await ports.runs.readEscalation('acme', escalation.escalationId);
    expect(JSON.stringify(stored).length).toBeLessThan(4_096);
    expect(await acts()).toHaveLength(mostActs);
    expect(await status(didNot)).toBe(202);
    expect((await acts())?.at(-1)).toBe('ada settled');
  });
});
