import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { expect, it } from 'vitest';
import { ensureTokenKey, localAudience, localIssuer } from '../../local/tokens.ts';
import { emptyFolder, holdfast } from './command.ts';
import { startPlatform } from './platform.ts';

async function dataDirectory(): Promise<{ cwd: string; data: string; verify: (token: string) => Promise<unknown> }> {
  const cwd = emptyFolder();
  const data = join(cwd, '.holdfast');
  const keys = createLocalJWKSet(JSON.parse(await ensureTokenKey(data)) as JSONWebKeySet);
  const verify = async (token: string) => {
    const { payload } = await jwtVerify(token, keys, { issuer: localIssuer, audience: localAudience });
    return payload;
  };
  return { cwd, data, verify };
}

it('token prints a token that the platform of the data directory accepts, for the tenant and scopes asked for', async () => {
  const { cwd, verify } = await dataDirectory();
  const args = ['token', '--tenant', 'acme', '--scopes', 'runs:read, inbox:read', '--expires', '15m'];
  const ended = await holdfast(args, { cwd });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  const claims = (await verify(ended.stdout.trim())) as { iat: number; exp: number };
  expect(claims).toMatchObject({ tenant: 'acme', scope: 'runs:read inbox:read' });
  expect(claims.exp - claims.iat).toBe(900);
});

it('token --json tells when it expires', async () => {
  const { data, verify } = await dataDirectory();
  const ended = await holdfast(['token', '--json', '--data', data]);
  const { token, tenantId, scopes } = JSON.parse(ended.stdout) as Record<string, unknown>;
  expect({ tenantId, scopes }).toEqual({
    tenantId: 'default',
    scopes: ['runs:read', 'runs:write', 'inbox:read', 'inbox:resolve'],
  });
  await expect(verify(String(token))).resolves.toMatchObject({ tenant: 'default' });
});

it('a command makes its own token for a platform on this machine, from any of the three places', async () => {
  const { cwd, data, verify } = await dataDirectory();
  const platform = await startPlatform({ listRuns: () => ({ items: [], nextCursor: null }) });
  const env = { HOLDFAST_URL: platform.url };
  const fromFolder = await holdfast(['runs'], { env, cwd });
  const fromOption = await holdfast(['runs', '--data', data], { env });
  const fromEnvironment = await holdfast(['runs'], { env: { ...env, HOLDFAST_DATA: data } });
  await platform.stop();
  expect([fromFolder, fromOption, fromEnvironment].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(platform.received).toHaveLength(3);
  for (const { headers } of platform.received) {
    await expect(verify(headers.authorization?.slice('Bearer '.length) ?? '')).resolves.toMatchObject({
      tenant: 'default',
    });
  }
});

it('without a data directory it says where a token could come from', async () => {
  const platform = await startPlatform({});
  const ended = await holdfast(['runs'], { env: { HOLDFAST_URL: platform.url } });
  await platform.stop();
  expect(ended.exitCode).toBe(2);
  expect(ended.stderr).toContain('no platform was started with this data directory');
  expect(ended.stderr).toContain('HOLDFAST_TOKEN');
});

it.each([
  ['https://api.example.com', 'HOLDFAST_TOKEN is not set'],
  ['ftp://127.0.0.1', 'must be an http or https address'],
  ['127.0.0.1:4700', 'must be an http or https address'],
  ['http://me:secret@127.0.0.1:4700', 'holds a user name or password'],
])('refuses to call %s without a token: %s', async (url, message) => {
  const { cwd } = await dataDirectory();
  const ended = await holdfast(['runs'], { env: { HOLDFAST_URL: url }, cwd });
  expect(ended.exitCode).toBe(2);
  expect(ended.stderr).toContain(message);
});
