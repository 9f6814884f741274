import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import type { FakeBehaviour, FakeModels, FakeScript } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { bookFlight, bookHotel, plans, purposeOf, says, searchFlight } from './planner.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, setFault, tripOf } from './travel.ts';

let folder: ProjectFolder;
let models: FakeModels;
let platform: RunningPlatform;

beforeEach(async () => {
  folder = await makeProjectFolder();
  models = await startFakeModels();
  platform = await startPlatform();
});
afterEach(async () => {
  await RunningPlatform.killAll();
  await models.stop();
  folder.remove();
});

function startPlatform(): Promise<RunningPlatform> {
  return RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key' },
      ...{ HOLDFAST_MODELS: 'openai:fake-large,openai:fake-small' },
    },
  });
}

const goal = 'Book a flight and a hotel for the trip';
let travellers = 0;

/** A traveller of this run alone, by whose name its bookings are found. */
function newTraveller(): string {
  travellers += 1;
  return `Traveller ${travellers}`;
}

async function runOf(traveller: string, more: JsonObject = {}): Promise<string> {
  return platform.startRun({ agent: 'trip-planner', goal, input: tripOf(traveller), ...more });
}

/** One answer after the other, then the last one for ever. */
function inTurn(...answers: readonly FakeBehaviour[]): FakeScript {
  return (_request, call) => answers[Math.min(call, answers.length) - 1] as FakeBehaviour;
}

function reasonOf({ waitingFor, ending }: RunView): string {
  return waitingFor?.reason ?? ending ?? '';
}

it('plans for a goal with a model, and carries the plan out like any other', async () => {
  const traveller = newTraveller();
  models.follow(
    inTurn(plans([searchFlight, bookFlight, bookHotel], { output: '${steps.book-hotel.output}', final: true })),
  );
  const run = await untilAtRest(platform, await runOf(traveller));
  expect(run).toMatchObject({ status: 'completed', goal });
  expect(run.output).toBeDefined();
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1, hotels: 1, cars: 0 });
  expect(models.requests).toHaveLength(1);
});

it('a goal is given on the command line', async () => {
  models.follow(inTurn(plans([searchFlight], { output: '${steps.search-flight.output.best}', final: true })));
  const input = JSON.stringify(tripOf(newTraveller()));
  const ended = await holdfast(['run', 'trip-planner', '--goal', goal, '--input', input, '--watch'], {
    env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory },
  });
  expect(ended).toMatchObject({ exitCode: 0 });
  expect(ended.stdout).toContain('search-flight');
});

it('a plan in Markdown, an answer cut off and a refusal are put right without a person', async () => {
  const good = plans([searchFlight], { final: true });
  if (good.kind !== 'says') throw new Error('a plan is said');
  models.follow(inTurn({ kind: 'truncated', text: good.text }, { kind: 'fenced', text: good.text }));
  expect(await untilAtRest(platform, await runOf(newTraveller()))).toMatchObject({ status: 'completed' });
});

it('skills that do not exist are never called: after three plans a person sees why', async () => {
  const wrong = { ...searchFlight, skill: 'Teleport:v9' };
  models.follow(() => plans([{ ...wrong }], { final: true }));
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(run).toMatchObject({ status: 'escalated' });
  expect(reasonOf(run)).toContain('Teleport:v9');
  expect(models.requests).toHaveLength(3);
});

it('the second plan is asked for with the problems of the first', async () => {
  models.follow((request, call) =>
    call === 1
      ? plans([{ ...searchFlight, skill: 'Teleport:v9' }])
      : plans([{ ...searchFlight, why: request.raw.includes('Teleport:v9') ? 'told' : 'not told' }], { final: true }),
  );
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(run).toMatchObject({ status: 'completed' });
  expect(run.steps.window.find(({ id }) => id === 'search-flight')).toMatchObject({ why: 'told' });
});

it('a model that declines ends the run with its reason', async () => {
  models.follow(() => says({ decision: 'decline', reason: 'No trips to the moon.' }));
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(reasonOf(run)).toContain('No trips to the moon.');
});

it('waits as long as the provider asks for, and then goes on', async () => {
  models.follow(
    inTurn({ kind: 'fails', status: 429, headers: { 'retry-after': '3' } }, plans([searchFlight], { final: true })),
  );
  const startedMs = Date.now();
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(run).toMatchObject({ status: 'completed' });
  expect(models.requests.length).toBeLessThanOrEqual(3);
  expect(Date.now() - startedMs).toBeGreaterThan(0);
});

it('another model answers when the first one is overloaded', async () => {
  models.follow(({ body }) =>
    body['model'] === 'fake-large' ? { kind: 'fails', status: 529 } : plans([searchFlight], { final: true }),
  );
  expect(await untilAtRest(platform, await runOf(newTraveller()))).toMatchObject({ status: 'completed' });
});

it('a step that fails for good is planned around, and what is done is not done again', async () => {
  const traveller = newTraveller();
  await setFault(folder, 'hotels', 'refuse');
  models.follow(async (request) => {
    if (purposeOf(request) === 'plan') return plans([searchFlight, bookFlight, bookHotel], { final: true });
    await setFault(folder, 'hotels', 'none');
    return plans([{ ...bookHotel, id: 'book-hotel-again' }], { final: true });
  });
  const run = await untilAtRest(platform, await runOf(traveller));
  expect(run).toMatchObject({ status: 'completed' });
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1, hotels: 1 });
  expect(models.requests.map(purposeOf)).toEqual(['plan', 'revise']);
});

it('an answer that was paid for is not asked for again when the platform is killed', async () => {
  const traveller = newTraveller();
  await setFault(folder, 'flights', 'hang');
  models.follow(inTurn(plans([searchFlight, bookFlight], { final: true })));
  const runId = await runOf(traveller);
  await platform.runUntil(runId, ({ steps }) => steps.window.some(({ id }) => id === 'search-flight'));
  await platform.kill();
  await setFault(folder, 'flights', 'none').catch(() => undefined);
  platform = await startPlatform();
  expect(await untilAtRest(platform, runId, 120_000)).toMatchObject({ status: 'completed' });
  expect(models.requests).toHaveLength(1);
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1 });
});

it('a run whose budget is used up waits for a person, with the bill', async () => {
  models.follow(() => plans([searchFlight], { final: true }));
  const run = await untilAtRest(platform, await runOf(newTraveller(), { budget: { usdMicros: 1 } }));
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human', escalation: 'budget' } });
  expect(models.requests).toHaveLength(0);
});

it('a model that never answers costs its time only, and a person is asked in the end', async () => {
  models.follow(() => ({ kind: 'garbage', bytes: 10_000 }));
  const run = await untilAtRest(platform, await runOf(newTraveller()), 120_000);
  expect(run).toMatchObject({ status: 'escalated' });
  await pause(0);
});
