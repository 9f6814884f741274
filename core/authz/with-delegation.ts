import { agentSkillId } from '../model/agent-step.ts';
import { parseGrant } from '../model/grant.ts';
import type { Registry, SkillDefinition } from '../model/skill.ts';

/**
 * A project whose agents may hand on what they were granted to: with the platform's skill for it when any of them was, else
 * as it is.
 */
export function withDelegation(registry: Registry, agentSkill: SkillDefinition): Registry {
  const granted = [...registry.agents.values()].some(({ grants }) =>
    grants.some((grant) => parseGrant(grant).skillId === agentSkillId),
  );
  if (!granted) return registry;
  return { ...registry, skills: new Map([...registry.skills, [agentSkillId, agentSkill]]) };
}
