import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { EscalationPage, RunPage, RunView } from '../../core/contract/api.ts';
import type { Ended } from '../cli/command.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { freePort, makeProjectFolder, RunningPlatform } from './running-platform.ts';
import { bookedFor, mend, providerLedger, setFault, tripOf } from './travel.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder);
});
afterEach(async () => {
  await mend(folder, platform);
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

/** A command in another terminal. */
function command(...args: string[]): Promise<Ended> {
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
  return holdfast(args, { env, cwd: folder.directory });
}

/** Follows the trip of a traveller to where it rests. */
async function book(traveller: string): Promise<{ ended: Ended; run: RunView }> {
  const input = JSON.stringify(tripOf(traveller));
  const ended = await command(...'run trip-planner --playbook book-trip --watch --json --input'.split(' '), input);
  return { ended, run: JSON.parse(ended.stdout) as RunView };
}

function stepOf(run: RunView, id: string) {
  return run.steps.window.find((step) => step.id === id);
}

async function openEscalations(runId: string): Promise<EscalationPage['items']> {
  const listed = await command('inbox', 'list', '--json');
  return (JSON.parse(listed.stdout) as EscalationPage).items.filter((escalation) => escalation.runId === runId);
}

it('the command of the banner completes and prints an itinerary of what the provider has booked', async () => {
  const ended = await command(...'run trip-planner --playbook book-trip --input examples/trip.json --watch'.split(' '));
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain('Lisbon to Oslo, 2027-05-03 to 2027-05-07');
  expect(ended.stdout).toContain('Ada Lovelace');
  const { counts, bookings } = await providerLedger(folder);
  expect(counts).toEqual({ flights: 1, hotels: 1, cars: 1 });
  for (const { bookingId } of bookings) expect(ended.stdout).toContain(bookingId);
});

it('flights that cannot be searched wait for a person as a failure, and a resume completes the trip once they can', async () => {
  await setFault(folder, 'flights', 'fail');
  const { ended, run } = await book('Fay');
  expect(ended.exitCode).toBe(3);
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human' } });
  expect(stepOf(run, 'search-flight')).toMatchObject({ status: 'failed', attempts: 3 });
  expect(await openEscalations(run.runId)).toMatchObject([{ kind: 'failure', stepId: 'search-flight' }]);
  expect(await bookedFor(folder, 'Fay')).toEqual({ flights: 0, hotels: 0, cars: 0 });

  await mend(folder, platform);
  const resumed = await command('resume', run.runId, '--watch');
  expect(resumed, resumed.stdout).toMatchObject({ exitCode: 0, stderr: '' });
  expect(resumed.stdout).toContain('Lisbon to Oslo');
  expect(await bookedFor(folder, 'Fay')).toEqual({ flights: 1, hotels: 1, cars: 1 });
  expect(await openEscalations(run.runId)).toEqual([]);
});

it('a hotel that can neither be booked nor looked up is in doubt; a resume looks again, and books it and nothing else', async () => {
  await setFault(folder, 'hotels', 'fail');
  const { ended, run } = await book('Hal');
  expect(ended.exitCode).toBe(3);
  expect(run.status).toBe('escalated');
  expect(stepOf(run, 'book-hotel')?.status).toBe('inDoubt');
  expect(await openEscalations(run.runId)).toMatchObject([{ kind: 'inDoubt', stepId: 'book-hotel' }]);
  expect(await bookedFor(folder, 'Hal')).toEqual({ flights: 1, hotels: 0, cars: 0 });

  await mend(folder, platform);
  const resumed = await command('resume', run.runId, '--watch');
  expect(resumed, resumed.stdout).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await bookedFor(folder, 'Hal')).toEqual({ flights: 1, hotels: 1, cars: 1 });
  expect(await openEscalations(run.runId)).toEqual([]);
});

it('a hotel that was booked although the connection broke is found, not booked again', async () => {
  await setFault(folder, 'hotels', 'apply-then-drop', 1);
  const { ended, run } = await book('Dora');
  expect(ended.exitCode).toBe(0);
  expect(stepOf(run, 'book-hotel')).toMatchObject({ status: 'completed', attempts: 1 });
  expect(await bookedFor(folder, 'Dora')).toEqual({ flights: 1, hotels: 1, cars: 1 });
});

it('a hotel that fails twice is looked up, tried again and booked once', async () => {
  await setFault(folder, 'hotels', 'fail', 2);
  const { ended, run } = await book('Tess');
  expect(ended.exitCode).toBe(0);
  expect(stepOf(run, 'book-hotel')).toMatchObject({ status: 'completed', attempts: 2 });
  expect(await bookedFor(folder, 'Tess')).toEqual({ flights: 1, hotels: 1, cars: 1 });
});

it('a hotel request that hangs is given up and looked up: one trip goes on with one hotel, a canceled one ends without', async () => {
  await setFault(folder, 'hotels', 'hang', 2);
  const [patient, { runId }] = await Promise.all([book('Pat'), startUntilHotelHangs('Quin')]);
  expect(patient.ended.exitCode).toBe(0);
  expect(stepOf(patient.run, 'book-hotel')).toMatchObject({ status: 'completed', attempts: 2 });
  expect(await bookedFor(folder, 'Pat')).toEqual({ flights: 1, hotels: 1, cars: 1 });

  const canceled = await command('show', runId, '--watch', '--json');
  expect(canceled.exitCode).toBe(1);
  const run = JSON.parse(canceled.stdout) as RunView;
  expect(run).toMatchObject({ status: 'canceled', cancelRequested: { reason: 'too slow' } });
  expect(stepOf(run, 'reserve-car')?.status).toBe('skipped');
  expect(await bookedFor(folder, 'Quin')).toEqual({ flights: 1, hotels: 0, cars: 0 });
});

/** A trip that is canceled while its hotel request hangs. */
async function startUntilHotelHangs(traveller: string): Promise<{ runId: string }> {
  const input = JSON.stringify(tripOf(traveller));
  const started = await command(...'run trip-planner --playbook book-trip --json --input'.split(' '), input);
  const { runId } = JSON.parse(started.stdout) as { runId: string };
  await platform.runUntil(runId, (run) => stepOf(run, 'book-hotel')?.status === 'running');
  const asked = await command('cancel', runId, '--reason', 'too slow');
  expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
  return { runId };
}

it('a car whose answer was lost is in doubt: nobody books it again, not even on request', async () => {
  await setFault(folder, 'cars', 'apply-then-drop', 1);
  const { ended, run } = await book('Cleo');
  expect(ended.exitCode).toBe(3);
  expect(run.status).toBe('escalated');
  expect(stepOf(run, 'reserve-car')).toMatchObject({ status: 'inDoubt', attempts: 1 });
  expect(await openEscalations(run.runId)).toMatchObject([{ kind: 'inDoubt', stepId: 'reserve-car' }]);

  const resumed = await command('resume', run.runId);
  expect(resumed).toMatchObject({ exitCode: 2, stdout: '' });
  expect(resumed.stderr).toContain('step-in-doubt');
  expect((await platform.call('POST', `/v1/runs/${run.runId}/resume`, {})).status).toBe(409);
  expect(await platform.showRun(run.runId)).toMatchObject({ status: 'escalated' });
  expect(await bookedFor(folder, 'Cleo')).toEqual({ flights: 1, hotels: 1, cars: 1 });
});

it('a run that waits for a person can be canceled; then it is over, and its escalation settled', async () => {
  await setFault(folder, 'flights', 'fail');
  const { run } = await book('Kim');
  expect(run.status).toBe('escalated');

  const canceled = await command('cancel', run.runId, '--reason', 'staying at home');
  expect(canceled).toMatchObject({ exitCode: 0, stderr: '' });
  const shown = await command('show', run.runId, '--watch');
  expect(shown.exitCode).toBe(1);
  expect(shown.stdout).toContain('canceled');
  expect(await openEscalations(run.runId)).toEqual([]);
  const resumed = await command('resume', run.runId);
  expect(resumed).toMatchObject({ exitCode: 2, stdout: '' });
  expect(resumed.stderr).toContain('run-over');
});

it('a second start on what the first one uses says what is taken and exits with 2, and the first one serves on', async () => {
  const other = await makeProjectFolder();
  const start = (...args: string[]): Promise<Ended> => holdfast(['start', ...args], { cwd: folder.directory });
  const port = ['--port', String(folder.port)];
  const [data, api, provider] = await Promise.all([
    start('--data', folder.dataDirectory, '--port', String(await freePort())),
    start('--project', other.directory, '--data', other.dataDirectory, ...port),
    start('--data', `${folder.directory}/other-data`, '--port', String(await freePort())),
  ]);
  other.remove();
  expect(data).toMatchObject({ exitCode: 2, stdout: '' });
  expect(data.stderr).toContain(`Another platform is using ${folder.dataDirectory}`);
  expect(api).toMatchObject({ exitCode: 2, stdout: '' });
  expect(api.stderr).toContain(`Port ${folder.port} is in use`);
  expect(provider).toMatchObject({ exitCode: 2, stdout: '' });
  for (const service of ['travel-provider', 'back-office']) {
    expect(provider.stderr).toContain(`which the service '${service}' needs, is in use`);
  }
  expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
});

it('a restart forgets nothing, and --fresh everything', async () => {
  const { run } = await book('Ria');
  const listed = await command('runs', '--json', '--limit', '100');
  const shown = await command('show', run.runId, '--json');
  const { counts } = await providerLedger(folder);

  await platform.stop();
  platform = await RunningPlatform.start(folder);
  expect((await command('runs', '--json', '--limit', '100')).stdout).toBe(listed.stdout);
  expect((await command('show', run.runId, '--json')).stdout).toBe(shown.stdout);
  expect((await providerLedger(folder)).counts).toEqual(counts);

  await platform.stop();
  platform = await RunningPlatform.start(folder, { args: ['--fresh'] });
  const afterwards = JSON.parse((await command('runs', '--json')).stdout) as RunPage;
  expect(afterwards.items).toEqual([]);
  expect(await command('show', run.runId)).toMatchObject({ exitCode: 2, stdout: '' });
  expect((await providerLedger(folder)).counts).toEqual({ flights: 0, hotels: 0, cars: 0 });
});
