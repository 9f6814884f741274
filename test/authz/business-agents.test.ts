import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { openCedarAuthorizer, readPolicyFiles } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import { toolList } from '../../core/authz/tool-list.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { GrantDeclaration } from '../../core/model/grant.ts';
import { defineAgent } from '../../core/sdk/index.ts';
import { loadProject } from '../../local/project/index.ts';
import { nowMs, registryOf } from './fixture.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const { registry, policies } = await loadProject(repository, {});
const policyFiles = readPolicyFiles(repository);
const authorizer = openCedarAuthorizer(compilePolicies(registry), policyFiles);

const refund = (amountCents: number): JsonObject => ({ chargeId: 'CH000001', amountCents, reason: 'Late' });
const charge = { customerId: 'US000001', amountCents: 9_999_999, currency: 'EUR', description: 'A year' };
const user = { userId: 'US000001' };
const role = { ...user, role: 'admin' };
const profile = { name: 'ada', displayName: 'Ada', email: 'ada@example.com' };
const mail = { to: ['ada@example.com'], subject: 'Hello', text: 'Hello' };
const note = { tag: 'arrivals', text: 'Ada' };
const texts = { texts: ['a'], separator: '' };

/** What becomes of `Skill:vN/action` with some arguments. */
function asked(agent: string, what: string, input: JsonObject, judge = authorizer) {
  const [skillId = '', action = ''] = what.split('/');
  return judge.authorize({ tenantId: 'acme', agent, skillId, action, input, nowMs });
}

describe('the billing agent', () => {
  it.each<[string, JsonObject, string]>([
    ['Billing:v1/refund', refund(1), 'allow'],
    ['Billing:v1/refund', refund(50_000), 'allow'],
    ['Billing:v1/refund', refund(50_001), 'allowWithApproval'],
    ['Billing:v1/refund', refund(200_000), 'allowWithApproval'],
    ['Billing:v1/refund', refund(200_001), 'deny'],
    ['Billing:v1/refund', refund(500_001), 'deny'],
    ['Billing:v1/charge', charge, 'allow'],
    ['Billing:v1/read', { chargeId: 'CH000001' }, 'allow'],
    ['UserManagement:v2/read', user, 'deny'],
    ['UserManagement:v2/find', { name: 'ada' }, 'deny'],
    ['UserManagement:v2/create', profile, 'deny'],
    ['UserManagement:v2/rename', { ...user, displayName: 'Ada' }, 'deny'],
    ['UserManagement:v2/grantRole', role, 'deny'],
    ['UserManagement:v2/revokeRole', role, 'deny'],
    ['UserManagement:v2/remove', user, 'deny'],
    ['UserManagement:v1/read', user, 'deny'],
    ['UserManagement:v1/find', { name: 'ada' }, 'deny'],
    ['Text:v1/join', texts, 'allow'],
    ['Notes:v1/write', note, 'allow'],
    ['Notes:v1/remove', { tag: 'arrivals', noteId: 'x' }, 'deny'],
    ['Email:v1/send', mail, 'allow'],
  ])('may use %s with %j: %s', (what, input, verdict) => {
    expect(asked('billing', what, input).verdict).toBe(verdict);
  });
});

describe('the user admin', () => {
  it.each<[string, JsonObject, string]>([
    ['UserManagement:v2/read', user, 'allow'],
    ['UserManagement:v2/find', { name: 'ada' }, 'allow'],
    ['UserManagement:v2/create', profile, 'allow'],
    ['UserManagement:v2/rename', { ...user, displayName: 'Ada' }, 'allow'],
    ['UserManagement:v2/grantRole', role, 'allow'],
    ['UserManagement:v2/revokeRole', role, 'allow'],
    ['UserManagement:v2/remove', user, 'allowWithApproval'],
    ['UserManagement:v1/read', user, 'allow'],
    ['UserManagement:v1/find', { name: 'ada' }, 'allow'],
    ['UserManagement:v1/create', profile, 'deny'],
    ['UserManagement:v1/remove', user, 'deny'],
    ['Billing:v1/refund', refund(1), 'deny'],
    ['Text:v1/join', texts, 'allow'],
    ['Notes:v1/write', note, 'allow'],
    ['Notes:v1/remove', { tag: 'arrivals', noteId: 'x' }, 'deny'],
    ['Email:v1/send', mail, 'allow'],
  ])('may use %s with %j: %s', (what, input, verdict) => {
    expect(asked('user-admin', what, input).verdict).toBe(verdict);
  });
});

describe('the other agents', () => {
  it.each<[string, string, JsonObject, string]>([
    ['trip-planner', 'Text:v1/join', texts, 'allow'],
    ['trip-planner', 'Notes:v1/find', { tag: 'arrivals' }, 'allow'],
    ['trip-planner', 'Email:v1/send', mail, 'deny'],
    ['trip-planner', 'UserManagement:v2/read', user, 'deny'],
    ['trip-planner', 'Billing:v1/charge', charge, 'deny'],
    ['base', 'Text:v1/join', texts, 'allow'],
    ['base', 'UserManagement:v2/read', user, 'deny'],
  ])('%s may use %s with %j: %s', (agent, what, input, verdict) => {
    expect(asked(agent, what, input).verdict).toBe(verdict);
  });
});

test('the limits of refunds are in the tool list', () => {
  const billing = registry.agents.get('billing');
  const tools = billing ? toolList(billing, registry) : [];
  expect(tools.find(({ name }) => name === 'Billing:v1/refund')?.limits).toEqual([
    ['amountCents <= 50000'],
    ['amountCents <= 200000', 'with approval'],
  ]);
});

describe('the house rules', () => {
  /** The verdict for an agent that somebody was generous with. */
  const generous = (grant: GrantDeclaration, what: string, input: JsonObject) => {
    const agent = defineAgent({ name: 'generous', description: 'May do too much.', grants: [grant] });
    const declarations = compilePolicies(registryOf([agent], [...registry.skills.values()]));
    return asked('generous', what, input, openCedarAuthorizer(declarations, policyFiles));
  };

  it('are part of the project', () => {
    expect(policies.map(({ file }) => file)).toEqual(['policies/house-rules.cedar']);
  });

  it.each(['UserManagement:v1', 'UserManagement:v2'])('let nobody remove a user with %s without approval', (skill) => {
    expect(generous(skill, `${skill}/remove`, user)).toMatchObject({
      verdict: 'allowWithApproval',
      policies: expect.arrayContaining(['policies/house-rules.cedar#second-pair-of-eyes']),
      reasons: expect.arrayContaining([expect.stringContaining('needs the approval of a person')]),
    });
    expect(generous(skill, `${skill}/read`, user).verdict).toBe('allow');
  });

  it.each([
    [500_000, 'allow'],
    [500_001, 'deny'],
    [100_000_000, 'deny'],
  ])('of a refund of %i cents say: %s', (amountCents, verdict) => {
    expect(generous('Billing:v1', 'Billing:v1/refund', refund(amountCents)).verdict).toBe(verdict);
  });

  it('are not changed by an approval where they forbid', () => {
    const grant: GrantDeclaration = { grant: 'Billing:v1/refund', approval: 'required' };
    expect(generous(grant, 'Billing:v1/refund', refund(500_000)).verdict).toBe('allowWithApproval');
    expect(generous(grant, 'Billing:v1/refund', refund(500_001))).toMatchObject({
      verdict: 'deny',
      policies: ['policies/house-rules.cedar#most-refunded-at-once'],
    });
  });
});
