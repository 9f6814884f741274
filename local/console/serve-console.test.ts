import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ConsoleConfig } from '../../core/contract/console-config.ts';
import { consoleConfigPath, consoleHeader } from '../../core/contract/console-config.ts';
import { consoleFiles, withConsole } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-console-'));
const directory = join(folder, 'console');
mkdirSync(join(directory, 'assets'), { recursive: true });
writeFileSync(join(directory, 'index.html'), '<!doctype html>page');
writeFileSync(join(directory, 'assets', 'main-abc.js'), 'code');
writeFileSync(join(folder, 'secret.txt'), 'secret');
afterAll(() => rmSync(folder, { recursive: true }));

const config: ConsoleConfig = {
  ...{ signIn: 'local', apiBase: '', token: 'a-token', expiresInSeconds: 600, tenant: 'default', user: 'ada' },
};
let minted = 0;
const site = withConsole(() => new Response('from the API', { status: 404 }), {
  files: consoleFiles(directory),
  config: async () => {
    minted += 1;
    return config;
  },
});

const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  site(new Request(`http://127.0.0.1:4700${path}`, { headers: { host: '127.0.0.1:4700', ...headers }, method }));
const html = { accept: 'text/html,application/xhtml+xml' };
const own = { [consoleHeader.name]: consoleHeader.value, 'sec-fetch-site': 'same-origin' };

it('shows the page at / and at every address of the console', async () => {
  for (const path of ['/', '/runs', '/runs/run-01j9', '/inbox/esc-1', '/healthz-of-mine', '/v1-notes']) {
    const answer = await ask(path, html);
    expect(answer.status, path).toBe(200);
    expect(await answer.text()).toContain('page');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  }
});

it.each(['/v1', '/v1/runs', '/v1/openapi.json', '/v1/nothing', '/healthz'])(
  'never stands before the API at %s, whoever asks',
  async (path) => {
    expect(await (await ask(path, html)).text()).toBe('from the API');
  },
);

it('leaves to the API what is no page: other methods, other kinds of answers, missing files', async () => {
  for (const [path, headers, method] of [
    ['/runs', html, 'POST'],
    ['/runs', { accept: 'application/json' }, 'GET'],
    ['/assets/gone-123.js', html, 'GET'],
    ['/console/other.json', html, 'GET'],
  ] as const) {
    expect(await (await ask(path, headers, method)).text(), path).toBe('from the API');
  }
});

it('lets files be kept for ever when their name holds their hash, and lets nothing be run or framed from elsewhere', async () => {
  const answer = await ask('/assets/main-abc.js');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(await (await ask('/assets/main-abc.js', {}, 'HEAD')).text()).toBe('');
});

it.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/assets/..\\..\\secret.txt',
])('reads no file outside of the console for %s', async (path) => {
  expect(await (await ask(path)).text()).toBe('from the API');
});

it('gives its own page a token, and lets nothing keep it', async () => {
  for (const host of ['127.0.0.1:4700', 'localhost:4700', '[::1]:9', 'LOCALHOST']) {
    const answer = await ask(consoleConfigPath, { ...own, host });
    expect(await answer.json()).toEqual(config);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  }
});

it.each([
  ['a name that was made to lead here', { ...own, host: 'evil.example:4700' }],
  ['a name that begins like ours', { ...own, host: 'localhost.evil.example' }],
  ['an address of another machine', { ...own, host: '10.0.0.5:4700' }],
  ['no name at all', { ...own, host: '' }],
  ['a page of another origin', { ...own, 'sec-fetch-site': 'cross-site' }],
  ['a page of another port', { ...own, 'sec-fetch-site': 'same-site' }],
  ['an address that somebody typed', { ...own, 'sec-fetch-site': 'none' }],
  ['an origin that is not the one of the page', { ...own, origin: 'http://evil.example' }],
  ['the same port under another name', { ...own, origin: 'http://localhost:4700' }],
  ['a sandboxed page', { ...own, origin: 'null' }],
  ['a request that any page could send', { 'sec-fetch-site': 'same-origin' }],
])('gives no token to %s', async (_, headers) => {
  const before = minted;
  const answer = await ask(consoleConfigPath, headers);
  expect(answer.status).toBe(403);
  expect(await answer.text()).not.toContain('a-token');
  expect(minted).toBe(before);
});

it('says how to build the console where it was not built, and serves the API all the same', async () => {
  const bare = withConsole(() => new Response('from the API'), {
    files: consoleFiles(join(folder, 'nowhere')),
    config: () => Promise.resolve(config),
  });
  const answer = await bare(new Request('http://127.0.0.1:4700/', { headers: html }));
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('npm run build:console');
  expect(await (await bare(new Request('http://127.0.0.1:4700/v1/runs'))).text()).toBe('from the API');
});
