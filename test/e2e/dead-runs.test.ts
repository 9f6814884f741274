import { setTimeout as pause } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import type { EscalationView } from '../../core/contract/inbox-api.ts';
import { local } from '../../local/environment.ts';
import { holdfast } from '../cli/command.ts';
import { headOf, requestOf } from '../conformance/records.ts';
import type { Emulators } from './emulators-of.ts';
import { emulatorsOf, executionsOf } from './emulators-of.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, providerLedger, setFault, tripOf, tripRun } from './travel.ts';

/** As in the cloud, but for the time that everything takes. */
const hurried = { HOLDFAST_LIMITS: JSON.stringify({ restartWaitMs: 200, localSweepMs: 300 }) };
const agent = 'trip-planner';
const booked = { flights: 1, hotels: 1, cars: 1 };

let folder: ProjectFolder;
let platform: RunningPlatform;
let emulators: Emulators;

beforeEach(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder, { environment: hurried });
  emulators = await emulatorsOf(platform);
});
afterEach(async () => {
  emulators.stepFunctions.destroy();
  emulators.dynamodb.destroy();
  await RunningPlatform.killAll();
  folder.remove();
});

const command = (...args: readonly string[]) =>
  holdfast(args, { env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory } });

/** Aborts an execution of a run once it runs. */
async function kill(runId: string, generation: number, cause: string): Promise<void> {
  const name = `${runId}-g${generation}`;
  const deadlineMs = Date.now() + 20_000;
  while (!(await executionsOf(emulators.stepFunctions, agent)).includes(name)) {
    if (Date.now() > deadlineMs)
      throw new Error(`${name} does not run: ${JSON.stringify(await platform.showRun(runId))}`);
    await pause(50);
  }
  const executionArn = `${local.runMachineArnPrefix.replace(':stateMachine:', ':execution:')}${agent}:${name}`;
  await emulators.stepFunctions.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause }));
}

it('a run whose execution is stopped in the middle of a step goes on by itself, and nothing happens twice', async () => {
  await setFault(folder, 'hotels', 'hang', 1);
  const runId = await platform.startRun(tripRun('Ada'));
  while ((await providerLedger(folder)).requests.hotels === 0) await pause(50);
  await kill(runId, 1, 'somebody stopped it');
  const run = await untilAtRest(platform, runId, 120_000);
  expect(run).toMatchObject({ status: 'completed', generation: 2 });
  expect(await bookedFor(folder, 'Ada')).toEqual(booked);
});

it('one that dies each time ends with a person, who reads why and sets it going again', async () => {
  expect(await command('breakers', 'isolate', 'travel-flights', '--reason', 'so that nothing moves')).toMatchObject({
    exitCode: 0,
  });
  const runId = await platform.startRun(tripRun('Bob'));
  for (const generation of [1, 2, 3, 4]) await kill(runId, generation, `the reason ${generation}`);
  const run = await untilAtRest(platform, runId);
  expect(run).toMatchObject({ status: 'escalated', generation: 4, waitingFor: { escalation: 'deadRun' } });

  const { items } = (await (await platform.call('GET', '/v1/escalations?status=open')).json()) as {
    items: EscalationView[];
  };
  expect(items.map(({ kind, runId: about }) => [kind, about])).toEqual([['deadRun', runId]]);
  const shown = await command('inbox', 'show', items[0]?.escalationId ?? '');
  for (const generation of [1, 2, 3, 4]) {
    expect(shown.stdout).toContain(`${runId}-g${generation} ended as ABORTED: Stopped: the reason ${generation}`);
  }
  // It stays there, whatever is swept and whoever starts the platform anew.
  await pause(1_000);
  emulators.stepFunctions.destroy();
  emulators.dynamodb.destroy();
  await platform.kill();
  platform = await RunningPlatform.start(folder, { environment: hurried });
  emulators = await emulatorsOf(platform);
  expect(await platform.showRun(runId)).toMatchObject({ status: 'escalated', generation: 4 });

  expect(await command('breakers', 'close', 'travel-flights', '--reason', 'go on')).toMatchObject({ exitCode: 0 });
  const resumed = await command('resume', runId, '--watch');
  expect(resumed).toMatchObject({ exitCode: 0 });
  expect(await platform.showRun(runId)).toMatchObject({ status: 'completed' });
  expect(await bookedFor(folder, 'Bob')).toEqual(booked);
  const open = (await (await platform.call('GET', '/v1/escalations?status=open')).json()) as { items: unknown[] };
  expect(open.items).toEqual([]);
}, 180_000);

it('a run that was stored and never started is found by the sweep', async () => {
  const { runs } = createDynamoStores({ client: emulators.dynamodb, tableName: local.table });
  const hourAgoMs = Date.now() - 3_600_000;
  const times = { createdAtMs: hourAgoMs, updatedAtMs: hourAgoMs, deadlineMs: Date.now() + 3_600_000 };
  const head = headOf(1, { tenantId: 'default', agent, ...times });
  const asked = { ...requestOf(head), playbook: 'book-trip', input: tripOf('Cleo'), untrusted: [] };
  expect(await runs.createRun(asked, head)).toEqual({ written: true });
  expect(await untilAtRest(platform, head.runId)).toMatchObject({ status: 'completed', generation: 1 });
  expect(await bookedFor(folder, 'Cleo')).toEqual(booked);
});
