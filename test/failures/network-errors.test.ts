import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { classify } from '../../core/model/classify.ts';
import { networkFailure } from '../../core/model/network-failure.ts';
import { closedPort, httpServer, rawServer, stopServers, thrownBy } from './loopback.ts';

const said = (error: unknown) => classify(error, { nowMs: 0, misfit: 'bug' });
const notReached = { failureClass: 'transient', sendOutcome: 'notSent' };
const cutOff = { failureClass: 'transient', sendOutcome: 'unknown' };
const tooSlow = { failureClass: 'timeout', sendOutcome: 'unknown' };
const silent = (): Promise<string> => rawServer(() => undefined);

/** What makes `fetch` give up early. Node keeps the class for it to itself, but leaves an instance where all can find it. */
function impatient(options: { readonly headersTimeout?: number; readonly bodyTimeout?: number }): RequestInit {
  const agent = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1')) as { readonly constructor: unknown };
  const Agent = agent.constructor as new (given: object) => object;
  return { dispatcher: new Agent(options) } as RequestInit;
}

beforeAll(() => fetch('data:,'));
afterEach(stopServers);

describe('an error of fetch', () => {
  it('at a closed port proves that nothing was sent', async () => {
    const url = await closedPort();
    const error = await thrownBy(() => fetch(url));
    expect(said(error)).toEqual(notReached);
    expect(networkFailure(error)?.code).toBe('ECONNREFUSED');
    // Code of a skill often says in words of its own what it was about.
    expect(said(new Error('the hotel could not be booked', { cause: error }))).toEqual(notReached);
  });

  it('for a name that nobody has proves that nothing was sent', async () => {
    const error = await thrownBy(() => fetch('http://nowhere.invalid/'));
    expect(said(error)).toEqual(notReached);
    // ENOTFOUND where names are asked for, EAI_AGAIN where nobody can be asked.
    expect(networkFailure(error)?.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  it('for a host none of whose addresses takes a connection proves that nothing was sent', async () => {
    const { port } = new URL(await closedPort());
    const lookup = (_name: string, _options: unknown, answer: (error: null, addresses: object[]) => void): void =>
      answer(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const socket = connect({
      host: 'several.example',
      port: Number(port),
      autoSelectFamily: true,
      lookup: lookup as never,
    });
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as unknown[];
    expect(error).toBeInstanceOf(AggregateError);
    expect(said(new TypeError('fetch failed', { cause: error }))).toEqual(notReached);
  });

  it.each([
    ['resets the connection', (url: string) => fetch(url), () => rawServer((socket) => socket.resetAndDestroy())],
    ['closes the connection', (url: string) => fetch(url), () => rawServer((socket) => socket.end())],
    ['speaks something else', (url: string) => fetch(url), () => rawServer((socket) => socket.end('220 hello\r\n'))],
    [
      'stops in the middle of its answer',
      async (url: string) => (await fetch(url)).text(),
      () =>
        httpServer((response) => {
          response.writeHead(200, { 'content-length': '100' }).write('half');
          setTimeout(() => response.destroy(), 20);
        }),
    ],
  ])('of a server that %s leaves open what was done', async (_what, call, server) => {
    const url = await server();
    expect(said(await thrownBy(() => call(url)))).toEqual(cutOff);
  });

  it.each([
    ['a signal that has had enough', (url: string) => fetch(url, { signal: AbortSignal.timeout(30) })],
    ['a signal that somebody gave', (url: string) => fetch(url, { signal: AbortSignal.abort() })],
    ['headers that do not come', (url: string) => fetch(url, impatient({ headersTimeout: 30 }))],
  ])('after %s is a timeout', async (_what, call) => {
    const url = await silent();
    expect(said(await thrownBy(() => call(url)))).toEqual(tooSlow);
  });

  it('after a body that does not go on is a timeout', async () => {
    const url = await httpServer((response) => response.writeHead(200, { 'content-length': '100' }).write('half'));
    const call = async (): Promise<string> => (await fetch(url, impatient({ bodyTimeout: 30 }))).text();
    expect(said(await thrownBy(call))).toEqual(tooSlow);
  });

  it('of a server that does not speak TLS leaves open what was done', async () => {
    const url = await httpServer((response) => response.end());
    expect(said(await thrownBy(() => fetch(url.replace('http:', 'https:'))))).toEqual(cutOff);
  });

  it('that is about the request itself is a bug', async () => {
    expect(said(await thrownBy(() => fetch('nowhere')))).toEqual({ failureClass: 'bug', sendOutcome: 'notSent' });
    const bug = { failureClass: 'bug', sendOutcome: 'unknown' };
    expect(said(await thrownBy(() => fetch('gopher://example/')))).toEqual(bug);
    expect(said(await thrownBy(() => fetch('http://127.0.0.1:1/', { headers: { 'a b': 'c' } })))).toEqual(bug);
  });
});

describe('an error of zod', () => {
  it.each([z.string().safeParse(1).error, z.strictObject({ a: z.int() }).safeParse({ b: 1 }).error])(
    'is what the place says where it was thrown',
    (error) => {
      expect(said(error)).toEqual({ failureClass: 'bug', sendOutcome: 'unknown' });
      const wrong = { failureClass: 'invalidOutput', sendOutcome: 'unknown' };
      expect(classify(error, { nowMs: 0, misfit: 'invalidOutput' })).toEqual(wrong);
    },
  );
});
