import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { modelSkillId } from '../model/model-step.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';
import { catalogueFor } from './catalogue.ts';
import { compilePolicies } from './compile-policies.ts';
import { toolList } from './tool-list.ts';
import { hasModels, modelsFrom, withModels } from './with-models.ts';

const agent = (name: string, more: Partial<AgentDefinition> = {}): AgentDefinition => ({
  ...{ kind: 'agent', name, description: 'An agent.', grants: [], playbooks: {}, deadlineSeconds: 60 },
  ...more,
});
const registryOf = (...agents: AgentDefinition[]): Registry => ({
  skills: new Map(),
  agents: new Map(agents.map((one) => [one.name, one])),
});
const skill: SkillDefinition = {
  ...{ kind: 'skill', id: modelSkillId, release: '1.0.0', description: 'Asks.', settings: [] },
  actions: {
    reason: {
      ...{ description: 'Thinks.', input: z.object({}), output: z.object({}), effect: { class: 'P' } },
      ...{ timeoutSeconds: 1, maxAttempts: 1, run: async () => ({}) },
    },
  },
};
const agentOf = ({ agents }: Registry, name: string): AgentDefinition => {
  const found = agents.get(name);
  if (!found) throw new Error(`There is no agent '${name}'.`);
  return found;
};

/** Whether an agent may ask a model, by the plan gate, the tool list and the policies. */
function asks(registry: Registry, name: string): boolean[] {
  const one = agentOf(registry, name);
  return [
    catalogueFor(one, registry, { arnOf: (id) => id }).find(modelSkillId, 'reason').found,
    toolList(one, registry).some(({ skillId }) => skillId === modelSkillId),
    compilePolicies(registry).policies.some(
      ({ agent: holder, skillId }) => holder === name && skillId === modelSkillId,
    ),
  ];
}

describe('the models of an agent', () => {
  it('are those of the platform when it names none, in their order', () => {
    const registry = withModels(registryOf(agent('plain')), ['openai:a', 'bedrock:b'], skill);
    expect(agentOf(registry, 'plain').models).toEqual(['openai:a', 'bedrock:b']);
  });

  it('are its own when it names any', () => {
    const registry = withModels(registryOf(agent('own', { models: ['anthropic:c'] })), ['openai:a'], skill);
    expect(agentOf(registry, 'own').models).toEqual(['anthropic:c']);
  });

  it('are none when it says so, whatever the platform has', () => {
    const none = agent('none', { models: [] });
    const registry = withModels(registryOf(none, agent('plain')), ['openai:a'], skill);
    expect(agentOf(registry, 'none')).toBe(none);
    expect(hasModels(none)).toBe(false);
    expect(asks(registry, 'none')).toEqual([false, false, false]);
  });
});

describe('a registry', () => {
  it('stays as it is when nobody has a model', () => {
    const registry = registryOf(agent('plain'), agent('none', { models: [] }));
    expect(withModels(registry, [], skill)).toBe(registry);
  });

  it('gets the skill of model steps as soon as one agent has a model, beside its own skills', () => {
    const own = { ...skill, id: 'Own:v1' };
    const before = { ...registryOf(agent('own', { models: ['openai:a'] })), skills: new Map([['Own:v1', own]]) };
    const { skills } = withModels(before, [], skill);
    expect([...skills]).toEqual([
      ['Own:v1', own],
      [modelSkillId, skill],
    ]);
    expect([...before.skills.keys()]).toEqual(['Own:v1']);
  });
});

describe('model steps', () => {
  const base = agent('base', { models: ['openai:a'] });
  const heir = agent('heir', { extends: ['base'] });

  it('are granted to agents with models only', () => {
    const registry = withModels(registryOf(base, agent('plain')), [], skill);
    expect(asks(registry, 'base')).toEqual([true, true, true]);
    expect(asks(registry, 'plain')).toEqual([false, false, false]);
    expect(agentOf(registry, 'plain').grants).toEqual([]);
  });

  it('are granted beside what the agent was granted before', () => {
    const registry = withModels(registryOf(agent('plain', { grants: ['Mail:v1'] })), ['openai:a'], skill);
    expect(agentOf(registry, 'plain').grants).toEqual(['Mail:v1', modelSkillId]);
  });

  it('are not inherited: an agent that extends one with models has none of them', () => {
    const registry = withModels(registryOf(base, heir), [], skill);
    expect(asks(registry, 'heir')).toEqual([false, false, false]);
  });

  it('are granted once to an agent with models that extends one with models', () => {
    const registry = withModels(registryOf(base, heir), ['openai:b'], skill);
    expect(asks(registry, 'heir')).toEqual([true, true, true]);
    expect(
      compilePolicies(registry)
        .policies.filter((policy) => policy.agent === 'heir')
        .map(({ id }) => id),
    ).toEqual([`grant:heir:${modelSkillId}`]);
  });
});

test.each([
  [undefined, []],
  ['', []],
  [' , ', []],
  ['openai:a', ['openai:a']],
  [' bedrock:b , openai:a,', ['bedrock:b', 'openai:a']],
  ['openai:a,openai:a', ['openai:a']],
])('HOLDFAST_MODELS as %j names %j', (text, models) => {
  expect(modelsFrom(text)).toEqual(models);
});

test('HOLDFAST_MODELS with a name that is no model is refused, by that name', () => {
  expect(() => modelsFrom('openai:a,gpt-5-mini,opnai:b')).toThrow("names 'gpt-5-mini', 'opnai:b', which is no model");
});
