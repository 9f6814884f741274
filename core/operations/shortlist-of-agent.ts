import { grantsFor, grantsOf } from '../authz/grants.ts';
import { agentSkillId } from '../model/agent-step.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import { shortlistOf } from '../model/shortlist.ts';
import { skillTextsOf } from './skill-texts.ts';

const always: ReadonlySet<string> = new Set([modelSkillId, agentSkillId]);

/**
 * Ids of the skills that a planner is shown, those of the platform among them: those that the agent was granted, the best fitting for the goal when there are
 * more than `most`, in the order of their ids, so that equal choices give equal prompts.
 */
export function shortlistOfAgent(goal: string, agent: AgentDefinition, registry: Registry, most: number): string[] {
  const grants = grantsOf(agent, registry.agents);
  const granted = [...registry.skills.values()].filter(
    ({ id, actions }) =>
      !always.has(id) && Object.keys(actions).some((action) => grantsFor(grants, id, action).length > 0),
  );
  const ids = granted.map(({ id }) => id);
  const platform = [...always].filter((id) => registry.skills.has(id));
  if (ids.length <= most) return [...ids, ...platform].toSorted();
  const texts = skillTextsOf(registry).filter(({ id }) => ids.includes(id));
  const fitting = shortlistOf(texts).rank(goal, most);
  return [...fitting.map(({ id }) => id), ...platform].toSorted();
}
