import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakerPage } from '../../core/contract/api.ts';
import { allScopes, mintLocalToken } from '../../local/tokens.ts';
import type { RunStatus } from '../../core/model/run.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import { paymentKey } from '../e2e/back-office.ts';
import { searchFlight } from '../e2e/planner.ts';
import type { ProjectFolder } from '../e2e/running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform } from '../e2e/running-platform.ts';
import { setFault, tripOf } from '../e2e/travel.ts';
import type { FakeModels } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { bookSoldOut, earlyFlight, sceneModel, soldOut, unlucky } from './scene-models.ts';

/** A platform on which enough has happened that every page of the console has something to show. */
export interface Scene {
  readonly platform: RunningPlatform;
  /** A run that a model has planned, and planned anew after a failure. */
  readonly revised: string;
  /** A run of a person's plan, of which recovery has changed a step. */
  readonly mended: string;
  /** A trip that waits at the hotel. */
  readonly atHotel: string;
  /** A refund that waits for approval. */
  readonly refund: string;
  end(): Promise<void>;
}

const withinMs = 120_000;

/** Plays the scene: trips that go well and badly, a refund over its limit, a dependency that is held open, bills of a model. */
export async function playScene(): Promise<Scene> {
  const folder = await makeProjectFolder();
  await holdfast(['secrets', 'set', 'PAYMENT_API_KEY', '--data', folder.dataDirectory], { input: paymentKey });
  const models = await startFakeModels(sceneModel);
  const end = async (): Promise<void> => {
    await RunningPlatform.killAll();
    await models.stop();
    folder.remove();
  };
  try {
    const platform = await RunningPlatform.start(folder, { environment: modelEnvironment(models) });
    return { platform, ...(await play(platform, folder)), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function modelEnvironment({ baseUrl }: FakeModels): Record<string, string> {
  const priced = { pricedOn: '2026-08-06', source: 'made up for the pictures' };
  const prices = [
    { models: ['openai:large'], input: 2.5, output: 10, ...priced },
    { models: ['openai:small'], input: 0.25, output: 1, ...priced },
  ];
  return {
    ...{ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: 'any-key', HOLDFAST_MODELS: 'openai:large,openai:small' },
    HOLDFAST_MODEL_PRICES: JSON.stringify(prices),
  };
}

async function play(platform: RunningPlatform, folder: ProjectFolder) {
  const headers = { authorization: `Bearer ${await tokenOfOperator(folder)}` };
  const run = async (request: JsonObject, ...wanted: readonly RunStatus[]): Promise<string> => {
    const runId = await platform.startRun(request, headers);
    await platform.runUntil(runId, ({ status }) => wanted.includes(status), withinMs);
    return runId;
  };
  const trip = (traveller: string): JsonObject => ({
    ...{ agent: 'trip-planner', playbook: 'book-trip', goal: `Book the trip of ${traveller} to Oslo` },
    input: tripOf(traveller),
  });
  const wish = (goal: string, traveller: string): JsonObject => ({
    ...{ agent: 'trip-planner', goal, input: tripOf(traveller) },
  });

  await run({ agent: 'user-admin', playbook: 'onboard-user', input: example('onboarding') }, 'completed');
  await run({ agent: 'billing', playbook: 'charge-customer', input: example('charge') }, 'completed');
  await run(trip('Ada Lovelace'), 'completed');
  await run({ agent: 'reception', playbook: 'receive-colleague', input: example('arrival') }, 'completed');
  for (const traveller of ['Katherine Johnson', unlucky])
    await run(wish(`Book a flight and a hotel for ${traveller}`, traveller), 'completed');
  const revised = await run(wish(`Book an ${earlyFlight} and a hotel in Oslo`, 'Mary Jackson'), 'completed');
  const plan = { steps: [searchFlight, bookSoldOut] };
  const goal = `Book flight ${soldOut}`;
  const mended = await run({ agent: 'trip-planner', goal, plan, input: tripOf('Annie Easley') }, 'completed');

  await setFault(folder, 'hotels', 'fail');
  const atHotel = await run(trip('Grace Hopper'), 'escalated');
  await setFault(folder, 'hotels', 'none');
  await closeBreakers(platform, headers);
  const refund = await run(
    { agent: 'billing', playbook: 'refund-charge', goal: 'Answer ticket 4711', input: example('refund') },
    'escalated',
  );
  await order(platform, '/v1/breakers/travel-cars/isolate', 'The desk moves to a new system until noon', headers);
  await run(trip('Barbara Liskov'), 'waiting');
  return { revised, mended, atHotel, refund };
}

function example(name: string): JsonObject {
  return JSON.parse(readFileSync(join(repository, 'examples', `${name}.json`), 'utf8')) as JsonObject;
}

/** Whoever has started and ordered everything. */
function tokenOfOperator({ dataDirectory }: ProjectFolder): Promise<string> {
  const tenantId = 'default';
  return mintLocalToken({ dataDirectory, tenantId, subject: 'ada', scopes: allScopes, expiresInSeconds: 3_600 });
}

type Headers = Readonly<Record<string, string>>;

async function closeBreakers(platform: RunningPlatform, headers: Headers): Promise<void> {
  const { items } = breakerPage.parse(await (await platform.call('GET', '/v1/breakers')).json());
  for (const { breakerId } of items.filter(({ state }) => state === 'open')) {
    const path = `/v1/breakers/${encodeURIComponent(breakerId)}/close`;
    await order(platform, path, 'The hotel API answers again', headers);
  }
}

async function order(platform: RunningPlatform, path: string, reason: string, headers: Headers): Promise<void> {
  const response = await platform.call('POST', path, { reason }, headers);
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
}
