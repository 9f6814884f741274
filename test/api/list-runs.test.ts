import { expect, it } from 'vitest';
import { runAccepted, runPage } from '../../core/contract/api.ts';
import { createWorld } from './world.ts';

it('lists runs of some statuses or of an agent, with what they are for when that is asked for', async () => {
  const { get, refused, drive } = createWorld();
  const greet = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
  const first = await get(runAccepted, '/v1/runs', { body: { ...greet, goal: 'be kind' } });
  await drive();
  const second = await get(runAccepted, '/v1/runs', { body: greet });
  const listed = async (query: string) => (await get(runPage, `/v1/runs${query}`)).items;
  const ids = async (query: string) => (await listed(query)).map(({ runId }) => runId);
  expect(await ids('?status=completed')).toEqual([first.runId]);
  expect(await ids('?status=pending,running')).toEqual([second.runId]);
  expect(await ids('?status=completed,pending&agent=writer')).toEqual([second.runId, first.runId]);
  expect(await ids('?agent=idle')).toEqual([]);
  expect((await listed('')).map(({ goal }) => goal)).toEqual([undefined, undefined]);
  expect((await listed('?goals=true')).map(({ goal }) => goal)).toEqual(['Greet somebody.', 'be kind']);
  for (const query of ['?status=finished', '?status=', '?agent=A B', '?goals=yes']) {
    await refused('invalid-parameter', `/v1/runs${query}`);
  }
});
