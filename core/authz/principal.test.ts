import { describe, expect, it } from 'vitest';
import { Problem } from '../contract/problems.ts';
import { principalOf, requireScope } from './principal.ts';

const claims = { sub: 'ada', tenant: 'acme', scope: 'runs:read runs:write openid' };

describe('a principal', () => {
  it('has the tenant, the subject and our scopes of its token', () => {
    expect(principalOf(claims)).toEqual({
      tenantId: 'acme',
      subject: 'ada',
      scopes: new Set(['runs:read', 'runs:write']),
    });
  });

  it.each([
    ['a list', ['runs:read', 'inbox:read', 7]],
    ['the text that an HTTP API makes of a list', '[runs:read inbox:read]'],
    ['the same with commas', '[runs:read, inbox:read]'],
  ])('reads scopes from %s', (_form, scope) => {
    expect(principalOf({ ...claims, scope }).scopes).toEqual(new Set(['runs:read', 'inbox:read']));
  });

  it.each([undefined, 7, '', 'runs', 'runs:readx', 'RUNS:READ', { 'runs:read': true }])(
    'has no scope by the claim %j',
    (scope) => {
      expect(principalOf({ ...claims, scope }).scopes.size).toBe(0);
    },
  );

  it.each([undefined, '', 'Acme', 'a#b', 'a b', 'x'.repeat(41), ['acme'], null])(
    'is none with the tenant %j',
    (tenant) => {
      expect(() => principalOf({ ...claims, tenant })).toThrow(Problem);
    },
  );

  it.each([undefined, '', 7])('is none with the subject %j', (sub) => {
    expect(() => principalOf({ ...claims, sub })).toThrow("no 'sub' claim");
  });
});

describe('a scope', () => {
  it('is had by whoever has it, and by an admin', () => {
    expect(() => requireScope(principalOf(claims), 'runs:read')).not.toThrow();
    expect(() => requireScope(principalOf({ ...claims, scope: 'admin' }), 'inbox:resolve')).not.toThrow();
  });

  it('is not had through another one, and the problem names it', () => {
    expect(() => requireScope(principalOf(claims), 'inbox:read')).toThrow(
      "This needs the scope 'inbox:read' (or 'admin'); the token's scopes are: runs:read runs:write.",
    );
  });
});
