import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('server.ts', import.meta.url));
const charge = { customerId: 'US000001', amountCents: 12_000, currency: 'EUR', description: 'One year' };

let directory: string;
let running: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'office-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map(kill));
  rmSync(directory, { recursive: true });
});

async function start(apiKey: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(script, {
    env: { ...process.env, PORT: '0', DATA_DIR: directory, PAYMENT_API_KEY: apiKey },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.push(child);
  const [message] = (await once(child, 'message')) as [{ kind: 'listening'; url: string }];
  return { child, url: message.url };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
}

function pay(url: string, token: string): Promise<Response> {
  return fetch(`${url}/charges`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k-1' },
    body: JSON.stringify(charge),
  });
}

test('over real sockets a charge survives kill -9, and its key is still known', async () => {
  const first = await start('');
  expect((await pay(first.url, 'anything')).status).toBe(201);
  await kill(first.child);
  const { url } = await start('');
  expect((await pay(url, 'anything')).status).toBe(200);
  expect(await (await fetch(`${url}/ledger`)).json()).toMatchObject({
    counts: { charged: 1 },
    requests: { charges: 2 },
  });
});

test('the key of its environment is the only one that opens payments', async () => {
  const { url } = await start('key-of-the-office');
  expect((await pay(url, 'another-key')).status).toBe(401);
  expect((await pay(url, 'key-of-the-office')).status).toBe(201);
});
