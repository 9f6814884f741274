import { afterEach, expect, it, vi } from 'vitest';
import { ApiFailure } from './api-failure.ts';
import { addressOf, createApi } from './api.ts';

afterEach(() => vi.unstubAllGlobals());

const answering = (...answers: readonly (Response | Error)[]) => {
  const asked: { address: string; token: string | null }[] = [];
  let tokens = 0;
  vi.stubGlobal('fetch', (address: string, init: RequestInit) => {
    asked.push({ address, token: new Headers(init.headers).get('authorization') });
    const answer = answers[asked.length - 1];
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error('unexpected'));
  });
  const api = createApi('http://api', {
    token: () => Promise.resolve(`token-${tokens}`),
    forget: () => {
      tokens += 1;
    },
  });
  return { api, asked };
};
const problem = { type: 'urn:x', title: 'Gone', status: 404, detail: 'There is no run.', code: 'unknown-run' };

it('fills segments and queries into a path, with what is special in them escaped', () => {
  expect(addressOf('/v1/runs/{runId}/plan', { runId: 'a/b?c' }, { limit: 5, cursor: undefined })).toBe(
    '/v1/runs/a%2Fb%3Fc/plan?limit=5',
  );
});

it('sends the token, and a new one once when it is refused', async () => {
  const { api, asked } = answering(new Response('', { status: 401 }), Response.json({ items: [], nextCursor: null }));
  expect(await api.get('/v1/runs', {}, { query: { limit: 2 } })).toEqual({ items: [], nextCursor: null });
  expect(asked).toEqual([
    { address: 'http://api/v1/runs?limit=2', token: 'Bearer token-0' },
    { address: 'http://api/v1/runs?limit=2', token: 'Bearer token-1' },
  ]);
});

it.each([
  ['a problem', Response.json(problem, { status: 404 }), { kind: 'problem', problem }],
  ['another error', new Response('<html>', { status: 502 }), { kind: 'strange', status: 502 }],
  ['a page', new Response('<html>', { status: 200 }), { kind: 'strange', status: 200 }],
  ['nothing', new TypeError('Failed to fetch'), { kind: 'unreachable' }],
] as const)('says why a call failed that was answered with %s', async (_, answer, failure) => {
  const { api } = answering(answer);
  const error = await api.get('/v1/runs/{runId}', { runId: 'r' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiFailure);
  expect((error as ApiFailure).failure).toEqual(failure);
});

it('opens no stream of events where something else is answered', async () => {
  const { api } = answering(Response.json({}));
  await expect(api.events('/v1/x', new AbortController().signal)).rejects.toThrow('strange');
});
