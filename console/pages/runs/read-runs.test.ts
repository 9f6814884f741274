import { expect, it } from 'vitest';
import type { RunPage } from '../../../core/contract/api.ts';
import { readRuns, runIdIn, runsOnPage, withWords } from './read-runs.ts';

const run = (runId: string, goal = 'Book a trip'): RunPage['items'][number] => ({
  ...{ runId, agent: 'trip-planner', status: 'running', createdAt: '2026-11-28T07:00:00.000Z', goal },
});
const signal = new AbortController().signal;

const serving = (pages: readonly RunPage[]) => {
  const queries: unknown[] = [];
  const get = (_path: string, _segments: object, options: { readonly query: unknown }) => {
    queries.push(options.query);
    return Promise.resolve(pages[queries.length - 1]);
  };
  return { queries, api: { get: get as never } };
};

it('puts short pages together, and asks for no more than is missing', async () => {
  const { api, queries } = serving([
    { items: [run('a')], nextCursor: 'c1' },
    { items: [], nextCursor: 'c2' },
    { items: [run('b')], nextCursor: null },
  ]);
  const page = await readRuns(api, { statuses: ['failed', 'canceled'], agent: 'x' }, undefined, signal);
  expect(page).toEqual({ items: [run('a'), run('b')], nextCursor: null });
  expect(queries).toEqual([
    { limit: runsOnPage, cursor: undefined, agent: 'x', goals: 'true', status: 'failed,canceled' },
    { limit: runsOnPage - 1, cursor: 'c1', agent: 'x', goals: 'true', status: 'failed,canceled' },
    { limit: runsOnPage - 1, cursor: 'c2', agent: 'x', goals: 'true', status: 'failed,canceled' },
  ]);
});

it('ends a search in which nothing is found, and says where it goes on', async () => {
  const { api, queries } = serving(Array.from({ length: 9 }, (_, at) => ({ items: [], nextCursor: `c${at + 1}` })));
  expect(await readRuns(api, { statuses: [], agent: undefined }, 'c0', signal)).toEqual({
    items: [],
    nextCursor: 'c5',
  });
  expect(queries).toHaveLength(5);
});

it('finds by all words in any order, in the goal, the id and the agent', () => {
  const runs = [run('run-1', 'Book a trip to Oslo'), run('run-2', 'Pay a bill')];
  expect(withWords(runs, 'oslo trip-planner BOOK').map(({ runId }) => runId)).toEqual(['run-1']);
  expect(withWords(runs, ' ')).toEqual(runs);
});

it('knows the id of a run, and nothing else, as one', () => {
  expect(runIdIn(' run-01k9zcy3v6hfb0v5x8m2q4t7na ')).toBe('run-01k9zcy3v6hfb0v5x8m2q4t7na');
  expect(runIdIn('run-1')).toBeUndefined();
  expect(runIdIn('a run')).toBeUndefined();
});
