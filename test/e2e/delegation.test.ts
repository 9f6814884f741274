import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import { chargeCustomer, paymentKey, refundsOf } from './back-office.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, mend, setFault, tripOf } from './travel.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

/** Hands refunds on to billing, whatever its own grants are. */
const deskAgent = `import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';
const refund = (words) => ({
  id: 'refund',
  skill: 'Agent:v1',
  action: 'billing',
  input: {
    playbook: 'refund-charge',
    input: { chargeId: '\${input.chargeId}', amountCents: '\${input.amountCents}', reason: 'Broken', ticket: words },
  },
  why: 'Only billing pays money back.',
});
const input = z.looseObject({});
export default defineAgent({
  name: 'help-desk',
  description: 'Answers tickets.',
  grants: ['Agent:v1/billing'],
  deadline: '1h',
  playbooks: {
    trusting: definePlaybook({ description: 'Pay back what an employee says.', input, steps: [refund('none')] }),
    wary: definePlaybook({
      description: 'Pay back what a customer says.',
      input,
      untrusted: ['amountCents'],
      steps: [refund('none')],
    }),
  },
});
`;

/** Hands everything on to itself. */
const idleAgent = `import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';
export default defineAgent({
  name: 'idler',
  description: 'Lets itself do it.',
  grants: ['Agent:v1/idler'],
  deadline: '1h',
  playbooks: {
    idle: definePlaybook({
      description: 'Hand it on.',
      input: z.looseObject({}),
      steps: [{ id: 'on', skill: 'Agent:v1', action: 'idler', input: { playbook: 'idle' }, why: 'Not now.' }],
    }),
  },
});
`;

beforeAll(async () => {
  folder = await makeProjectFolder();
  const agents = join(folder.directory, 'agents');
  rmSync(agents);
  cpSync(join(repository, 'agents'), agents, { recursive: true });
  for (const [name, text] of Object.entries({ 'help-desk': deskAgent, idler: idleAgent })) {
    mkdirSync(join(agents, name));
    writeFileSync(join(agents, name, 'agent.ts'), text);
  }
  await holdfast(['secrets', 'set', 'PAYMENT_API_KEY', '--data', folder.dataDirectory], { input: paymentKey });
  platform = await RunningPlatform.start(folder);
});
afterEach(async () => {
  await mend(folder, platform);
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

let arrivals = 0;

/** A colleague of this test alone, by whose name bookings and accounts are found. */
function newArrival(): { readonly name: string; readonly request: JsonObject } {
  arrivals += 1;
  const name = `Colleague ${arrivals}`;
  const account = {
    name: `colleague-${arrivals}`,
    displayName: name,
    email: `c${arrivals}@example.com`,
    role: 'viewer',
  };
  const input = { colleague: account, trip: tripOf(name) };
  return { name, request: { agent: 'reception', playbook: 'receive-colleague', input } };
}

function stepOf(run: RunView, id: string): RunView['steps']['window'][number] | undefined {
  return run.steps.window.find((step) => step.id === id);
}

/** The run that a step has begun, once there is one. */
async function childOf(runId: string, stepId: string): Promise<string> {
  const run = await platform.runUntil(runId, (one) => stepOf(one, stepId)?.runId !== undefined);
  return stepOf(run, stepId)?.runId ?? '';
}

it('hands parts of a goal to other agents, each in a run of its own, and gives their results as its own', async () => {
  const { name, request } = newArrival();
  const runId = await platform.startRun(request);
  const run = await untilAtRest(platform, runId);
  expect(run).toMatchObject({
    status: 'completed',
    output: { account: { roles: ['viewer'] }, trip: {} },
  });
  const trip = await platform.showRun(await childOf(runId, 'trip'));
  expect(trip).toMatchObject({
    agent: 'trip-planner',
    status: 'completed',
    parent: { agent: 'reception', runId, stepId: 'trip', depth: 1 },
    requestedBy: run.requestedBy,
  });
  expect(Date.parse(trip.deadline)).toBeLessThanOrEqual(Date.parse(run.deadline));
  expect(run.output).toMatchObject({ trip: trip.output as JsonObject });
  expect(await bookedFor(folder, name)).toMatchObject({ flights: 1, hotels: 1 });
});

it('shows on the command line which run a part was handed to, and of what run one is a part', async () => {
  const example = JSON.parse(readFileSync(join(repository, 'examples', 'arrival.json'), 'utf8')) as JsonObject;
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
  const args = 'run reception --playbook receive-colleague --watch --input'.split(' ');
  const ended = await holdfast([...args, JSON.stringify(example)], { env, cwd: folder.directory });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  const [parent = ''] = /run-[0-9a-z]{26}/.exec(ended.stdout) ?? [];
  const above = await holdfast(['show', parent], { env, cwd: folder.directory });
  const [, child = ''] = /Agent:v1\/trip-planner \((run-[0-9a-z]{26})\)/.exec(above.stdout) ?? [];
  const shown = await holdfast(['show', child], { env, cwd: folder.directory });
  expect(shown.stdout).toMatch(/part of +run-[0-9a-z]{26} \(step trip of reception\)/);
});

it('a run that waits for another costs no looks: it is woken when that is over', async () => {
  const { name, request } = newArrival();
  await setFault(folder, 'flights', 'fail');
  const runId = await platform.startRun(request);
  const child = await childOf(runId, 'trip');
  await platform.runUntil(child, ({ status }) => status === 'escalated');
  const waiting = await platform.runUntil(runId, ({ status }) => status === 'waiting');
  expect(stepOf(waiting, 'trip')).toMatchObject({ status: 'running', runId: child });
  expect(stepOf(waiting, 'account')?.status).toBe('completed');
  await setFault(folder, 'flights', 'none');
  await platform.call('POST', `/v1/runs/${child}/resume`, {});
  const run = await untilAtRest(platform, runId);
  expect(run.status).toBe('completed');
  // The run of the other agent began and ended once; this one was woken, and did not look again and again.
  expect(run.generation).toBeLessThanOrEqual(waiting.generation + 2);
  expect(await bookedFor(folder, name)).toMatchObject({ flights: 1, hotels: 1 });
});

it('a cancel goes down to the run that was begun, and the run above ends when that has ended', async () => {
  const { name, request } = newArrival();
  await setFault(folder, 'flights', 'fail');
  const runId = await platform.startRun(request);
  const child = await childOf(runId, 'trip');
  await platform.runUntil(child, ({ status }) => status === 'escalated');
  await platform.call('POST', `/v1/runs/${runId}/cancel`, { reason: 'she stays at home' });
  const run = await platform.runUntil(runId, ({ status }) => status === 'canceled');
  expect(run.cancelRequested).toMatchObject({ reason: 'she stays at home' });
  expect(await platform.showRun(child)).toMatchObject({ status: 'canceled', cancelRequested: { by: runId } });
  expect(await bookedFor(folder, name)).toMatchObject({ flights: 0, hotels: 0 });
  const open = (await (await platform.call('GET', '/v1/escalations?status=open')).json()) as {
    items: { runId: string }[];
  };
  expect(open.items.filter((item) => [runId, child].includes(item.runId))).toEqual([]);
});

it('a part that was canceled by itself fails its step, and a resume hands it on anew', async () => {
  const { name, request } = newArrival();
  await setFault(folder, 'flights', 'fail');
  const runId = await platform.startRun(request);
  const child = await childOf(runId, 'trip');
  await platform.runUntil(child, ({ status }) => status === 'escalated');
  await platform.call('POST', `/v1/runs/${child}/cancel`, { reason: 'wrong city' });
  const run = await platform.runUntil(runId, ({ status }) => status === 'escalated');
  const failed = stepOf(run, 'trip');
  expect(failed).toMatchObject({ status: 'failed', failure: { class: 'refusal' } });
  expect(failed?.failure?.message).toContain(`its run ${child} is canceled`);
  await setFault(folder, 'flights', 'none');
  await platform.call('POST', `/v1/runs/${runId}/resume`, {});
  const ended = await platform.runUntil(runId, ({ status }) => status === 'completed');
  expect(stepOf(ended, 'trip')?.runId).not.toBe(child);
  expect(await bookedFor(folder, name)).toMatchObject({ flights: 1, hotels: 1 });
});

it('after kill -9 both runs go on, and nothing is handed on or booked twice', async () => {
  const { name, request } = newArrival();
  const runId = await platform.startRun(request);
  await childOf(runId, 'trip');
  await platform.kill();
  platform = await RunningPlatform.start(folder);
  const run = await platform.runUntil(runId, ({ status }) => status === 'completed');
  expect(await bookedFor(folder, name)).toMatchObject({ flights: 1, hotels: 1 });
  const listed = (await (await platform.call('GET', '/v1/runs?limit=100')).json()) as { items: { runId: string }[] };
  const shown = await Promise.all(listed.items.map((one) => platform.showRun(one.runId)));
  expect(shown.filter(({ parent }) => parent?.runId === run.runId)).toHaveLength(2);
});

it('what may not be believed is not believed by the agent that it is handed to either', async () => {
  const start = async (playbook: string): Promise<{ chargeId: string; child: RunView }> => {
    const chargeId = await chargeCustomer(folder);
    const runId = await platform.startRun({ agent: 'help-desk', playbook, input: { chargeId, amountCents: 700 } });
    return { chargeId, child: await untilAtRest(platform, await childOf(runId, 'refund')) };
  };
  const trusting = await start('trusting');
  expect(trusting.child).toMatchObject({ agent: 'billing', status: 'completed' });
  expect(await refundsOf(folder, trusting.chargeId)).toEqual([700]);

  const wary = await start('wary');
  expect(wary.child).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'approval' } });
  expect(JSON.stringify(wary.child.waitingFor)).toContain('amountCents');
  expect(await refundsOf(folder, wary.chargeId)).toEqual([]);
});

it('an agent hands on only what it was granted to, and only three runs deep', async () => {
  const plan = {
    steps: [{ id: 'x', skill: 'Agent:v1', action: 'user-admin', input: { goal: 'Make me an admin' }, why: 'Power.' }],
  };
  const refused = await platform.call('POST', '/v1/runs', { agent: 'help-desk', plan });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain("is not granted 'Agent:v1/user-admin'");

  const runId = await platform.startRun({ agent: 'idler', playbook: 'idle' });
  const line = [runId];
  for (let depth = 1; depth <= 3; depth += 1) line.push(await childOf(line.at(-1) ?? '', 'on'));
  const last = await platform.runUntil(line.at(-1) ?? '', ({ status }) => status === 'escalated');
  expect(last.parent?.depth).toBe(3);
  expect(JSON.stringify(last.waitingFor)).toContain('hands nothing on');
  await platform.call('POST', `/v1/runs/${runId}/cancel`, {});
  for (const one of line) await platform.runUntil(one, ({ status }) => status === 'canceled');
});

it('a part with an input that does not fit the playbook fails its step, and says why', async () => {
  const input = { colleague: { name: 'x' }, trip: tripOf('Nobody') };
  const run = await untilAtRest(
    platform,
    await platform.startRun({ agent: 'reception', playbook: 'receive-colleague', input }),
  );
  expect(run.status).toBe('escalated');
  expect(stepOf(run, 'account')).toMatchObject({ status: 'failed', failure: { class: 'bug' } });
  expect(stepOf(run, 'account')?.failure?.message).toContain('input.email');
});
