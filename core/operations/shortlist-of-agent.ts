import { grantsFor, grantsOf } from '../authz/grants.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import { shortlistOf } from '../model/shortlist.ts';
import { skillTextsOf } from './skill-texts.ts';

/**
 * Ids of the skills that a planner is shown, model steps among them: those that the agent was granted, the best fitting for the goal when there are
 * more than `most`, in the order of their ids, so that equal choices give equal prompts.
 */
export function shortlistOfAgent(goal: string, agent: AgentDefinition, registry: Registry, most: number): string[] {
  const grants = grantsOf(agent, registry.agents);
  const granted = [...registry.skills.values()].filter(
    ({ id, actions }) =>
      id !== modelSkillId && Object.keys(actions).some((action) => grantsFor(grants, id, action).length > 0),
  );
  const ids = granted.map(({ id }) => id);
  const thinking = registry.skills.has(modelSkillId) ? [modelSkillId] : [];
  if (ids.length <= most) return [...ids, ...thinking].toSorted();
  const texts = skillTextsOf(registry).filter(({ id }) => ids.includes(id));
  const fitting = shortlistOf(texts).rank(goal, most);
  return [...fitting.map(({ id }) => id), ...thinking].toSorted();
}
