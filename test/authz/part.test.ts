import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCedarAuthorizer } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import { holdersOf } from '../../core/authz/grant-holders.ts';
import type { Json } from '../../core/model/json.ts';
import type { Registry } from '../../core/model/skill.ts';
import { agents, skills } from './fixture.ts';

const registry: Registry = {
  skills: new Map(skills.map((skill) => [skill.id, skill])),
  agents: new Map(agents.map((agent) => [agent.name, agent])),
};
const policies = [
  {
    file: 'policies/house.cedar',
    text: `
      forbid(principal, action == Action::"UserManagement:v2/remove", resource) unless { context.approved };
      forbid(principal == Agent::"billing", action in Action::"Billing:v1", resource) when { context.now > 1900000000000 };
      forbid(principal, action, resource == Tenant::"frozen");`,
  },
];
const whole = openCedarAuthorizer(compilePolicies(registry), policies);
const parts = new Map(
  skills.map((skill) => {
    const part = {
      skills: new Map([[skill.id, skill]]),
      agents: new Map(holdersOf(skill.id, agents).map((agent) => [agent.name, agent])),
    };
    return [skill.id, openCedarAuthorizer(compilePolicies(part), policies, { isPart: true })];
  }),
);

const uses = skills.flatMap((skill) => Object.keys(skill.actions).map((action) => ({ skillId: skill.id, action })));
const input = fc.oneof(
  fc.record({
    amountCents: fc.integer({ min: 0, max: 300_000 }),
    currency: fc.constantFrom('EUR', 'USD'),
  }),
  fc.record({ id: fc.string() }),
  fc.record({ parts: fc.array(fc.string()) }),
  fc.constant({}),
) as fc.Arbitrary<Json>;

it('the host of a skill judges exactly as the whole project does', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...agents.map(({ name }) => name), 'nobody'),
      fc.constantFrom(...uses),
      fc.constantFrom('acme', 'beta', 'frozen'),
      fc.constantFrom(1_790_000_000_000, 1_950_000_000_000),
      input,
      (agent, use, tenantId, nowMs, given) => {
        const request = { tenantId, agent, ...use, input: given, nowMs };
        expect(parts.get(use.skillId)?.authorize(request)).toEqual(whole.authorize(request));
      },
    ),
    { numRuns: 1_000 },
  );
});

it('the host of a skill knows no grant of another one', () => {
  for (const skill of skills) {
    const text = JSON.stringify(holdersOf(skill.id, agents).flatMap(({ grants }) => grants));
    for (const other of skills.filter(({ id }) => id !== skill.id)) expect(text).not.toContain(other.id);
  }
});
