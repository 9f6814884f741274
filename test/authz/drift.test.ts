import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyProblems, readPolicyFiles } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import { toolList } from '../../core/authz/tool-list.ts';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import type { AgentDefinition, SkillDefinition } from '../../core/model/skill.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { nowMs, registry as fixture, registryOf } from './fixture.ts';
import { opinions } from './opinions.ts';

const root = new URL('../../', import.meta.url);

async function definitionsIn<T>(folder: string, file: string): Promise<T[]> {
  const folders = readdirSync(new URL(`${folder}/`, root), { withFileTypes: true }).filter((one) => one.isDirectory());
  return Promise.all(
    folders.map(async ({ name }) => {
      const loaded = (await import(new URL(`${folder}/${name}/${file}`, root).href)) as { default: T };
      return loaded.default;
    }),
  );
}

const defined = registryOf(
  await definitionsIn<AgentDefinition>('agents', 'agent.ts'),
  await definitionsIn<SkillDefinition>('skills', 'skill.ts'),
);
const own = withDelegation(defined, agentSkill(defined));

describe.each([
  ['the fixture', fixture],
  ['this repository', own],
])('in %s', (_name, registry) => {
  it('tool list, catalogue and policies say the same of every agent, skill and action', () => {
    const all = opinions(registry);
    expect(all.filter(({ shown, found, permitted }) => shown !== found || found !== permitted)).toEqual([]);
    expect(new Set(all.map(({ shown }) => shown))).toContain(true);
  });

  it('each tool has the policies of its grants, and no policy is about anything else', () => {
    const { policies } = compilePolicies(registry);
    for (const agent of registry.agents.values()) {
      const tools = toolList(agent, registry);
      const about = policies.filter((policy) => policy.agent === agent.name);
      for (const { skillId, action, limits } of tools) {
        const speaking = about.filter((one) => one.skillId === skillId && (one.action ?? action) === action);
        expect(speaking.length, `${agent.name}: ${skillId}/${action}`).toBe(limits.length);
      }
      for (const policy of about) {
        const named = tools.some(
          (tool) => tool.skillId === policy.skillId && (policy.action ?? tool.action) === tool.action,
        );
        expect(named, policy.id).toBe(true);
      }
    }
  });

  it('the policies are valid for the types of the actions', () => {
    expect(policyProblems(compilePolicies(registry), [])).toEqual([]);
  });
});

it('the hand-written policies of this repository are valid', () => {
  expect(policyProblems(compilePolicies(own), readPolicyFiles(root.pathname))).toEqual([]);
});

it('the fixture has pairs of agents and actions of every kind', () => {
  const kinds = new Set(opinions(fixture).map(({ shown }) => shown));
  expect(kinds).toEqual(new Set([true, false]));
});

it('the tool list of a tenant and a time leaves out what is over or for others', () => {
  const names = (agent: string, tenantId: string, atMs: number) => {
    const found = fixture.agents.get(agent);
    return found ? toolList(found, fixture, { tenantId, nowMs: atMs }).map(({ name }) => name) : [];
  };
  const later = Date.parse('2027-01-01');
  expect(names('user-admin', 'acme', later - 1)).toContain('UserManagement:v1/write');
  expect(names('user-admin', 'acme', later)).not.toContain('UserManagement:v1/write');
  expect(names('idle', 'acme', nowMs)).toEqual([]);
});
