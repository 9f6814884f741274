import * as z from 'zod';
import { grantsOf } from '../authz/grants.ts';
import { toolList } from '../authz/tool-list.ts';
import type { ToolScope } from '../authz/tool-list.ts';
import type { AgentPage, SkillPage, SkillView, ToolPage } from '../contract/api.ts';
import { limitsInWords } from '../model/grant.ts';
import type { JsonObject } from '../model/json.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';
import { contractOf, skillHashOf } from '../model/skill-contract.ts';
import { shortlistFor } from './skill-texts.ts';

/** How many skills an answer to a search holds. */
const mostFound = 10;

/**
 * Every skill of the project, by id, without schemas; with a search, those that fit it best, best first, each with the
 * words of the search that it answers to.
 */
export function listSkills(registry: Registry, search?: string): SkillPage {
  const listed =
    search === undefined ? byName(registry.skills).map((skill) => ({ skill })) : bestFitting(registry, search);
  const items = listed.map(({ skill, ...found }) => {
    const { id, release, description, actions } = contractOf(skill);
    return {
      id,
      release,
      description,
      ...whenToUse(id, registry),
      ...deprecationOf(skill),
      ...found,
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
    ...whenToUse(id, registry),
    ...deprecationOf(skill),
    skillHash: skillHashOf(skill),
    actions: Object.entries(actions).map(([name, { input, output, sensitive, alternatives, ...action }]) => ({
      name,
      ...action,
      ...(sensitive ? { sensitive: [...sensitive] } : {}),
      ...(alternatives ? { alternatives: [...alternatives] } : {}),
      input: input as JsonObject,
      output: output as JsonObject,
    })),
  };
}

function bestFitting(
  registry: Registry,
  search: string,
): { readonly skill: SkillDefinition; readonly matched: string[] }[] {
  return shortlistFor(registry)
    .rank(search, mostFound)
    .flatMap(({ id, matches }) => {
      const skill = registry.skills.get(id);
      return skill ? [{ skill, matched: [...new Set(matches.map(({ said }) => said))] }] : [];
    });
}

function whenToUse(id: string, { cards }: Registry): Pick<SkillView, 'whenToUse'> {
  const card = cards?.get(id);
  return card ? { whenToUse: card.description } : {};
}

function deprecationOf({ deprecated }: SkillDefinition): Pick<SkillView, 'deprecated'> {
  return deprecated === undefined ? {} : { deprecated };
}

/** Every agent of the project, by name, with the inputs its playbooks take. */
export function listAgents(registry: Registry): AgentPage {
  return { items: byName(registry.agents).map((agent) => agentViewOf(agent, registry)), nextCursor: null };
}

/** What a model that speaks for an agent may choose from; undefined when there is no such agent. */
export function listTools(agentName: string, registry: Registry, scope: ToolScope): ToolPage | undefined {
  const agent = registry.agents.get(agentName);
  if (!agent) return undefined;
  const items = toolList(agent, registry, scope).map(({ skillId, input, limits, ...tool }) => ({
    ...tool,
    skill: skillId,
    input: input as JsonObject,
    limits: limits.map((of) => [...of]),
  }));
  return { items, nextCursor: null };
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
