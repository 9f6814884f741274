import { SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { env } from '../../core/contract/env.ts';
import { authorizerAuthentication, tokenAuthentication } from '../../functions/api/authenticate.ts';
import { audience, createWorld, issuer, tokenEnvironment, tokenWith } from './world.ts';

const nowSeconds = Math.floor(Date.now() / 1000);
const { ask, refused } = createWorld();

describe('a token', () => {
  it('lets its caller in', async () => {
    const token = await tokenWith({ scope: 'runs:read' });
    expect((await ask('/v1/runs', { token })).status).toBe(200);
    expect((await ask('/v1/runs', { token: '', headers: { authorization: `bearer  ${token}` } })).status).toBe(200);
  });

  it.each([
    ['has expired', { exp: nowSeconds - 1 }],
    ['never expires', { exp: undefined }],
    ['is not valid yet', { nbf: nowSeconds + 600 }],
    ['is of another issuer', { iss: 'https://elsewhere.example.com' }],
    ['is for another audience', { aud: 'somebody-else' }],
    ['names no tenant', { tenant: undefined }],
    ['names a tenant that could forge a key', { tenant: 'acme#R#run' }],
    ['names nobody', { sub: undefined }],
  ])('that %s is not accepted', async (_why, claims) => {
    const { detail, status } = await refused('unauthenticated', '/v1/runs', { token: await tokenWith(claims) });
    expect(status).toBe(401);
    expect(detail).toMatch(/[Gg]et a/);
  });

  it('that another key has signed is not accepted', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const claims = { iss: issuer, aud: audience, sub: 'eve', tenant: 'acme', scope: 'admin', exp: nowSeconds + 600 };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
    expect((await refused('unauthenticated', '/v1/runs', { token })).detail).toContain('signature');
  });

  it('that is not signed, or with a shared secret, is not accepted', async () => {
    const claims = { iss: issuer, aud: audience, sub: 'eve', tenant: 'acme', scope: 'admin', exp: nowSeconds + 600 };
    const secret = new TextEncoder().encode(tokenEnvironment[env.tokenKeys]);
    const shared = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    for (const token of [new UnsecuredJWT(claims).encode(), shared, 'nonsense', 'a.b.c']) {
      expect((await refused('unauthenticated', '/v1/runs', { token })).status).toBe(401);
    }
  });

  it('is asked for in the header only', async () => {
    const token = await tokenWith();
    expect((await refused('unauthenticated', `/v1/runs?access_token=${token}`, { token: '' })).status).toBe(401);
    const basic = { authorization: `Basic ${token}` };
    expect((await refused('unauthenticated', '/v1/runs', { token: '', headers: basic })).status).toBe(401);
  });
});

describe('the settings of tokens', () => {
  it.each([env.tokenIssuer, env.tokenAudience, env.tokenKeys])('need %s', (name) => {
    expect(() => tokenAuthentication({ ...tokenEnvironment, [name]: '' })).toThrow(name);
  });

  it.each(['http://issuer.example.com/keys', '{}', 'x'])('do not take %s for keys', (keys) => {
    expect(() => tokenAuthentication({ ...tokenEnvironment, [env.tokenKeys]: keys })).toThrow(env.tokenKeys);
  });
});

describe('behind an authorizer', () => {
  const request = new Request('http://localhost/v1/runs', { headers: { authorization: 'Bearer ignored' } });
  const platform = (claims: unknown) => ({ requestContext: { authorizer: { jwt: { claims } } } });

  it('the caller is whom the authorizer has verified', async () => {
    const claims = { sub: 'ada', tenant: 'acme', scope: 'runs:read' };
    await expect(authorizerAuthentication(request, platform(claims))).resolves.toMatchObject({ tenantId: 'acme' });
  });

  it.each([undefined, {}, { requestContext: {} }, platform(undefined), platform({ tenant: 'acme' })])(
    'nobody is let in without verified claims: %j',
    async (given) => {
      await expect(authorizerAuthentication(request, given)).rejects.toMatchObject({ code: 'unauthenticated' });
    },
  );
});
