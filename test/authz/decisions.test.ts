import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { openCedarAuthorizer } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import type { GrantDeclaration } from '../../core/model/grant.ts';
import type { Json } from '../../core/model/json.ts';
import type { SkillDefinition } from '../../core/model/skill.ts';
import type { Authorization, AuthorizationRequest } from '../../core/ports/authorizer.ts';
import { defineAction, defineAgent, defineSkill } from '../../core/sdk/index.ts';
import { nowMs, registry, registryOf, skills } from './fixture.ts';

const authorizer = openCedarAuthorizer(compilePolicies(registry), []);
const refund = {
  tenantId: 'acme',
  agent: 'billing',
  skillId: 'Billing:v1',
  action: 'refund',
  input: { amountCents: 100 },
  nowMs,
} satisfies AuthorizationRequest;
const asked = (changes: Partial<AuthorizationRequest>): Authorization =>
  authorizer.authorize({ ...refund, ...changes });

/** The verdict on one action with one grant. */
function verdict(grant: GrantDeclaration, input: Json, changes: Partial<AuthorizationRequest> = {}, some = skills) {
  const agent = defineAgent({ name: 'billing', description: 'One grant.', grants: [grant] });
  return openCedarAuthorizer(compilePolicies(registryOf([agent], some)), []).authorize({ ...refund, input, ...changes })
    .verdict;
}

/** A project with one action of that input. */
function skillWith(input: z.ZodType): SkillDefinition[] {
  const go = defineAction({ description: 'Go.', input, output: z.object({}), run: async () => ({}) });
  return [defineSkill({ id: 'Billing:v1', release: '1.0.0', description: 'One action.', actions: { refund: go } })];
}

describe('a decision', () => {
  it('allows what a grant covers, and names the policy', () => {
    expect(asked({})).toEqual({
      verdict: 'allow',
      policies: ['grant:billing:Billing:v1/refund'],
      reasons: ["'Billing:v1/refund' (amountCents <= 50000)"],
    });
  });

  it('allows with approval what only such a grant covers', () => {
    expect(asked({ input: { amountCents: 50_001 } })).toEqual({
      verdict: 'allowWithApproval',
      policies: ['grant:billing:Billing:v1/refund#2'],
      reasons: ["'Billing:v1/refund' (amountCents <= 200000, tenant is acme, with approval)"],
    });
  });

  it('denies the rest, and tells the limits', () => {
    const denied = asked({ input: { amountCents: 200_001 } });
    expect(denied).toMatchObject({ verdict: 'deny', policies: [] });
    expect(denied.reasons.join()).toContain("'Billing:v1/refund' (amountCents <= 50000); 'Billing:v1/refund' (");
  });

  it('denies what no grant speaks of', () => {
    expect(asked({ skillId: 'UserManagement:v2', action: 'remove', input: { id: 'x' } })).toEqual({
      verdict: 'deny',
      policies: [],
      reasons: ['No grant of the agent speaks of this action.'],
    });
  });

  it('follows inheritance, and says through whom', () => {
    expect(asked({ agent: 'senior' }).policies).toEqual(['grant:senior<billing:Billing:v1/refund']);
    expect(asked({ skillId: 'Text:v1', action: 'join', input: { parts: [] } }).policies).toEqual([
      'grant:billing<base:Text:v1',
    ]);
    expect(asked({ agent: 'base' }).verdict).toBe('deny');
  });
});

describe('names', () => {
  it.each<Partial<AuthorizationRequest>>([
    { agent: 'Billing' },
    { agent: 'billing ' },
    { agent: 'bi\u200blling' },
    { agent: 'bіlling' },
    { agent: '__proto__' },
    { agent: 'constructor' },
    { agent: '' },
    { skillId: 'billing:v1' },
    { skillId: 'Billing:v01' },
    { skillId: 'Billing:v1/refund', action: '' },
    { skillId: 'Вilling:v1' },
    { skillId: 'Billing:v1\u0000' },
    { skillId: '__proto__' },
    { skillId: 'Billing' },
    { action: 'Refund' },
    { action: 'refund ' },
    { action: 'refund\u{e0041}' },
    { action: 'refunԁ' },
    { action: '__proto__' },
    { action: 'constructor' },
    { action: 'toString' },
    { action: 'charge/../refund' },
    { action: '*' },
    { tenantId: '' },
    { tenantId: 'Acme' },
    { tenantId: 'аcme' },
    { tenantId: 'acme"] || true || [Tenant::"x' },
  ])('are compared byte for byte: %j is denied', (changes) => {
    expect(asked(changes).verdict).toBe('deny');
  });
});

describe('a tenant condition', () => {
  const grant = { grant: 'Billing:v1/refund', tenants: ['acme', 'beta'] };
  it.each([
    ['acme', 'allow'],
    ['beta', 'allow'],
    ['acm', 'deny'],
    ['acme-2', 'deny'],
  ])('lets %s in or not: %s', (tenantId, expected) => {
    expect(verdict(grant, {}, { tenantId })).toBe(expected);
  });
});

describe('an expiry', () => {
  const end = Date.parse('2027-01-01T00:00:00Z');
  it.each([
    ['2027-01-01', end - 1, 'allow'],
    ['2027-01-01', end, 'deny'],
    ['2027-01-01', end + 1, 'deny'],
    ['2027-01-01T01:00:00+01:00', end - 1, 'allow'],
    ['2027-01-01T01:00:00+01:00', end, 'deny'],
  ])('of %s at %i: %s', (expires, at, expected) => {
    expect(verdict({ grant: 'Billing:v1/refund', expires }, {}, { nowMs: at })).toBe(expected);
  });

  it('counts in decisions that were made before', () => {
    const write = { agent: 'user-admin', skillId: 'UserManagement:v1', action: 'write', input: { id: 'x' } };
    expect([end - 2, end - 1, end, end - 1, end + 1].map((at) => asked({ ...write, nowMs: at }).verdict)).toEqual([
      'allow',
      'allow',
      'deny',
      'allow',
      'deny',
    ]);
  });

  it.each([Number.NaN, Infinity, 1.5])('is not judged at %d', (at) => {
    expect(asked({ nowMs: at }).verdict).toBe('deny');
  });
});

describe('a number', () => {
  const most = Number.MAX_SAFE_INTEGER;
  it.each<[Json, string]>([
    [500, 'allow'],
    [501, 'deny'],
    [-1, 'allow'],
    [0, 'allow'],
    [-0, 'allow'],
    [-most, 'allow'],
    [most, 'deny'],
    [most + 1, 'deny'],
    [-most - 1, 'deny'],
    [2 ** 63, 'deny'],
    [-(2 ** 63) - 2048, 'deny'],
    [1e300, 'deny'],
    [499.5, 'deny'],
    [Number.NaN, 'deny'],
    [-Infinity, 'deny'],
    ['1', 'deny'],
    [null, 'deny'],
    [true, 'deny'],
    [[1], 'deny'],
    [{ __extn: { fn: 'decimal', arg: '1.0' } }, 'deny'],
  ])('%j with atMost 500: %s', (amountCents, expected) => {
    expect(verdict({ grant: 'Billing:v1/refund', when: { amountCents: { atMost: 500 } } }, { amountCents })).toBe(
      expected,
    );
  });

  it('may be bounded by the greatest and the least', () => {
    const when = { amountCents: { atLeast: -most, atMost: most } };
    for (const amountCents of [most, -most]) {
      expect(verdict({ grant: 'Billing:v1/refund', when }, { amountCents })).toBe('allow');
    }
  });
});

describe('a missing argument', () => {
  test.each<[GrantDeclaration, Json, string]>([
    [{ grant: 'Billing:v1/refund', when: { amountCents: { atMost: 5 } } }, {}, 'deny'],
    [
      { grant: 'Billing:v1/refund', when: { amountCents: { atMost: 5 } } },
      { ['__proto__']: { amountCents: 1 } },
      'deny',
    ],
    [{ grant: 'Billing:v1/refund', when: { 'to.country': { oneOf: ['DE'] } } }, {}, 'deny'],
    [{ grant: 'Billing:v1/refund', when: { 'to.country': { oneOf: ['DE'] } } }, { to: { iban: 'x' } }, 'deny'],
    [
      { grant: 'Billing:v1/refund', when: { 'to.country': { oneOf: ['DE'] } } },
      { to: { iban: 'x', country: 'DE' } },
      'allow',
    ],
    [{ grant: 'Billing:v1/refund', when: { 'to.country': { oneOf: ['DE'] } } }, { to: { country: 'DE' } }, 'deny'],
    [{ grant: 'Billing:v1/refund', when: { tags: { everyOneOf: ['a'] } } }, {}, 'deny'],
    [{ grant: 'Billing:v1/refund', when: { tags: { everyOneOf: ['a'] } } }, { tags: ['a', 'b'] }, 'deny'],
    [{ grant: 'Billing:v1/refund', when: { tags: { everyOneOf: ['a'] } } }, { tags: [] }, 'allow'],
    [{ grant: 'Billing:v1/refund', when: { express: { oneOf: [false] } } }, {}, 'deny'],
    [{ grant: 'Billing:v1/refund', approval: { unless: { express: { oneOf: [false] } } } }, {}, 'allowWithApproval'],
    [
      { grant: 'Billing:v1/refund', approval: { unless: { express: { oneOf: [false] } } } },
      { express: false },
      'allow',
    ],
    ['Billing:v1', [], 'deny'],
    ['Billing:v1', null, 'deny'],
    ['Billing:v1', 'x', 'deny'],
    ['Billing:v1', {}, 'allow'],
  ])('with %j and %j: %s', (grant, input, expected) => {
    expect(verdict(grant, input)).toBe(expected);
  });

  test('several grants that ask different people: the least is asked, since each of them permits it', () => {
    const grants: GrantDeclaration[] = [
      { grant: 'Billing:v1/refund', approval: { quorum: 3 } },
      {
        grant: 'Billing:v1/refund',
        when: { amountCents: { atMost: 5 } },
        approval: { quorum: 2, differentPerson: true },
      },
    ];
    const agent = defineAgent({ name: 'billing', description: 'Two grants.', grants });
    const judge = openCedarAuthorizer(compilePolicies(registryOf([agent])), []);
    const approvers = (amountCents: number) => judge.authorize({ ...refund, input: { amountCents } }).approvers;
    expect(approvers(5)).toEqual({ quorum: 2, differentPerson: true });
    expect(approvers(6)).toEqual({ quorum: 3, differentPerson: false });
  });

  test('inherited from a prototype is missing', () => {
    const input = Object.create({ amountCents: 1 }) as Json;
    expect(verdict({ grant: 'Billing:v1/refund', when: { amountCents: { atMost: 5 } } }, input)).toBe('deny');
  });

  test('has the default that the action would use', () => {
    const some = skillWith(z.object({ amountCents: z.int().default(1_000) }));
    const grant = { grant: 'Billing:v1', when: { amountCents: { atMost: 999 } } };
    expect(verdict(grant, {}, {}, some)).toBe('deny');
    expect(verdict({ ...grant, when: { amountCents: { atMost: 1_000 } } }, {}, {}, some)).toBe('allow');
  });

  test('may be null where null is allowed', () => {
    const some = skillWith(z.object({ amountCents: z.int().nullable() }));
    const grant = { grant: 'Billing:v1', when: { amountCents: { atMost: 999 } } };
    expect(verdict(grant, { amountCents: null }, {}, some)).toBe('deny');
    expect(verdict(grant, { amountCents: 5 }, {}, some)).toBe('allow');
    expect(verdict('Billing:v1', { amountCents: null }, {}, some)).toBe('allow');
  });
});

describe('a text', () => {
  const when = { currency: { oneOf: ['EUR', 'a"] || true || ["', 'ÅŁ\u0000\n\\\u{1f600}', '\ufffd'] } };
  it.each<[string, string]>([
    ['EUR', 'allow'],
    ['eur', 'deny'],
    ['EUR\u200b', 'deny'],
    ['ЕUR', 'deny'],
    ['a"] || true || ["', 'allow'],
    ['ÅŁ\u0000\n\\\u{1f600}', 'allow'],
    ['A\u030aŁ\u0000\n\\\u{1f600}', 'deny'],
    ['\ufffd', 'allow'],
    ['\ud800', 'deny'],
  ])('%j is compared byte for byte: %s', (currency, expected) => {
    expect(verdict({ grant: 'Billing:v1/refund', when }, { currency })).toBe(expected);
  });

  it('cannot pose as an entity', () => {
    const currency = { __entity: { type: 'Tenant', id: 'acme' } };
    expect(verdict('Billing:v1', { currency })).toBe('deny');
  });
});

it('answers a repeated question from its cache, with the very same answer', () => {
  const once = openCedarAuthorizer(compilePolicies(registry), []);
  const first = once.authorize(refund);
  expect(once.authorize({ ...refund, input: { amountCents: 100 }, nowMs: nowMs + 5 })).toBe(first);
  for (const changes of [{ tenantId: 'beta' }, { agent: 'senior' }, { input: { amountCents: 101 } }]) {
    expect(once.authorize({ ...refund, ...changes })).not.toBe(first);
  }
  expect(Object.isFrozen(first) && Object.isFrozen(first.policies) && Object.isFrozen(first.reasons)).toBe(true);
});

it('denies whatever throws while it is judged', () => {
  const refuse = (): never => {
    throw new Error('No.');
  };
  const input = new Proxy({}, { getOwnPropertyDescriptor: refuse });
  expect(asked({ input }).reasons).toEqual(['It cannot be judged, so it is denied: No.']);
});
