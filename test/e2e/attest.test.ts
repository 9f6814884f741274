import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';

const trip = JSON.parse(readFileSync(new URL('../../examples/trip.json', import.meta.url), 'utf8')) as JsonObject;

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder);
});
afterAll(async () => {
  await platform.stop();
  folder.remove();
});

interface Booking {
  readonly service: string;
  readonly answer: Json;
}

/** What the provider really booked for a traveller. */
async function booked(traveller: string, service: string): Promise<Booking[]> {
  const response = await fetch(`${folder.providerUrl}/ledger`);
  const { bookings } = (await response.json()) as { bookings: Booking[] };
  return bookings.filter(
    (booking) => booking.service === service && JSON.stringify(booking).includes(`"${traveller}"`),
  );
}

/** A trip whose car was reserved, but the answer was lost: the provider can neither deduplicate nor be asked. */
async function tripWithLostCar(traveller: string): Promise<{ run: RunView; escalationId: string }> {
  const fault = { service: 'cars', fault: 'apply-then-drop', times: 1 };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${folder.providerUrl}/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
  const input = { ...trip, travellers: [{ name: traveller }] };
  const runId = await platform.startRun({ agent: 'trip-planner', playbook: 'book-trip', input });
  const run = await untilAtRest(platform, runId);
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human' } });
  expect(run.steps.window.find(({ id }) => id === 'reserve-car')).toMatchObject({
    status: 'inDoubt',
    effectClass: 'N',
  });
  if (run.waitingFor?.kind !== 'human') throw new Error('the run does not wait for a person');
  return { run, escalationId: run.waitingFor.escalationId };
}

const command = (...args: string[]) =>
  holdfast(args, { env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory } });

it("a car whose answer was lost, attested as happened with the provider's booking, completes the trip with one car", async () => {
  const { run, escalationId } = await tripWithLostCar('Grace');
  const shown = await command('show', run.runId);
  expect(shown.stdout).toContain(`holdfast inbox resolve ${escalationId} --attest happened --output`);
  const [car] = await booked('Grace', 'cars');
  const attest = ['inbox', 'resolve', escalationId, '--attest', 'happened', '--reason', "it is in the desk's book"];
  const refused = await command(...attest);
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toContain('invalid-output');
  const ended = await command(...attest, '--output', JSON.stringify(car?.answer), '--watch');
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
  expect(ended.stdout).toContain('Pick up the');
  expect(await booked('Grace', 'cars')).toHaveLength(1);
  expect(await booked('Grace', 'flights')).toHaveLength(1);
  expect((await command(...attest)).stderr).toContain('already-settled');
});

it('a car attested as not happened fails the step, and a resume reserves exactly one more', async () => {
  const { run, escalationId } = await tripWithLostCar('Alan');
  const attest = ['inbox', 'resolve', escalationId, '--attest', 'not-happened', '--reason', 'they know nothing of it'];
  const ended = await command(...attest, '--watch');
  expect(ended, ended.stderr).toMatchObject({ exitCode: 3 });
  expect(ended.stdout).toContain('step reserve-car (CarDesk:v1/reserve) is failed');
  expect(await booked('Alan', 'cars')).toHaveLength(1);
  const resumed = await command('resume', run.runId, '--watch');
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 });
  expect(resumed.stdout).toContain('Pick up the');
  expect(await booked('Alan', 'cars')).toHaveLength(2);
  expect(await booked('Alan', 'hotels')).toHaveLength(1);
});

it('a canceled trip with a car in doubt waits for the verdict and then ends as canceled; a second cancel is harmless', async () => {
  const { run, escalationId } = await tripWithLostCar('Edsger');
  for (const reason of ['enough', 'really']) {
    expect(await command('cancel', run.runId, '--reason', reason)).toMatchObject({ exitCode: 0, stderr: '' });
  }
  await platform.runUntil(run.runId, ({ status }) => status === 'escalated');
  const attest = ['inbox', 'resolve', escalationId, '--attest', 'not-happened', '--reason', 'asked them', '--watch'];
  const ended = await command(...attest);
  expect(ended, ended.stderr).toMatchObject({ exitCode: 1 });
  expect(await platform.showRun(run.runId)).toMatchObject({
    status: 'canceled',
    cancelRequested: { reason: 'enough' },
  });
  expect(await command('cancel', run.runId)).toMatchObject({ exitCode: 0, stderr: '' });
  const open = await command('inbox', 'list', '--json');
  expect(JSON.parse(open.stdout)).toMatchObject({ items: [] });
});
