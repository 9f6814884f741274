import { grantsFor, grantsOf } from '../authz/grants.ts';
import { agentSkillId } from '../model/agent-step.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';
import { namedSkills } from '../model/rejected-options.ts';
import type { RejectedOptions, RejectionReason } from '../model/rejected-options.ts';
import { shortlistOf } from '../model/shortlist.ts';
import { skillTextsOf } from './skill-texts.ts';

const always: ReadonlySet<string> = new Set([modelSkillId, agentSkillId]);

/**
 * Ids of the skills that a planner is shown, those of the platform among them: those that the agent was granted, the best fitting for the goal when there are
 * more than `most`, in the order of their ids, so that equal choices give equal prompts.
 */
export function shortlistOfAgent(goal: string, agent: AgentDefinition, registry: Registry, most: number): string[] {
  const grants = grantsOf(agent, registry.agents);
  const granted = [...registry.skills.values()].filter((skill) => !always.has(skill.id) && isGranted(skill, grants));
  const ids = granted.map(({ id }) => id);
  const platform = [...always].filter((id) => registry.skills.has(id));
  if (ids.length <= most) return [...ids, ...platform].toSorted();
  const texts = skillTextsOf(registry).filter(({ id }) => ids.includes(id));
  const fitting = shortlistOf(texts).rank(goal, most);
  return [...fitting.map(({ id }) => id), ...platform].toSorted();
}

function isGranted({ id, actions }: SkillDefinition, grants: ReturnType<typeof grantsOf>): boolean {
  return Object.keys(actions).some((action) => grantsFor(grants, id, action).length > 0);
}

/** What a planner was offered, and why it was offered nothing else. */
export function consideredFor(offered: readonly string[], agent: AgentDefinition, registry: Registry): RejectedOptions {
  const grants = grantsOf(agent, registry.agents);
  const reasonOf = (skill: SkillDefinition): RejectionReason => {
    if (!isGranted(skill, grants)) return 'grant';
    return skill.deprecated && offered.includes(skill.deprecated.replacedBy) ? 'version' : 'shortlist';
  };
  const left = [...registry.skills.values()].filter(({ id }) => !always.has(id) && !offered.includes(id));
  const rejected = [...Map.groupBy(left, reasonOf)].map(([reason, skills]) => ({
    reason,
    skills: skills
      .map(({ id }) => id)
      .toSorted()
      .slice(0, namedSkills),
    count: skills.length,
  }));
  return { offered: [...offered], rejected: rejected.toSorted((a, b) => (a.reason < b.reason ? -1 : 1)) };
}
