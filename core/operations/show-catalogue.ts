import * as z from 'zod';
import { grantsOf } from '../authz/grants.ts';
import type { AgentPage, SkillPage, SkillView } from '../contract/api.ts';
import { limitsInWords } from '../model/grant.ts';
import type { JsonObject } from '../model/json.ts';
import { shortlistOf } from '../model/shortlist.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';
import { contractOf, skillHashOf } from '../model/skill-contract.ts';

/** How many skills an answer to a search holds. */
const mostFound = 10;

/** Every skill of the project, by id, without schemas; with a search, those that fit it best, best first. */
export function listSkills(registry: Registry, search?: string): SkillPage {
  const all = byName(registry.skills);
  const items = (search === undefined ? all : bestFitting(all, search)).map((skill) => {
    const { id, release, description, actions } = contractOf(skill);
    return {
      id,
      release,
      description,
      ...deprecationOf(skill),
      actions: Object.entries(actions).map(([name, action]) => {
        const { description: text, effect, timeoutSeconds, maxAttempts } = action;
        return {
          name,
          description: text,
          effect,
          timeoutSeconds,
          maxAttempts,
        };
      }),
    };
  });
  return { items, nextCursor: null };
}

/** The whole contract of a skill; undefined when there is none of that id. */
export function showSkill(skillId: string, registry: Registry): SkillView | undefined {
  const skill = registry.skills.get(skillId);
  if (!skill) return undefined;
  const { id, release, description, actions } = contractOf(skill);
  return {
    id,
    release,
    description,
    ...deprecationOf(skill),
    skillHash: skillHashOf(skill),
    actions: Object.entries(actions).map(([name, { input, output, ...action }]) => ({
      name,
      ...action,
      input: input as JsonObject,
      output: output as JsonObject,
    })),
  };
}

function bestFitting(skills: readonly SkillDefinition[], search: string): SkillDefinition[] {
  const texts = skills.map((skill) => {
    const { id, description, actions } = contractOf(skill);
    return { id, description, actions: Object.entries(actions).map(([name, action]) => ({ name, ...action })) };
  });
  const ranked = shortlistOf(texts).rank(search, mostFound);
  return ranked.flatMap(({ id }) => skills.filter((skill) => skill.id === id));
}

function deprecationOf({ deprecated }: SkillDefinition): Pick<SkillView, 'deprecated'> {
  return deprecated === undefined ? {} : { deprecated };
}

/** Every agent of the project, by name, with the inputs its playbooks take. */
export function listAgents(registry: Registry): AgentPage {
  return { items: byName(registry.agents).map((agent) => agentViewOf(agent, registry)), nextCursor: null };
}

function agentViewOf(agent: AgentDefinition, registry: Registry): AgentPage['items'][number] {
  const { name, description, deadlineSeconds, playbooks } = agent;
  return {
    name,
    description,
    deadlineSeconds,
    grants: grantsOf(agent, registry.agents).map((grant) => {
      const limits = limitsInWords(grant);
      return limits.length === 0 ? grant.name : `${grant.name} (${limits.join(', ')})`;
    }),
    playbooks: Object.entries(playbooks).map(([playbook, definition]) => ({
      name: playbook,
      description: definition.description,
      kind: definition.plan.kind,
      input: z.toJSONSchema(definition.input, { io: 'input' }) as JsonObject,
    })),
  };
}

function byName<T>(definitions: ReadonlyMap<string, T>): T[] {
  return [...definitions].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, definition]) => definition);
}
