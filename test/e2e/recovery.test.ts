import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { EscalationView, RunView } from '../../core/contract/api.ts';
import { escalationView, planPage } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import type { FakeModels } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { bookFlight, purposeOf, says, searchFlight } from './planner.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, mend, providerLedger, setFault, tripOf, tripRun } from './travel.ts';

let folder: ProjectFolder;
let models: FakeModels;
let platform: RunningPlatform;

/** Like trip-planner, but what would be done is only said. */
const shadowAgent = `import { defineAgent } from 'holdfast';
export default defineAgent({
  name: 'watched', description: 'Books trips.', grants: ['FlightBooking:v1'], deadline: '1h', recovery: 'shadow',
});
`;

beforeAll(async () => {
  folder = await makeProjectFolder();
  for (const room of ['agents', 'skills']) {
    rmSync(join(folder.directory, room));
    cpSync(join(repository, room), join(folder.directory, room), { recursive: true });
  }
  mkdirSync(join(folder.directory, 'agents', 'watched'));
  writeFileSync(join(folder.directory, 'agents', 'watched', 'agent.ts'), shadowAgent);
  addHotelDesk();
  models = await startFakeModels();
  platform = await RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key', HOLDFAST_MODELS: 'openai:fake-large' },
    },
  });
});
afterAll(async () => {
  await RunningPlatform.killAll();
  await models.stop();
  folder.remove();
});
afterEach(() => mend(folder, platform));

/** A desk that books the same rooms by another way: an alternative that the hotel skill declares. */
function addHotelDesk(): void {
  const skills = join(folder.directory, 'skills');
  const desk = join(skills, 'hotel-desk-v1');
  cpSync(join(skills, 'hotel-booking-v1'), desk, { recursive: true });
  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
    writeFileSync(path, text.replaceAll(from, to));
  };
  edit(join(desk, 'skill.ts'), 'HotelBooking:v1', 'HotelDesk:v1');
  edit(join(desk, 'skill.ts'), "'travel-hotels'", "'travel-desk'");
  edit(join(desk, 'SKILL.md'), 'hotel-booking', 'hotel-desk');
  const declared = "alternatives: ['HotelDesk:v1/book'],\n      timeoutSeconds";
  edit(join(skills, 'hotel-booking-v1', 'skill.ts'), 'timeoutSeconds', declared);
  edit(
    join(folder.directory, 'agents', 'trip-planner', 'agent.ts'),
    "'HotelBooking:v1', 'CarDesk:v1'",
    "'HotelBooking:v1', 'HotelDesk:v1', 'CarDesk:v1'",
  );
}

let travellers = 0;
function newTraveller(): string {
  travellers += 1;
  return `Traveller ${travellers}`;
}

/** A flight that is not to be had; it is a person's plan, for which no model has planned. */
const noFlight = {
  ...bookFlight,
  input: { ...(bookFlight['input'] as JsonObject), flightId: 'NO-1' },
  dependsOn: ['search-flight'],
};
const start = (traveller: string, steps: readonly JsonObject[], more: JsonObject = {}): Promise<string> =>
  platform.startRun({ agent: 'trip-planner', plan: { steps: [...steps] }, input: tripOf(traveller), ...more });
const diagnoses = (answer: JsonObject) => says({ cause: 'There is no such flight.', ...answer });
const asked = () => models.requests.slice(seen).map(purposeOf);
let seen = 0;
const follow = (script: Parameters<FakeModels['follow']>[0]): void => {
  seen = models.requests.length;
  models.follow(script);
};

async function inboxItemOf({ waitingFor }: RunView): Promise<EscalationView> {
  if (waitingFor?.kind !== 'human') throw new Error('the run waits for nobody');
  // The item is written when its message has arrived.
  for (;;) {
    const response = await platform.call('GET', `/v1/escalations/${waitingFor.escalationId}`);
    if (response.status === 200) return escalationView.parse(await response.json());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function revisionsOf(runId: string) {
  const response = await platform.call('GET', `/v1/runs/${runId}/plan`);
  return planPage.parse(await response.json()).items.toReversed();
}

it('a step whose dependency is held open takes its alternative at once, and the hotel is booked once', async () => {
  follow(() => diagnoses({ decision: 'escalate', summary: 'nobody should ask' }));
  const environment = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
  const isolated = await holdfast(['breakers', 'isolate', 'travel-hotels', '--reason', 'books the wrong rooms'], {
    env: environment,
  });
  expect(isolated.exitCode, isolated.stderr).toBe(0);
  const traveller = newTraveller();
  const before = (await providerLedger(folder)).requests.hotels;
  const runId = await platform.startRun(tripRun(traveller));
  const run = await untilAtRest(platform, runId);
  expect(run).toMatchObject({
    status: 'completed',
    output: { text: expect.stringContaining('Check in at') as unknown },
  });
  expect(await bookedFor(folder, traveller)).toEqual({ flights: 1, hotels: 1, cars: 1 });
  expect((await providerLedger(folder)).requests.hotels - before).toBe(1);
  expect(asked()).toEqual([]);

  const revisions = await revisionsOf(runId);
  expect(revisions.map(({ author }) => author)).toEqual(['playbook', 'recovery']);
  expect(revisions[1]).toMatchObject({
    reason: expect.stringContaining('HotelDesk:v1/book takes the place of HotelBooking:v1/book') as unknown,
    recovery: {
      ...{ stepId: 'book-hotel', decision: 'alternative', owner: 'playbook' },
      diff: { changed: [{ stepId: 'book-hotel', from: 'HotelBooking:v1/book', to: 'HotelDesk:v1/book' }] },
    },
  });
  const shown = await holdfast(['show', runId], { env: environment });
  expect(shown.stdout).toContain(
    "book-hotel: after dependencyDown of HotelBooking:v1/book recovery decided 'alternative'",
  );
});

it('a model finds out that a flight is not to be had, and has another one booked', async () => {
  follow((request) =>
    diagnoses({
      decision: 'retryChanged',
      // It is told what the search has found, and what the provider has said.
      changes: { flightId: request.raw.includes('NO-1') ? '${steps.search-flight.output.best.flightId}' : 'not told' },
    }),
  );
  const traveller = newTraveller();
  const runId = await start(traveller, [searchFlight, noFlight]);
  expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'completed' });
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1 });
  expect(asked()).toEqual(['diagnose']);
  const [line = ''] = readFileSync(join(repository, 'agents/recovery/prompts/diagnose.md'), 'utf8').split(/\r?\n/);
  expect(models.requests.at(-1)?.raw).toContain(`${line}\\n`);
  const revisions = await revisionsOf(runId);
  expect(revisions.map(({ author }) => author)).toEqual(['human', 'engine', 'recovery']);
  expect(revisions[2]).toMatchObject({ recovery: { diff: { changed: [{ arguments: ['flightId'] }] } } });
});

it('a model has the flight searched again, and the one booked that is found', async () => {
  const again = { ...searchFlight, id: 'search-again' };
  const instead = { ...noFlight, input: { ...noFlight.input, flightId: '${steps.search-again.output.best.flightId}' } };
  follow(() => diagnoses({ decision: 'replace', steps: [again, instead] }));
  const traveller = newTraveller();
  const runId = await start(traveller, [searchFlight, noFlight]);
  expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'completed' });
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1 });
});

it('a model has a service waited for that is out of order', async () => {
  await setFault(folder, 'flights', 'fail', 3);
  follow(() => diagnoses({ decision: 'wait', seconds: 3 }));
  const runId = await start(newTraveller(), [searchFlight]);
  expect(await untilAtRest(platform, runId, 60_000)).toMatchObject({ status: 'completed' });
  const [, question, waited] = await revisionsOf(runId);
  const pauseMs = Date.parse(waited?.recovery?.notBefore ?? '') - Date.parse(waited?.createdAt ?? '');
  expect([question?.author, waited?.recovery?.decision]).toEqual(['engine', 'wait']);
  expect(Math.abs(pauseMs - 3_000)).toBeLessThan(1_000);
});

it('a model that cannot help hands over to a person with what it has found', async () => {
  follow(() => diagnoses({ decision: 'escalate', summary: 'Ask the airline for its new numbers.' }));
  const traveller = newTraveller();
  const run = await untilAtRest(platform, await start(traveller, [searchFlight, noFlight]));
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'failure' } });
  const item = await inboxItemOf(run);
  expect(item.reason).toContain('Ask the airline for its new numbers.');
  expect(item.tried).toMatchObject([{ class: 'bug', uses: 'FlightBooking:v1/book', decision: 'escalate' }]);
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 0 });
});

it('a model that always says the same is stopped, and a person sees what it tried', async () => {
  follow(() => diagnoses({ decision: 'retry' }));
  const run = await untilAtRest(platform, await start(newTraveller(), [searchFlight, noFlight]));
  expect(run).toMatchObject({ status: 'escalated' });
  expect(asked()).toEqual(['diagnose']);
  const item = await inboxItemOf(run);
  expect(item.reason).toContain('the same failure came again after a recovery');
  expect(item.tried).toMatchObject([{ decision: 'retry' }]);
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
  const shown = await holdfast(['inbox', 'show', item.escalationId], { env });
  expect(shown.stdout).toContain("recovery decided 'retry'");
});

it('in shadow mode a model says what it would do, and nothing is done', async () => {
  follow(() =>
    diagnoses({ decision: 'retryChanged', changes: { flightId: '${steps.search-flight.output.best.flightId}' } }),
  );
  const traveller = newTraveller();
  const run = await untilAtRest(platform, await start(traveller, [searchFlight, noFlight], { agent: 'watched' }));
  expect(run).toMatchObject({ status: 'escalated' });
  expect(await inboxItemOf(run)).toMatchObject({
    reason: expect.stringContaining("would have decided 'retryChanged'") as unknown,
    tried: [{ decision: 'retryChanged', shadow: true }],
  });
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 0 });
});

it('an answer that was paid for is not asked for again when the platform is killed', async () => {
  follow(() => diagnoses({ decision: 'wait', seconds: 8 }));
  const traveller = newTraveller();
  await setFault(folder, 'flights', 'fail', 3);
  const runId = await start(traveller, [searchFlight]);
  await platform.runUntil(runId, ({ revision }) => revision === 3);
  await platform.kill();
  platform = await RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key', HOLDFAST_MODELS: 'openai:fake-large' },
    },
  });
  expect(await untilAtRest(platform, runId, 120_000)).toMatchObject({ status: 'completed' });
  expect(asked()).toEqual(['diagnose']);
});
