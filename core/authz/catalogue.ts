import { env } from '../contract/env.ts';
import { agentSkillId, mostDepth } from '../model/agent-step.ts';
import { isForPlans, plannedPurpose } from '../model/model-step.ts';
import { skillFolder } from '../model/names.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';
import { skillHashOf } from '../model/skill-contract.ts';
import type { Catalogue, CatalogueEntry } from '../model/validate-plan.ts';
import { skeleton, visibleText } from '../model/visible-text.ts';
import { grantInWords, grantsFor, grantsOf } from './grants.ts';

/** Where the function of each skill version is. */
export interface SkillFunctions {
  /** The version-qualified function of a skill. Throws when none is published: that is a fault of the deployment. */
  readonly arnOf: (skillId: string) => string;
}

/**
 * What an agent may use: exactly the skill versions and actions that it or an agent it extends was granted, compared
 * byte for byte. A grant is `Skill:vN` (every action) or `Skill:vN/action`.
 * Conditions, tenants, expiry and approval of what is found here are judged by an authorizer.
 */
export function catalogueFor(agent: AgentDefinition, registry: Registry, functions: SkillFunctions): Catalogue {
  const grants = grantsOf(agent, registry.agents);
  const held = listOf(grants.map(grantInWords));
  return {
    find(skillId, actionName): CatalogueEntry {
      const skill = registry.skills.get(skillId);
      if (!skill) return unknownSkill(skillId, agent, held, registry);
      const action = Object.hasOwn(skill.actions, actionName) ? skill.actions[actionName] : undefined;
      if (!action) return unknownAction(actionName, skill);
      const speaking = grantsFor(grants, skillId, actionName);
      if (speaking.length === 0) {
        const message =
          `Agent '${agent.name}' is not granted '${skillId}/${actionName}'. Its grants are ${held}; ` +
          `use one of them, or add '${skillId}/${actionName}' to the agent's grants.`;
        return { found: false, code: 'notGranted', message };
      }
      return { found: true, action, skillHash: skillHashOf(skill), functionArn: functions.arnOf(skillId) };
    },
  };
}

/**
 * The functions of this deployment, from the environment: the ARN prefix, the skill's folder name and the
 * published version. Throws when a name is missing or malformed.
 */
export function skillFunctions(environment: Readonly<Record<string, string | undefined>>): SkillFunctions {
  const prefix = environment[env.skillFunctionArnPrefix];
  if (!prefix)
    throw new Error(
      `${env.skillFunctionArnPrefix} is not set; it is the ARN of skill functions up to the folder name.`,
    );
  const versions = versionsFrom(environment[env.skillFunctionVersions]);
  return {
    arnOf(skillId) {
      const version = versions.get(skillId);
      if (version === undefined) {
        throw new Error(
          `No function of skill '${skillId}' is published: ${env.skillFunctionVersions} names ${listOf([...versions.keys()].map(quoted))}. Deploy the skill.`,
        );
      }
      return `${prefix}${skillFolder(skillId)}:${version}`;
    },
  };
}

function versionsFrom(text: string | undefined): ReadonlyMap<string, string> {
  const wanted = `${env.skillFunctionVersions} must be a JSON object from skill id to function version, e.g. {"HotelBooking:v1":"3"}`;
  if (!text) throw new Error(`${wanted}; it is not set.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${wanted}; it is not JSON.`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error(`${wanted}.`);
  const versions = new Map<string, string>();
  for (const [skillId, version] of Object.entries(parsed)) {
    if (typeof version !== 'string' && typeof version !== 'number') {
      throw new Error(`${wanted}; the version of '${skillId}' is a ${typeof version}.`);
    }
    versions.set(skillId, String(version));
  }
  return versions;
}

/**
 * Plans may ask a model to think; to plan and to judge a run is for the engine to ask. A run that is deep enough below
 * another hands nothing on.
 *
 * @param depth runs above the one that plans
 */
export function askableIn(catalogue: Catalogue, depth = 0): Catalogue {
  return {
    find: (skill, action) => {
      if (skill === agentSkillId && depth >= mostDepth) {
        const message = `This run is ${depth} runs below the one that a person asked for, and hands nothing on: ${mostDepth} is the most. Use the agent's own skills.`;
        return { found: false, code: 'notGranted', message };
      }
      if (isForPlans(skill, action)) return catalogue.find(skill, action);
      const message = `'${skill}/${action}' is asked by the platform itself; a plan may use '${skill}/${plannedPurpose}'.`;
      return { found: false, code: 'notGranted', message };
    },
  };
}

function unknownSkill(skillId: string, agent: AgentDefinition, held: string, registry: Registry): CatalogueEntry {
  const { shown } = visibleText(skillId);
  const alike = registry.skills.has(skeleton(skillId)) ? skeleton(skillId) : undefined;
  if (alike !== undefined) {
    const message = `There is no skill '${shown}'. It looks like '${alike}', but names are compared byte for byte.`;
    return { found: false, code: 'unknownSkill', message };
  }
  const [bare = ''] = skillId.split(':');
  const versions = [...registry.skills.keys()].filter((id) => id.split(':')[0] === bare);
  if (versions.length > 0) {
    const message = `There is no '${shown}'; there is ${listOf(versions.map(quoted))}. Use one of these versions.`;
    return { found: false, code: 'unknownVersion', message };
  }
  const similar = [...registry.skills.keys()].filter((id) => id.toLowerCase() === skillId.toLowerCase());
  const hint =
    similar.length > 0
      ? `Names are compared byte for byte; did you mean ${listOf(similar.map(quoted))}?`
      : `Agent '${agent.name}' is granted ${held}.`;
  return { found: false, code: 'unknownSkill', message: `There is no skill '${shown}'. ${hint}` };
}

function unknownAction(actionName: string, skill: SkillDefinition): CatalogueEntry {
  const message = `${skill.id} has no action '${actionName}'; it has ${listOf(Object.keys(skill.actions).map(quoted))}.`;
  return { found: false, code: 'unknownAction', message };
}

function quoted(name: string): string {
  return `'${name}'`;
}

function listOf(parts: readonly string[]): string {
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
