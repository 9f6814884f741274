import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openCedarAuthorizer, policyProblems, readPolicyFiles } from '../../core/adapters/cedar/index.ts';
import { catalogueFor } from '../../core/authz/catalogue.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import { toolList } from '../../core/authz/tool-list.ts';
import type { Json } from '../../core/model/json.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../../core/model/skill.ts';
import { nowMs, registry as fixture, registryOf } from './fixture.ts';

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

const own = registryOf(
  await definitionsIn<AgentDefinition>('agents', 'agent.ts'),
  await definitionsIn<SkillDefinition>('skills', 'skill.ts'),
);

/** Some arguments that fit a schema, and inside of every condition of the fixture. */
function sample(schema: Record<string, unknown>): Json {
  const { const: only, enum: values, anyOf, type, items, properties = {}, required = [], default: fallback } = schema;
  if (fallback !== undefined) return fallback as Json;
  if (only !== undefined) return only as Json;
  if (Array.isArray(values)) return values[0] as Json;
  if (Array.isArray(anyOf)) return sample(anyOf[0] as Record<string, unknown>);
  if (type === 'string') return 'test';
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [sample(items as Record<string, unknown>)];
  if (type !== 'object') return null;
  const wanted = new Set([...(required as string[]), 'amountCents']);
  return Object.fromEntries(
    Object.entries(properties as Record<string, Record<string, unknown>>)
      .filter(([name]) => wanted.has(name))
      .map(([name, member]) => [name, sample(member)]),
  );
}

/** For every agent, skill and action: who says that it may be used? */
function opinions(registry: Registry) {
  const authorizer = openCedarAuthorizer(compilePolicies(registry), []);
  return [...registry.agents.values()].flatMap((agent) => {
    const tools = new Set(toolList(agent, registry, { tenantId: 'acme', nowMs }).map(({ name }) => name));
    const catalogue = catalogueFor(agent, registry, { arnOf: (id) => `arn:${id}` });
    return [...registry.skills.values()].flatMap((skill) =>
      Object.entries(skill.actions).map(([action, { input }]) => {
        const request = {
          tenantId: 'acme',
          agent: agent.name,
          skillId: skill.id,
          action,
          input: sample(z.toJSONSchema(input, { io: 'input' })),
          nowMs,
        };
        return {
          what: `${agent.name}: ${skill.id}/${action}`,
          shown: tools.has(`${skill.id}/${action}`),
          found: catalogue.find(skill.id, action).found,
          permitted: authorizer.authorize(request).verdict !== 'deny',
        };
      }),
    );
  });
}

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
