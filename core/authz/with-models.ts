import { modelSkillId } from '../model/model-step.ts';
import { modelName, recoveryAgentName } from '../model/names.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';

/**
 * A project with the models that its platform knows: agents that name none get the platform's, and those that have any are
 * granted model steps. Without any model the registry stays as it is.
 *
 * @param platformModels for agents that name none, in the order in which they are asked
 */
export function withModels(
  registry: Registry,
  platformModels: readonly string[],
  modelSkill: SkillDefinition,
): Registry {
  const agents = new Map(
    [...registry.agents].map(([name, agent]) => [name, withModelsOf(agent, platformModels)] as const),
  );
  if (![...agents.values()].some(hasModels)) return registry;
  return { ...registry, agents, skills: new Map([...registry.skills, [modelSkillId, modelSkill]]) };
}

/** Whether a model can speak for an agent. */
export function hasModels(agent: Pick<AgentDefinition, 'models'> | undefined): boolean {
  return (agent?.models ?? []).length > 0;
}

function withModelsOf(agent: AgentDefinition, platformModels: readonly string[]): AgentDefinition {
  // It speaks for others, with their models unless it names some itself.
  const models = agent.models ?? (agent.name === recoveryAgentName ? [] : platformModels);
  return models.length === 0 ? agent : { ...agent, models, grants: [...agent.grants, modelSkillId] };
}

/** `HOLDFAST_MODELS`: names separated by commas. Throws an Error for one that names no model. */
export function modelsFrom(text: string | undefined): string[] {
  const names = (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const wrong = names.filter((one) => !modelName.safeParse(one).success);
  if (wrong.length === 0) return [...new Set(names)];
  const given = wrong.map((one) => `'${one}'`).join(', ');
  throw new Error(
    `HOLDFAST_MODELS names ${given}, which is no model. Allowed are names such as openai:gpt-5-mini, anthropic:claude-sonnet-4-5 or bedrock:amazon.nova-pro-v1:0, separated by commas. Write the provider before the model.`,
  );
}
