import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createDynamoClient, createTable } from '../../core/adapters/dynamodb/index.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { jsonHash } from '../../core/model/json.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import type { Emulators } from '../../local/emulators/start-emulators.ts';
import { startEmulators } from '../../local/emulators/start-emulators.ts';
import { functionEnvironment, local } from '../../local/environment.ts';
import type { SkillHosts } from '../../local/skill-hosts/skill-hosts.ts';
import { startSkillHosts } from '../../local/skill-hosts/skill-hosts.ts';

const projectDirectory = fileURLToPath(new URL('unruly-project', import.meta.url));
/** Longer than the timeout of the actions, so that there is time for a call at all. */
const deadlineMs = 3_000;

let dataDirectory: string;
let emulators: Emulators;
let running: SkillHosts | undefined;

beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'holdfast-hosts-'));
  emulators = await startEmulators({ dataDirectory, queues: [], bucket: local.bucket }, (error) => {
    throw error;
  });
  const environment = functionEnvironment({
    addresses: emulators.addresses,
    stepFunctionsEndpoint: 'http://127.0.0.1:1',
    skillIds: ['Unruly:v1'],
    settings: {},
    tokenKeys: '{"keys":[]}',
    dataDirectory,
    smtpUrl: 'smtp://127.0.0.1:1',
    epoch: 'test',
  });
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  await createTable(createDynamoClient(), local.table);
});
afterEach(async () => {
  await running?.stop();
});
afterAll(async () => {
  await emulators.stop();
  rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 10 });
  vi.unstubAllEnvs();
});

async function pool(size: number, warm = size): Promise<SkillHosts> {
  running = await startSkillHosts({ projectDirectory, size, warm });
  return running;
}

let steps = 0;

/** A dispatch of a step that nobody has seen before. */
function request(action: string, input: JsonObject = {}): StepRequest {
  steps += 1;
  return {
    ...{ tenantId: 'default', runId: 'run-1', agent: 'unruly', generation: 1 },
    ...{ stepId: `s${steps}`, skill: 'Unruly:v1', action, direction: 'F', occurrence: 1 },
    input: { kind: 'inline', value: input },
    argsHash: jsonHash(input),
    skillHash: 'any',
    trust: 'trusted',
    doubted: [],
    settleOnly: false,
    lookAgain: false,
  };
}

async function outcomeOf(invocation: Promise<unknown>): Promise<StepOutcome> {
  return (await invocation) as StepOutcome;
}

it('a worker that is not done at its deadline is killed: the invocation ends with Sandbox.Timedout, and the next one is served', async () => {
  const { invoke } = bound(await pool(1));
  const startedAtMs = Date.now();
  await expect(invoke(request('spin'))).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
  expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(deadlineMs - 10);
  expect(await outcomeOf(invoke(request('answer')))).toMatchObject({ kind: 'done' });
});

it('a skill that only waits is given up at its own timeout, and its worker lives on', async () => {
  const { invoke } = bound(await pool(1));
  const before = await outcomeOf(invoke(request('answer')));
  expect(await outcomeOf(invoke(request('hang')))).toMatchObject({ kind: 'retry', failure: { class: 'timeout' } });
  const after = await outcomeOf(invoke(request('answer')));
  expect(after).toMatchObject({ kind: 'done', output: threadOf(before) });
});

it.each(['exit', 'throwLater', 'rejectUnseen'])(
  'a worker that dies (%s) ends its invocation with Lambda.Unknown, and the pool goes on',
  async (action) => {
    const { invoke } = bound(await pool(1));
    await expect(invoke(request(action))).rejects.toMatchObject({ name: 'Lambda.Unknown' });
    expect(await outcomeOf(invoke(request('answer')))).toMatchObject({ kind: 'done' });
  },
);

it.each([
  ['answerCircle', 'invalidOutput', /^the answer is not JSON/],
  ['answerTooMuch', 'invalidOutput', /^the answer has \d+ bytes as JSON/],
  ['throwHostile', 'bug', /^thrown: something that cannot be shown/],
  ['throwMuch', 'bug', /^Error: x+… \(\d+ characters\)$/],
  ['checkLater', 'postconditionFailed', /a promise instead of a list/],
])('a skill that misbehaves (%s) fails, and its worker lives on', async (action, failureClass, message) => {
  const { invoke } = bound(await pool(1));
  const before = await outcomeOf(invoke(request('answer')));
  const outcome = await outcomeOf(invoke(request(action)));
  // What a check is about is read once more, for it may come true.
  const kind = action === 'checkLater' ? 'retry' : 'failed';
  expect(outcome).toMatchObject({ kind, failure: { class: failureClass } });
  expect('failure' in outcome && outcome.failure.message).toMatch(message);
  const after = await outcomeOf(invoke(request('answer', { forMs: 50 })));
  expect(after).toMatchObject({ kind: 'done', output: threadOf(before) });
});

it('what a skill still does after its answer ends neither the worker nor what it does next', async () => {
  const { invoke } = bound(await pool(1));
  const before = await outcomeOf(invoke(request('workOn')));
  const after = await outcomeOf(invoke(request('answer', { forMs: 300 })));
  expect(after).toMatchObject({ kind: 'done', output: threadOf(before) });
});

it('more invocations than workers are all served, each worker by one at a time', async () => {
  const { invoke } = bound(await pool(3, 1));
  const startedAtMs = Date.now();
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, () => outcomeOf(invoke(request('answer', { forMs: 200 })))),
  );
  expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true);
  expect(new Set(outcomes.map((outcome) => JSON.stringify(threadOf(outcome)))).size).toBe(3);
  // Ten after another in each of three workers.
  expect(Date.now() - startedAtMs).toBeGreaterThan(10 * 200 - 50);
});

it('a skill that hangs blocks only its own worker', async () => {
  const hosts = await pool(2);
  const hung = vi.fn();
  hosts.invoke(request('spin'), 600_000).then(hung, hung);
  for (let count = 0; count < 20; count += 1) {
    expect(await outcomeOf(hosts.invoke(request('answer'), deadlineMs))).toMatchObject({ kind: 'done' });
  }
  expect(hung).not.toHaveBeenCalled();
});

it('invocations that wait when the pool stops end with Lambda.Unknown', async () => {
  const { invoke, stop } = bound(await pool(1));
  const endings = ['spin', 'answer', 'answer'].map((action) =>
    invoke(request(action)).catch((error: Error) => error.name),
  );
  await stop();
  expect(await Promise.all(endings)).toEqual(['Lambda.Unknown', 'Lambda.Unknown', 'Lambda.Unknown']);
});

function bound(skillHosts: SkillHosts) {
  return {
    invoke: (payload: StepRequest) => skillHosts.invoke(payload, deadlineMs),
    stop: () => skillHosts.stop(),
  };
}

function threadOf(outcome: StepOutcome): unknown {
  return outcome.kind === 'done' ? outcome.output : outcome;
}
