import { describe, expect, it } from 'vitest';
import type { GrantedAction, GrantsPage } from '../../core/contract/api.ts';
import { grantsPage } from '../../core/contract/api.ts';
import type { AgentDefinition, SkillDefinition } from '../../core/model/skill.ts';
import { listGrants } from '../../core/operations/show-grants.ts';
import { defineAgent } from '../../core/sdk/index.ts';
import { nowMs, registry as business, registryOf, skills } from '../authz/fixture.ts';
import { authorizerOf } from '../fixtures/authorizers.ts';
import { createWorld, tokenWith } from './world.ts';

const rules = `
  @id("remove") @reason("A second pair of eyes")
  forbid(principal, action == Action::"UserManagement:v2/remove", resource) unless { context.approved };
  @id("frozen") @reason("Closed for now")
  forbid(principal, action in Action::"Text:v1", resource == Tenant::"frozen");
  @id("overflow")
  forbid(principal, action == Action::"UserManagement:v1/write", resource) when { context.now * 9007199254740991 * 9007199254740991 > 0 };`;
const authorizer = authorizerOf(business, [{ file: 'policies/house.cedar', text: rules }]);

const listed = (tenantId: string, agent: string, atMs = nowMs): GrantsPage['items'][number] => {
  const dependencies = { registry: business, authorizer, clock: { now: () => atMs } };
  const [one, ...more] = listGrants({ tenantId, agent, limit: 20 }, dependencies).items;
  if (!one || more.length > 0) throw new Error(`${agent} is not listed once.`);
  return one;
};
const cell = (tenantId: string, agent: string, target: string, atMs = nowMs): GrantedAction => {
  const found = listed(tenantId, agent, atMs).actions.find(({ skill, action }) => `${skill}/${action}` === target);
  if (!found) throw new Error(`There is no ${target}.`);
  return found;
};

describe('the matrix of grants', () => {
  it('names the grant that allows an action, and who it is inherited from', () => {
    expect(cell('acme', 'billing', 'Billing:v1/charge')).toEqual({
      ...{ skill: 'Billing:v1', action: 'charge', decision: 'allowed' },
      because: [{ id: 'grant:billing:Billing:v1/charge', effect: 'permits', applies: 'always', inWords: [] }],
    });
    const inherited = {
      ...{ id: 'grant:senior<base:Text:v1', effect: 'permits', applies: 'always' },
      ...{ inheritedFrom: 'base', inWords: [] },
    };
    expect(cell('acme', 'senior', 'Text:v1/join')).toMatchObject({ decision: 'allowed', because: [inherited] });
    expect(listed('acme', 'senior').extends).toEqual(['billing', 'user-admin']);
  });

  it('says that an action depends on its arguments, on what, and what it may come to', () => {
    const grant = 'grant:billing:Billing:v1/refund';
    const [small, large] = [['amountCents <= 50000'], ['amountCents <= 200000', 'with approval']];
    expect(cell('acme', 'billing', 'Billing:v1/refund')).toMatchObject({
      ...{ decision: 'depends', mayBe: ['allowed', 'approval', 'denied'] },
      because: [
        { id: grant, applies: 'depends', inWords: small },
        { id: `${grant}#2`, applies: 'depends', inWords: large },
      ],
    });
    expect(cell('acme', 'user-admin', 'UserManagement:v2/read')).toMatchObject({
      ...{ decision: 'depends', mayBe: ['allowed', 'approval'] },
      because: [{ applies: 'depends', inWords: ['with approval unless id is one of ["test"]'] }],
    });
  });

  it('shows a tenant what holds for it, and never the name of another tenant', () => {
    const refund = cell('beta', 'billing', 'Billing:v1/refund');
    expect(refund).toMatchObject({ decision: 'depends', mayBe: ['allowed', 'denied'] });
    expect(refund.because.map(({ inWords }) => inWords)).toEqual([['amountCents <= 50000']]);
    expect(JSON.stringify(['billing', 'senior', 'user-admin'].map((agent) => listed('beta', agent)))).not.toContain(
      'acme',
    );
  });

  it('names rules before grants, and says what they wait for', () => {
    expect(cell('acme', 'user-admin', 'UserManagement:v2/remove')).toMatchObject({
      decision: 'approval',
      because: [
        {
          ...{ id: 'policies/house.cedar#remove', effect: 'forbids', applies: 'untilApproved' },
          inWords: [expect.stringContaining('A second pair of eyes')],
        },
        { effect: 'permits' },
      ],
    });
    const frozen = cell('frozen', 'base', 'Text:v1/join');
    expect(frozen).toMatchObject({ decision: 'denied', because: [{ id: 'policies/house.cedar#frozen' }] });
    expect(cell('acme', 'base', 'Text:v1/join').decision).toBe('allowed');
  });

  it('says why nothing permits an action: no grant, one that is over, one for others, a rule that fails', () => {
    expect(cell('acme', 'idle', 'Text:v1/join')).toEqual({
      ...{ skill: 'Text:v1', action: 'join', decision: 'denied', because: [] },
    });
    expect(cell('acme', 'user-admin', 'UserManagement:v1/write')).toMatchObject({
      ...{ decision: 'denied', because: [{ id: 'policies/house.cedar#overflow', applies: 'fails' }] },
    });
    const plain = authorizerOf(business);
    const later = { registry: business, authorizer: plain, clock: { now: () => Date.parse('2027-06-01') } };
    const [over] = listGrants({ tenantId: 'acme', agent: 'user-admin', limit: 1 }, later).items;
    expect(
      over?.actions.find(({ skill, action }) => skill === 'UserManagement:v1' && action === 'write'),
    ).toMatchObject({
      decision: 'denied',
      because: [{ effect: 'permits', applies: 'never', inWords: ['over since 2027-01-01T00:00:00.000Z'] }],
    });
    const exclusive = defineAgent({
      ...{ name: 'exclusive', description: 'For one tenant.' },
      grants: [{ grant: 'Text:v1', tenants: ['acme'] }],
    });
    const registry = registryOf([exclusive]);
    const others = { registry, authorizer: authorizerOf(registry), clock: { now: () => nowMs } };
    const [foreign] = listGrants({ tenantId: 'beta', limit: 1 }, others).items;
    expect(foreign?.actions.find(({ skill }) => skill === 'Text:v1')).toMatchObject({
      decision: 'denied',
      because: [{ applies: 'never', inWords: ['for other tenants'] }],
    });
  });

  it('does not promise an approval where a rule may fail on some arguments before anybody is asked', () => {
    const overflowing =
      'context.input has amountCents && context.input.amountCents * 9007199254740991 * 9007199254740991 > 0';
    const text = `forbid(principal, action == Action::"Billing:v1/refund", resource) when { !context.approved && ${overflowing} };`;
    const clerk = defineAgent({
      ...{ name: 'clerk', description: 'Asks.' },
      grants: [{ grant: 'Billing:v1/refund', approval: 'required' }],
    });
    const registry = registryOf([clerk]);
    const judging = authorizerOf(registry, [{ file: 'policies/house.cedar', text }]);
    const refund = { tenantId: 'acme', agent: 'clerk', skillId: 'Billing:v1', action: 'refund', nowMs };
    expect(judging.authorize({ ...refund, input: { amountCents: 1_000 } }).verdict).toBe('deny');
    expect(judging.authorize({ ...refund, input: {} }).verdict).toBe('allowWithApproval');
    expect(judging.survey(refund).mayBe).toEqual(['allowWithApproval', 'deny']);
  });

  it('says that a sensitive argument may need an approval although every policy allows the action', () => {
    const [billing, ...rest] = skills;
    if (!billing) throw new Error('The fixture has no skill.');
    const { charge } = billing.actions;
    if (!charge) throw new Error('The fixture has no action charge.');
    const careful: SkillDefinition = { ...billing, actions: { charge: { ...charge, sensitive: ['amountCents'] } } };
    const payer = defineAgent({ name: 'payer', description: 'Pays.', grants: ['Billing:v1'] });
    const registry = registryOf([payer], [careful, ...rest]);
    const open = { registry, authorizer: authorizerOf(registry), clock: { now: () => nowMs } };
    expect(listGrants({ tenantId: 'acme', limit: 1 }, open).items[0]?.actions[0]).toMatchObject({
      ...{ action: 'charge', decision: 'depends', mayBe: ['allowed', 'approval'], sensitive: ['amountCents'] },
    });
  });
});

describe('GET /v1/grants', () => {
  it('pages through the agents by name, each once', async () => {
    const { get } = createWorld({ registry: business });
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: GrantsPage = await get(grantsPage, `/v1/grants?limit=2${after}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      for (const { actions } of page.items) expect(actions).toHaveLength(8);
      names.push(...page.items.map(({ agent }) => agent));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(['base', 'billing', 'idle', 'senior', 'user-admin']);
  });

  it('is short of agents where many actions are granted, so that no page takes long', async () => {
    const agents = Array.from({ length: 60 }, (_, index): AgentDefinition =>
      defineAgent({
        ...{ name: `agent-${String(index).padStart(2, '0')}`, description: 'One of many.' },
        grants: ['Billing:v1', 'UserManagement:v1', 'UserManagement:v2', 'Text:v1'],
      }),
    );
    const { get } = createWorld({ registry: registryOf(agents) });
    const page = await get(grantsPage, '/v1/grants?limit=100');
    expect(page.items).toHaveLength(50);
    const rest = await get(grantsPage, `/v1/grants?limit=100&cursor=${page.nextCursor}`);
    expect([rest.items[0]?.agent, rest.items.length, rest.nextCursor]).toEqual(['agent-50', 10, null]);
  });

  it('is short of agents where the project has many actions, so that no page is large', async () => {
    const [billing] = skills;
    const charge = billing?.actions['charge'];
    if (!billing || !charge) throw new Error('The fixture has no action charge.');
    const names = Array.from({ length: 1_500 }, (_, index) => `action${index}`);
    const actions = Object.fromEntries(names.map((name) => [name, charge]));
    const large: SkillDefinition = { ...billing, id: 'Large:v1', actions };
    const idle = Array.from({ length: 9 }, (_, index) =>
      defineAgent({ name: `idle-${index}`, description: 'Nothing.', grants: [] }),
    );
    const { get } = createWorld({ registry: registryOf(idle, [large]) });
    const page = await get(grantsPage, '/v1/grants?limit=100');
    expect(page.items.map((item) => item.actions.length)).toEqual(Array.from({ length: 6 }, () => 1_500));
    expect(page.nextCursor).not.toBeNull();
  });

  it('is of the tenant of the token only, to whoever may read runs', async () => {
    const { get, refused } = createWorld({ registry: business });
    const decisions = async (tenant: string) => {
      const token = await tokenWith({ tenant, scope: 'runs:read' });
      const { items } = await get(grantsPage, '/v1/grants?agent=billing', { token });
      return items[0]?.actions.find(({ action }) => action === 'refund')?.mayBe;
    };
    expect(await decisions('acme')).toEqual(['allowed', 'approval', 'denied']);
    expect(await decisions('globex')).toEqual(['allowed', 'denied']);
    await refused('insufficient-scope', '/v1/grants', { token: await tokenWith({ scope: 'inbox:read' }) });
    await refused('unauthenticated', '/v1/grants', { token: '' });
    await refused('invalid-parameter', '/v1/grants?tenant=globex');
  });

  it('says what is wrong with an agent that is none, and with a cursor of another list', async () => {
    const { refused } = createWorld({ registry: business });
    expect((await refused('unknown-agent', '/v1/grants?agent=Billing')).detail).toContain("there is 'base', 'billing'");
    for (const cursor of ['x', Buffer.from('{"list":"runs","after":"base"}').toString('base64url')]) {
      expect((await refused('invalid-parameter', `/v1/grants?cursor=${cursor}`)).detail).toContain('cursor');
    }
  });
});
