import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunAccepted, RunPage } from '../../core/contract/api.ts';
import { maxBodyBytes } from '../../core/contract/api.ts';
import type { ProblemDocument } from '../../core/contract/problems.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, repository, untilAtRest } from './running-platform.ts';
import { bookedFor, setFault, tripOf, tripRun } from './travel.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder);
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

async function allRuns(tenantId = 'default'): Promise<string[]> {
  const authorization = `Bearer ${await platform.token(tenantId)}`;
  const response = await platform.call('GET', '/v1/runs?limit=100', undefined, { authorization });
  return ((await response.json()) as RunPage).items.map(({ runId }) => runId);
}

it('50 calls at once with one key start one run; another body is refused; and the key is known after a kill -9', async () => {
  const key = { 'idempotency-key': 'trip-of-ida' };
  const responses = await Promise.all(
    Array.from({ length: 50 }, () => platform.call('POST', '/v1/runs', tripRun('Ida'), key)),
  );
  const answers = await Promise.all(
    responses.map(async (response) => ({ status: response.status, body: (await response.json()) as object })),
  );
  const accepted = answers.filter(({ status }) => status === 202).map(({ body }) => (body as RunAccepted).runId);
  const others = answers.filter(({ status }) => status !== 202);
  expect(accepted.length).toBeGreaterThan(0);
  for (const other of others) expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-in-flight' } });
  const [runId = ''] = accepted;
  expect(new Set(accepted)).toEqual(new Set([runId]));
  expect(await allRuns()).toEqual([runId]);
  console.info(`50 calls with one key: ${accepted.length} answered 202, ${others.length} answered 409`);

  const otherBody = await platform.call('POST', '/v1/runs', tripRun('Somebody else'), key);
  expect(otherBody.status).toBe(422);
  expect(await otherBody.json()).toMatchObject({ code: 'idempotency-key-reused' });

  expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'completed' });
  await platform.kill();
  platform = await RunningPlatform.start(folder);
  const again = await platform.call('POST', '/v1/runs', tripRun('Ida'), key);
  expect(again.status).toBe(202);
  expect(await again.json()).toEqual({ runId, status: 'completed' });
  expect(await allRuns()).toEqual([runId]);
  expect(await bookedFor(folder, 'Ida')).toEqual({ flights: 1, hotels: 1, cars: 1 });
});

interface Refused {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly send: () => Promise<Response>;
}

const post = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  send('POST', '/v1/runs', { body, headers: { 'content-type': 'application/json', ...headers } });

async function send(method: string, path: string, init: RequestInit & { tenantId?: string } = {}): Promise<Response> {
  const { tenantId, headers, ...rest } = init;
  const authorization = `Bearer ${await platform.token(tenantId)}`;
  return fetch(`${platform.url}${path}`, { method, headers: { authorization, ...(headers as object) }, ...rest });
}

const without = { ...tripOf('Nobody'), returnOn: '2020-01-01' };

it.each<Refused>([
  { what: 'malformed JSON', status: 400, code: 'malformed-json', send: () => post('{"agent":') },
  {
    what: 'a body that is no JSON by its type',
    status: 415,
    code: 'unsupported-media-type',
    send: () => post('agent=trip-planner', { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  {
    what: 'an oversized body',
    status: 413,
    code: 'body-too-large',
    send: () => post(JSON.stringify({ ...tripRun('Nobody'), goal: 'x'.repeat(maxBodyBytes) })),
  },
  {
    what: 'a member that does not exist',
    status: 422,
    code: 'invalid-request',
    send: () => post(JSON.stringify({ ...tripRun('Nobody'), playbok: 'book-trip' })),
  },
  {
    what: 'an unknown agent',
    status: 422,
    code: 'unknown-agent',
    send: () => post(JSON.stringify({ ...tripRun('Nobody'), agent: 'trip-planer' })),
  },
  {
    what: 'an agent that is no name at all',
    status: 422,
    code: 'invalid-request',
    send: () => post(JSON.stringify({ ...tripRun('Nobody'), agent: '__proto__' })),
  },
  {
    what: 'an unknown playbook',
    status: 422,
    code: 'unknown-playbook',
    send: () => post(JSON.stringify({ ...tripRun('Nobody'), playbook: 'constructor' })),
  },
  {
    what: 'an input that does not fit the playbook',
    status: 422,
    code: 'invalid-input',
    send: () => post(JSON.stringify({ ...tripRun('Nobody'), input: without })),
  },
  {
    what: 'a plan with a step that is not granted',
    status: 422,
    code: 'plan-rejected',
    send: () =>
      post(
        JSON.stringify({
          agent: 'trip-planner',
          plan: { steps: [{ id: 'pay', skill: 'Bank:v1', action: 'transfer', input: {}, why: 'why not' }] },
        }),
      ),
  },
  {
    what: 'a malformed Idempotency-Key',
    status: 400,
    code: 'malformed-idempotency-key',
    send: () => post(JSON.stringify(tripRun('Nobody')), { 'idempotency-key': 'two words' }),
  },
  {
    what: 'no token',
    status: 401,
    code: 'unauthenticated',
    send: () => fetch(`${platform.url}/v1/runs`),
  },
  {
    what: 'an address that does not exist',
    status: 404,
    code: 'unknown-route',
    send: () => send('GET', '/v1/nothing'),
  },
  {
    what: 'a method that the address does not take',
    status: 405,
    code: 'method-not-allowed',
    send: () => send('DELETE', '/v1/runs'),
  },
  {
    what: 'a limit out of range',
    status: 400,
    code: 'invalid-parameter',
    send: () => send('GET', '/v1/runs?limit=1000'),
  },
])('$what is answered with the problem $code, and nothing is started', async (refused) => {
  const before = await allRuns();
  await expectProblem(await refused.send(), refused);
  expect(await allRuns()).toEqual(before);
});

async function expectProblem(response: Response, expected: { readonly status: number; readonly code: string }) {
  const { status, code } = expected;
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = (await response.json()) as ProblemDocument;
  expect(problem).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) });
  expect(problem.type).toContain(code);
  expect(existsSync(join(repository, 'docs', 'errors', `${code}.md`))).toBe(true);
}

it("another tenant's run is not there: it can neither be seen, nor listed, nor moved", async () => {
  const runId = await platform.startRun(tripRun('Tina'));
  const tenantId = 'rivals';
  for (const path of [`/v1/runs/${runId}`, `/v1/runs/${runId}/plan`]) {
    await expectProblem(await send('GET', path, { tenantId }), { status: 404, code: 'unknown-run' });
  }
  for (const path of [`/v1/runs/${runId}/cancel`, `/v1/runs/${runId}/resume`]) {
    await expectProblem(await send('POST', path, { tenantId }), { status: 404, code: 'unknown-run' });
  }
  expect(await allRuns(tenantId)).toEqual([]);
  expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'completed' });
});

it('the description of the API names only addresses that answer', async () => {
  await setFault(folder, 'cars', 'apply-then-drop', 1);
  const runId = await platform.startRun(tripRun('Olga'));
  const { waitingFor } = await untilAtRest(platform, runId);
  if (waitingFor?.kind !== 'human') throw new Error('the run does not wait for a person');
  const segments: Readonly<Record<string, string>> = {
    runId,
    skillId: 'HotelBooking:v1',
    agent: 'billing',
    breakerId: 'travel-hotels',
    escalationId: waitingFor.escalationId,
  };

  const response = await fetch(`${platform.url}/v1/openapi.json`);
  expect(response.status).toBe(200);
  const { openapi, paths } = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
  };
  expect(openapi).toMatch(/^3\.1\./);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  expect(operations.length).toBeGreaterThan(10);
  // What changes the run comes last.
  for (const { method, path } of operations.toSorted((a, b) => a.method.localeCompare(b.method))) {
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const segment = segments[name];
      if (segment === undefined) throw new Error(`${path} has a segment that this test does not know`);
      return encodeURIComponent(segment);
    });
    const answer = await send(method, address);
    // A stream of events goes on as long as its run does.
    if (answer.headers.get('content-type')?.startsWith('text/event-stream')) await answer.body?.cancel();
    else await answer.text();
    expect([404, 405], `${method} ${path} answered ${answer.status}`).not.toContain(answer.status);
    expect(answer.status, `${method} ${path}`).toBeLessThan(500);
  }
});
