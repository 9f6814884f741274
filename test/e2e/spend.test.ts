import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import { spendView } from '../../core/contract/api.ts';
import type { FakeBehaviour, FakeModels, FakeRequest } from '../fixtures/fake-models.ts';
import { fakeTokens, startFakeModels } from '../fixtures/fake-models.ts';
import { spokenBy } from '../fixtures/fake-model-bodies.ts';
import { plans, searchFlight } from './planner.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { tripOf } from './travel.ts';

const runCount = 20;
const budget = { tokens: 120_000, usd: 0.5 };
const good = plans([searchFlight], { final: true });
const goodText = spokenBy(good);

/** What the server does with the first call of each run; the next ones of the run it answers well. */
const firsts: readonly FakeBehaviour[] = [
  good,
  { kind: 'says', text: '{"decision":"plan"}' },
  { kind: 'truncated', text: goodText.slice(0, 40) },
  { kind: 'lies', text: goodText, usage: { prompt_tokens: 9e9, completion_tokens: 9e9 } },
  { kind: 'lies', text: goodText, usage: undefined },
  { kind: 'lies', text: goodText, usage: { prompt_tokens: -1, completion_tokens: -1 } },
];
const neverEnds: FakeBehaviour = { kind: 'neverEnds' };

let folder: ProjectFolder;
let models: FakeModels;
let platform: RunningPlatform;
/** By run: what the server has counted, call by call. */
const counted = new Map<number, number[]>();
let runs: readonly RunView[];

const tripIn = (request: FakeRequest): number => Number(/Find a flight for trip (\d+)/.exec(request.raw)?.[1]);
const firstOf = (trip: number): FakeBehaviour =>
  trip === runCount - 1 ? neverEnds : (firsts[trip % firsts.length] ?? good);
const tellsTheTruth = (trip: number): boolean => !['lies', 'neverEnds'].includes(firstOf(trip).kind);

beforeAll(async () => {
  folder = await makeProjectFolder();
  models = await startFakeModels((request) => {
    const trip = tripIn(request);
    const calls = counted.get(trip) ?? [];
    const behaviour = calls.length === 0 ? firstOf(trip) : good;
    counted.set(trip, [...calls, fakeTokens(request.raw) + fakeTokens(spokenBy(behaviour))]);
    return behaviour;
  });
  const price = { models: ['openai:fake'], input: 2.5, output: 10, pricedOn: '2026-08-06', source: 'test' };
  platform = await RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key', HOLDFAST_MODELS: 'openai:fake' },
      HOLDFAST_MODEL_PRICES: JSON.stringify([price]),
    },
  });
  const carriedOut = Array.from({ length: runCount }, async (_, trip) => {
    const goal = `Find a flight for trip ${trip}`;
    const input = tripOf(`Traveller ${trip}`);
    const runId = await platform.startRun({ agent: 'trip-planner', goal, input, budget });
    return untilAtRest(platform, runId, 180_000);
  });
  runs = await Promise.all(carriedOut);
}, 300_000);
afterAll(async () => {
  await RunningPlatform.killAll();
  await models.stop();
  folder.remove();
});

it(`${runCount} whole runs end, and none has used more than its budget`, () => {
  expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: runCount }, () => 'completed'));
  for (const { spend } of runs) {
    expect(spend?.tokens).toBeLessThanOrEqual(budget.tokens);
    expect(spend?.usdMicros).toBeLessThanOrEqual(budget.usd * 1_000_000);
  }
});

it('a run whose server tells the truth has used what the server counted, and any other one no less', () => {
  for (const [trip, { spend }] of runs.entries()) {
    const real = (counted.get(trip) ?? []).reduce((sum, tokens) => sum + tokens, 0);
    if (tellsTheTruth(trip)) expect(spend?.tokens, `trip ${trip}`).toBe(real);
    else expect(spend?.tokens, `trip ${trip}`).toBeGreaterThan(real);
  }
});

it('the bill of the tenant is the sum of its runs, with each call that the server has counted', async () => {
  const answer = await platform.call('GET', '/v1/spend?by=tenant');
  const { total } = spendView.parse(await answer.json());
  const sum = (unit: 'tokens' | 'usdMicros'): number =>
    runs.reduce((sofar, { spend }) => sofar + (spend?.[unit] ?? 0), 0);
  expect(total).toMatchObject({ tokens: sum('tokens'), usdMicros: sum('usdMicros'), calls: models.requests.length });
});
