import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BreakerView } from '../../core/contract/api.ts';
import { breakerPage } from '../../core/contract/api.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, providerLedger, setFault, tripRun } from './travel.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeEach(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder);
});
afterEach(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

const command = (...args: readonly string[]) =>
  holdfast(args, { env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory } });

async function breakerOf(breakerId: string): Promise<BreakerView | undefined> {
  const { exitCode, stdout } = await command('breakers', '--json');
  expect(exitCode).toBe(0);
  return breakerPage.parse(JSON.parse(stdout)).items.find((one) => one.breakerId === breakerId);
}
const requests = async () => (await providerLedger(folder)).requests;
const booked = { flights: 1, hotels: 1, cars: 1 };

it('a dependency that is down is left alone by all workers, and runs go on by themselves once it is back', async () => {
  await setFault(folder, 'flights', 'fail');
  // Three attempts of this one, and two of the next, are the five failures that open the breaker.
  expect(await untilAtRest(platform, await platform.startRun(tripRun('Ada')))).toMatchObject({ status: 'escalated' });
  const [bob, cleo] = [await platform.startRun(tripRun('Bob')), await platform.startRun(tripRun('Cleo'))];
  for (const runId of [bob, cleo]) {
    const { waitingFor } = await platform.runUntil(runId, ({ status }) => status === 'waiting');
    expect(waitingFor).toMatchObject({
      kind: 'time',
      reason: expect.stringContaining("'travel-flights' is not called"),
    });
  }
  const { flights } = await requests();
  // Two workers may have sent at the same time before the breaker opened.
  expect(flights).toBeGreaterThanOrEqual(5);
  expect(flights).toBeLessThanOrEqual(6);
  expect(await breakerOf('travel-flights')).toMatchObject({ state: 'open', usedBy: ['FlightBooking:v1'] });
  expect(await breakerOf('travel-hotels')).toMatchObject({ state: 'closed' });

  await setFault(folder, 'flights', 'none');
  for (const runId of [bob, cleo])
    expect(await untilAtRest(platform, runId, 90_000)).toMatchObject({ status: 'completed' });
  expect(await breakerOf('travel-flights')).toMatchObject({ state: 'closed', calls: 0 });
  for (const traveller of ['Bob', 'Cleo']) expect(await bookedFor(folder, traveller)).toEqual(booked);
});

it('a dependency that a person isolates is not called, also after the platform was killed, until a person closes its breaker', async () => {
  const isolated = await command('breakers', 'isolate', 'travel-hotels', '--reason', 'books the wrong rooms');
  expect(isolated).toMatchObject({ exitCode: 0, stdout: 'Breaker travel-hotels is isolated\n' });
  const runId = await platform.startRun(tripRun('Dora'));
  const reason = expect.stringContaining('holds it open: books the wrong rooms');
  const { waitingFor } = await platform.runUntil(runId, ({ status }) => status === 'waiting');
  expect(waitingFor).toMatchObject({ kind: 'time', reason });
  expect(await requests()).toMatchObject({ hotels: 0 });

  await platform.kill();
  platform = await RunningPlatform.start(folder);
  await platform.runUntil(runId, ({ status }) => status === 'waiting');
  expect(await requests()).toMatchObject({ hotels: 0 });
  expect(await breakerOf('travel-hotels')).toMatchObject({
    ...{ state: 'isolated', byHand: { act: 'isolated', reason: 'books the wrong rooms' } },
  });

  expect((await command('breakers', 'close', 'travel-hotels', '--reason', 'repaired')).exitCode).toBe(0);
  // What a worker has seen of the breaker is believed for two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  // It would look again by itself within a minute.
  expect((await command('resume', runId)).exitCode).toBe(0);
  expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'completed' });
  expect(await bookedFor(folder, 'Dora')).toEqual(booked);
  expect(await breakerOf('travel-hotels')).toMatchObject({
    state: 'closed',
    byHand: { act: 'closed', reason: 'repaired' },
  });
});

it('a run that waits for a dependency can be canceled at once', async () => {
  expect((await command('breakers', 'isolate', 'travel-flights', '--reason', 'under repair')).exitCode).toBe(0);
  const runId = await platform.startRun(tripRun('Emil'));
  await platform.runUntil(runId, ({ status }) => status === 'waiting');
  expect((await command('cancel', runId)).exitCode).toBe(0);
  expect(await untilAtRest(platform, runId, 10_000)).toMatchObject({ status: 'canceled' });
  expect(await requests()).toMatchObject({ flights: 0 });
});
