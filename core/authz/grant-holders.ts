import { nameOfGrant } from '../model/grant.ts';
import type { AgentDefinition } from '../model/skill.ts';

/** What is written about an agent's permissions. */
export type GrantHolder = Pick<AgentDefinition, 'name' | 'grants' | 'extends'>;

/**
 * Agents reduced to what they may do with one skill, for its host: it judges what arrives there exactly as the whole project
 * would, and its bundle changes only when these grants do.
 */
export function holdersOf(skillId: string, agents: readonly GrantHolder[]): AgentDefinition[] {
  return agents.map(({ name, grants, extends: bases }) => ({
    kind: 'agent',
    name,
    description: '',
    grants: grants.filter((grant) => nameOfGrant(grant).split('/')[0] === skillId),
    ...(bases === undefined ? {} : { extends: bases }),
    playbooks: {},
    deadlineSeconds: 1,
  }));
}
