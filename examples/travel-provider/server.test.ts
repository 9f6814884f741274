import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('server.ts', import.meta.url));
const room = {
  reference: 'r-1',
  city: 'Oslo',
  checkIn: '2027-05-03',
  checkOut: '2027-05-07',
  guests: [{ name: 'Ada' }],
};

let directory: string;
let running: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'travel-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((child) => end(child, 'SIGKILL')));
  rmSync(directory, { recursive: true });
});

async function start(port = '0'): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(script, {
    env: { ...process.env, PORT: port, DATA_DIR: directory },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.push(child);
  const [message] = (await once(child, 'message')) as [{ kind: 'listening'; url: string }];
  return { child, url: message.url };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill(signal);
  await over;
}

function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) });
}

test('what was booked and which fault is set survive kill -9', async () => {
  const first = await start();
  await post(`${first.url}/faults`, { service: 'cars', fault: 'fail' });
  expect((await post(`${first.url}/hotels/bookings`, room)).status).toBe(201);
  await end(first.child, 'SIGKILL');

  const { url } = await start();
  expect(await (await fetch(`${url}/ledger`)).json()).toMatchObject({ counts: { hotels: 1 }, requests: { hotels: 1 } });
  expect(await (await fetch(`${url}/faults`)).json()).toMatchObject({
    faults: [{}, {}, { fault: 'fail', times: null }, {}, {}, {}],
  });
});

test('over a real socket, apply-then-drop resets the connection after booking, and hang outlasts the client', async () => {
  const { url } = await start();
  await post(`${url}/faults`, { service: 'hotels', fault: 'apply-then-drop', times: 1 });
  await expect(post(`${url}/hotels/bookings`, room)).rejects.toThrow('fetch failed');
  await post(`${url}/faults`, { service: 'hotels', fault: 'hang', times: 1 });
  await expect(post(`${url}/hotels/bookings`, room, AbortSignal.timeout(150))).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  expect(await (await fetch(`${url}/ledger`)).json()).toMatchObject({ counts: { hotels: 1 }, requests: { hotels: 2 } });
});

test('it ends when its parent goes away, and its successor waits for the port', async () => {
  const first = await start();
  const over = once(first.child, 'exit');
  const successor = start(new URL(first.url).port);
  first.child.disconnect();
  expect(await over).toEqual([0, null]);
  expect((await successor).url).toBe(first.url);
});

test('it ends at SIGTERM', async () => {
  const { child } = await start();
  await end(child, 'SIGTERM');
  expect(child.exitCode).toBe(0);
});
