import type { StepRequest } from '../contract/machine.ts';
import type { RunBudget, SpendLimits } from '../model/budget.ts';
import { ActionError } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { answerContract } from '../model/model-answers.ts';
import type { AgentPrompts } from '../model/agent-prompts.ts';
import { openedTexts } from '../model/model-step.ts';
import { recoveryAgentName } from '../model/names.ts';
import type { ActionContext, AgentDefinition, Registry } from '../model/skill.ts';
import { thinkInput } from '../model/think-input.ts';
import type { Purpose, ThinkInput } from '../model/think-input.ts';
import type { Clock, ModelClient, SpendStore } from '../ports/index.ts';
import type { EngineQuestion, ModelStepOutput, PlannedQuestion, Think } from './model-skill.ts';
import { promptSkills } from './think/prompt-skills.ts';
import type { Prices } from './think/metered-client.ts';
import { think } from './think/think.ts';
import type { ModelChain } from './think/think.ts';
import type { Breakers } from './with-breaker.ts';

export interface ModelStepDependencies {
  readonly registry: Registry;
  readonly client: ModelClient;
  /** The models of an agent in the order of its choice, each behind its breaker. */
  readonly chainOver: (models: readonly string[], client: ModelClient) => ModelChain;
  /** What a planner is told of the dependencies of skills. */
  readonly breakers: Pick<Breakers, 'troubled'>;
  readonly spend: SpendStore;
  readonly clock: Clock;
  readonly prices: Prices;
  /** Of a tenant for one day, over all its runs. */
  readonly tenantDay: Pick<RunBudget, 'usdMicros' | 'tokens'>;
}

const maxOutputTokens = 8_000;
const mostOutputTokens = 16_000;
const callTimeoutMs = 100_000;

/** Carries out one model step of a run. What it throws is an ActionError, or StoreUnavailable before anything was sent. */
export function answerModelStep(request: StepRequest, dependencies: ModelStepDependencies): Think {
  return async (purpose, question, context) => {
    const { registry } = dependencies;
    const agent = registry.agents.get(request.agent);
    const models = modelsFor(purpose, agent, registry);
    if (!agent || models.length === 0) {
      throw new ActionError(
        `agent '${request.agent}' has no models here; deploy it with some, or set HOLDFAST_MODELS`,
        {
          class: 'bug',
          sendOutcome: 'notSent',
        },
      );
    }
    return answered(purpose, inputOf(purpose, question), agent, models, request, context, dependencies);
  };
}

async function answered(
  purpose: Purpose,
  input: ThinkInput,
  agent: AgentDefinition,
  models: readonly string[],
  { tenantId, runId, stepId, occurrence, budget = {} }: StepRequest,
  { attempt, signal }: ActionContext,
  { registry, client, chainOver, breakers, spend, clock, prices, tenantDay }: ModelStepDependencies,
): Promise<ModelStepOutput> {
  const contract = answerContract(input);
  if (!contract.ok) throw new ActionError(contract.problem, { class: 'bug', sendOutcome: 'notSent' });
  const limits: SpendLimits = { run: budget, tenantDay };
  const asked = { ...input, breakers: await brokenSkills(input, registry, breakers) };
  const thought = await think(asked, {
    client,
    chainOver: (metered) => chainOver(models, metered),
    meter: {
      ...{ spend, clock, prices, limits, payer: { tenantId, runId, agent: agent.name } },
      key: `${stepId}.${occurrence}.${attempt}`,
    },
    project: {
      agent,
      prompts: promptsFor(input.purpose, agent, registry),
      contract: contract.contract,
      skills: promptSkills(agent, registry, input.skills, { tenantId, nowMs: clock.now() }),
    },
    ...{ maxOutputTokens, mostOutputTokens, timeoutMs: callTimeoutMs, signal },
  });
  const { value, model, calls } = thought;
  return {
    // The answer to a planned question is what was asked for; the reasoning is in the calls.
    answer: (purpose === 'reason' && 'answer' in value ? value.answer : value) as Json,
    model,
    usdMicros: calls.reduce((sum, call) => sum + call.usdMicros, 0),
    tokens: calls.reduce((sum, call) => sum + call.tokens, 0),
    calls: calls as unknown as Json[],
    ...(asked.breakers.length === 0 ? {} : { unavailable: asked.breakers }),
  };
}

/** A diagnosis is asked of the models of the project's recovery agent, if it names any; all else of the agent's own. */
function modelsFor(purpose: Purpose, agent: AgentDefinition | undefined, { agents }: Registry): readonly string[] {
  const own = agent?.models ?? [];
  const ofRecovery = purpose === 'diagnose' && own.length > 0 ? agents.get(recoveryAgentName)?.models : undefined;
  return ofRecovery === undefined || ofRecovery.length === 0 ? own : ofRecovery;
}

/** What the project's recovery agent says about diagnoses comes before what the agent itself says. */
function promptsFor(purpose: Purpose, { name }: AgentDefinition, { prompts }: Registry): AgentPrompts {
  const own = prompts?.get(name) ?? {};
  const ofRecovery = name === recoveryAgentName ? undefined : prompts?.get(recoveryAgentName)?.diagnose;
  if (purpose !== 'diagnose' || ofRecovery === undefined) return own;
  return { ...own, diagnose: [ofRecovery, own.diagnose].filter((text) => text !== undefined).join('\n\n') };
}

/** Of the skills that a planner is told of, those whose dependency cannot be called now. No other purpose asks for them. */
async function brokenSkills(
  { purpose, skills }: ThinkInput,
  registry: Registry,
  breakers: Pick<Breakers, 'troubled'>,
): Promise<ThinkInput['breakers']> {
  if (purpose !== 'plan' && purpose !== 'revise') return [];
  const depending = skills.toSorted().flatMap((skill) => {
    const dependency = registry.skills.get(skill)?.dependency;
    return dependency === undefined ? [] : [{ skill, dependency }];
  });
  if (depending.length === 0) return [];
  const troubled = await breakers.troubled(depending.map(({ dependency }) => dependency));
  return depending.flatMap(({ skill, dependency }) => {
    const breaker = troubled.get(dependency);
    return breaker === undefined ? [] : [{ skill, breaker }];
  });
}

function inputOf(purpose: Purpose, question: EngineQuestion | PlannedQuestion): ThinkInput {
  if ('texts' in question) {
    const { texts, ...rest } = question;
    return thinkInput.parse({ purpose, ...(openedTexts(texts) as object), ...rest });
  }
  const { question: asked, material, answerSchema } = question;
  return thinkInput.parse({
    purpose,
    goal: asked,
    question: asked,
    ...(material === undefined ? {} : { input: material, inputUntrusted: [''] }),
    ...(answerSchema === undefined ? {} : { answerSchema }),
  });
}
