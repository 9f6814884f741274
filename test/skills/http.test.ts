import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ActionContext } from 'holdfast';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { callAction } from '../../core/operations/call-action.ts';
import { createHttp, systemClock } from '../../core/adapters/system/index.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';
import http from '../../skills/http-v1/skill.ts';

let received: { method: string | undefined; url: string | undefined; type: string | undefined; body: string }[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ method: request.method, url: request.url, type: request.headers['content-type'], body });
    answer(request, response);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const origin = `http://api.example:${port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
  answer = (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
});

/** The skill in the context that it is given; api.example leads to this machine, which counts as public. */
function call(action: (context: ActionContext) => Promise<unknown>, allowed = origin) {
  const local = createHttp({
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    refusal: (address) => (address === '127.0.0.1' ? undefined : 'private'),
  });
  return callAction(action, {
    tenantId: 'acme',
    skill: http,
    effectKey: 'key',
    attempt: 1,
    settings: { HTTP_ALLOWED_ORIGINS: allowed },
    trust: 'trusted',
    timeoutSeconds: 10,
    ports: { ...memoryReach(), http: local, clock: systemClock },
  });
}
const get = (url: string, allowed?: string) => call((context) => http.actions.get.run({ url }, context), allowed);

describe('get', () => {
  it('answers with text or JSON', async () => {
    expect(await get(`${origin}/page`)).toMatchObject({
      value: { status: 200, contentType: 'text/plain', text: 'hello' },
    });
    answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/problem+json; charset=utf-8' }).end('{"a":[1]}');
    expect(await get(`${origin}/page`)).toMatchObject({ value: { json: { a: [1] } } });
    answer = (_, response) => response.writeHead(204).end();
    expect(await get(`${origin}/page`)).toMatchObject({ value: { status: 204, contentType: '' } });
  });

  it.each([
    ['image/png', 'x', 'neither text nor JSON'],
    ['', 'x', 'of no type'],
    ['application/json', '{"a":', 'says that it is JSON, and is not'],
    ['text/html', 'x'.repeat(256 * 1024 + 1), 'has 262145 bytes; 262144 are allowed'],
  ])('refuses an answer of the type %j that is none', async (type, body, message) => {
    answer = (_, response) => response.writeHead(200, type === '' ? {} : { 'content-type': type }).end(body);
    expect(await get(`${origin}/`)).toMatchObject({
      problem: { failureClass: 'invalidOutput', message: expect.stringContaining(message) as string },
    });
  });

  it('reaches allowed origins only, none by default, also by a redirect', async () => {
    const denied = { ok: false, problem: { failureClass: 'denied' } };
    expect(await get(`${origin}/`, '')).toMatchObject(denied);
    expect(await get(`http://other.example:${port}/`)).toMatchObject(denied);
    expect(await get(`https://api.example:${port}/`)).toMatchObject(denied);
    expect(received).toEqual([]);
    answer = (_, response) => response.writeHead(302, { location: `http://other.example:${port}/` }).end();
    expect(await get(`${origin}/`)).toMatchObject(denied);
    expect(received).toHaveLength(1);
  });

  it('never reaches an address that is not public, even when its origin is allowed', async () => {
    for (const address of [`http://10.0.0.1:${port}`, `http://[::1]:${port}`, `http://localhost:${port}`]) {
      expect(await get(`${address}/`, address)).toMatchObject({
        problem: {
          failureClass: 'denied',
          sendOutcome: 'notSent',
          message: expect.stringContaining('only public addresses') as string,
        },
      });
    }
    expect(received).toEqual([]);
  });
});

describe('send', () => {
  it('sends JSON, or nothing', async () => {
    await call((context) => http.actions.send.run({ method: 'POST', url: `${origin}/a`, body: { b: 1 } }, context));
    await call((context) => http.actions.send.run({ method: 'DELETE', url: `${origin}/a` }, context));
    expect(received).toEqual([
      { method: 'POST', url: '/a', type: 'application/json', body: '{"b":1}' },
      { method: 'DELETE', url: '/a', type: undefined, body: '' },
    ]);
  });

  it('takes no body of more than 64 KB, no other method and no other scheme', () => {
    const input = { method: 'PUT', url: 'https://api.example/' };
    const { send } = http.actions;
    expect(send.input.safeParse({ ...input, body: 'x'.repeat(60_000) }).success).toBe(true);
    expect(send.input.safeParse({ ...input, body: 'x'.repeat(70_000) }).success).toBe(false);
    expect(send.input.safeParse({ ...input, method: 'CONNECT' }).success).toBe(false);
    expect(send.input.safeParse({ ...input, url: 'file:///etc/passwd' }).success).toBe(false);
    expect(send.input.safeParse({ ...input, headers: {} }).success).toBe(false);
  });
});
