import { afterEach, expect, it, vi } from 'vitest';
import type { ConsoleConfig } from '../../core/contract/console-config.ts';
import { openSession } from './session.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const serving = (...answers: readonly (() => Response)[]) => {
  const asked: { address: string; headers: Headers }[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push({ address, headers: new Headers(init.headers) });
    const answer = answers[asked.length - 1];
    if (!answer) throw new TypeError('Failed to fetch');
    return answer();
  });
  return asked;
};
const config = (token: string): ConsoleConfig => ({
  ...{ signIn: 'local', apiBase: '', token, expiresInSeconds: 600, tenant: 'default', user: 'ada' },
});
const told = (token: string) => () => Response.json(config(token));

it('asks its own platform who it is, in the way that other pages cannot', async () => {
  const asked = serving(told('one'));
  const session = await openSession();
  expect(session).toMatchObject({ user: 'ada', tenant: 'default', apiBase: '' });
  expect(asked[0]?.address).toBe('/console/config.json');
  expect(asked[0]?.headers.get('x-holdfast-console')).toBe('1');
});

it('uses a token while it is good, and gets the next one before it is not', async () => {
  vi.useFakeTimers();
  const asked = serving(told('one'), told('two'));
  const { tokens } = await openSession();
  expect([await tokens.token(), await tokens.token()]).toEqual(['one', 'one']);
  vi.advanceTimersByTime(500_000);
  // Calls of one moment get one token together.
  expect(await Promise.all([tokens.token(), tokens.token()])).toEqual(['two', 'two']);
  expect(asked).toHaveLength(2);
});

it('gets another token when one was refused, and can be used again after a failure', async () => {
  serving(told('one'), () => new Response('', { status: 403 }), told('three'));
  const { tokens } = await openSession();
  tokens.forget();
  await expect(tokens.token()).rejects.toThrow('strange');
  expect(await tokens.token()).toBe('three');
});

it('says when the platform does not answer', async () => {
  serving();
  await expect(openSession()).rejects.toThrow('unreachable');
});
