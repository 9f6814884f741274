import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Problem } from '../../core/contract/problems.ts';
import { emptyFolder, holdfast } from './command.ts';
import { platformsOfTests, portOf, runId } from './platform.ts';
import type { Received } from './platform.ts';

const platformWith = platformsOfTests();

const platformStarting = (startRun: (request: Received) => { runId: string; status: 'pending' }) =>
  platformWith({ startRun });
const accept = () => ({ runId, status: 'pending' }) as const;

it('sends what the options say, as the platform takes it', async () => {
  const { platform, env } = await platformStarting(accept);
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'trip.json'), '\ufeff{"to":"Oslo"}');
  const args = ['run', 'trip-planner', '--playbook', 'book-trip', '--goal', 'go', '--input', 'trip.json'];
  const labels = ['--label', 'team=a=b', '--label', '__proto__=x'];
  const ended = await holdfast([...args, ...labels, '--idempotency-key', 'once'], { env, cwd });
  expect(ended).toMatchObject({ exitCode: 0, stdout: `Run ${runId} is pending\n` });
  const [{ body, headers } = { body: undefined, headers: undefined }, ...more] = platform.received;
  expect(more).toEqual([]);
  expect(headers).toMatchObject({ authorization: 'Bearer a.b.c', 'idempotency-key': 'once' });
  const expected =
    '{"agent":"trip-planner","goal":"go","playbook":"book-trip","input":{"to":"Oslo"},"labels":{"team":"a=b","__proto__":"x"}}';
  expect(JSON.stringify(body)).toBe(expected);
});

it('takes a budget, and the input as JSON or from standard input', async () => {
  const { platform, env } = await platformStarting(accept);
  await holdfast(['run', 'a', '--input', ' [1, 2]'], { env });
  await holdfast(['run', 'a', '--goal', 'go', '--budget', 'usd=0.50', '--budget', 'steps=20'], { env });
  await holdfast(['run', 'a', '--plan', '-'], { env, input: '{"steps":[]}' });
  expect(platform.received.map(({ body }) => body)).toEqual([
    { agent: 'a', input: [1, 2] },
    { agent: 'a', goal: 'go', budget: { usd: 0.5, steps: 20 } },
    { agent: 'a', plan: { steps: [] } },
  ]);
});

it('repeats a start whose answer was lost with the same key, so that there is one run', async () => {
  let losses = 2;
  const { platform, env } = await platformStarting(() => {
    losses -= 1;
    if (losses >= 0) throw new Problem('store-unavailable', 'The table did not answer.');
    return accept();
  });
  const ended = await holdfast(['run', 'a'], { env });
  expect(ended.exitCode).toBe(0);
  const keys = platform.received.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

it('names the key when it never learned whether the run was started', async () => {
  const server = createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const env = { HOLDFAST_URL: `http://127.0.0.1:${portOf(server)}`, HOLDFAST_TOKEN: 'a.b.c' };
  const ended = await holdfast(['run', 'a'], { env });
  await new Promise((resolve) => server.close(resolve));
  expect(ended).toMatchObject({ exitCode: 4, stdout: '' });
  expect(ended.stderr).toMatch(
    /The run may have been started\. Repeat the command with --idempotency-key [0-9a-f-]{36}/,
  );
});

it('does not follow a redirect with the token', async () => {
  const { platform } = await platformStarting(accept);
  const server = createServer((_, response) => response.writeHead(307, { location: platform.url }).end()).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const env = { HOLDFAST_URL: `http://127.0.0.1:${portOf(server)}`, HOLDFAST_TOKEN: 'a.b.c' };
  const ended = await holdfast(['run', 'a'], { env });
  await new Promise((resolve) => server.close(resolve));
  expect(ended.exitCode).toBe(4);
  expect(platform.received).toEqual([]);
});
