import { askableIn, catalogueFor } from '../authz/catalogue.ts';
import { hasModels } from '../authz/with-models.ts';
import type { SkillFunctions } from '../authz/catalogue.ts';
import type { startRunRequest } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Json } from '../model/json.ts';
import { json } from '../model/json.ts';
import { planDraft } from '../model/plan.ts';
import type { AcceptedStep, PlanDraft } from '../model/plan.ts';
import { walkPath } from '../model/references.ts';
import type { AgentDefinition, PlaybookDefinition, Registry } from '../model/skill.ts';
import { validatePlan } from '../model/validate-plan.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Clock } from '../ports/index.ts';
import type * as z from 'zod';
import { denialOf } from './judge-use.ts';

type Request = z.output<typeof startRunRequest>;

export interface OrderCall {
  readonly principal: { readonly tenantId: string };
  readonly request: Request;
}

export interface OrderDependencies {
  readonly ports: { readonly clock: Clock };
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
}

/** What a valid request asks for. */
export interface Order {
  readonly agent: AgentDefinition;
  readonly goal: string;
  /** With neither, a model plans for the goal. */
  readonly source: { readonly playbook: string } | { readonly plan: PlanDraft } | Record<string, never>;
  readonly input: Json;
  /** Members of the input, by path, that somebody outside wrote. */
  readonly untrusted: readonly string[];
}

/** What a request asks for. Throws a Problem for whatever is wrong with it. */
export function orderOf(call: OrderCall, dependencies: OrderDependencies): Order {
  const { request } = call;
  const { registry } = dependencies;
  const agent = registry.agents.get(request.agent);
  if (!agent) {
    const known = named([...registry.agents.keys()]);
    throw new Problem(
      'unknown-agent',
      `There is no agent '${request.agent}'; there is ${known}. Names are compared byte for byte.`,
    );
  }
  if (request.playbook !== undefined && request.plan !== undefined) {
    throw new Problem(
      'plan-source-unclear',
      "Both 'playbook' and 'plan' were given; give one of them, for each is a plan.",
    );
  }
  if (request.planAuthor !== undefined && request.plan === undefined) {
    throw new Problem(
      'plan-source-unclear',
      "'planAuthor' says who wrote 'plan', and no 'plan' was given; give one, or leave it out.",
    );
  }
  if (request.playbook !== undefined) return orderOfPlaybook(call, request.playbook, agent, dependencies);
  if (request.plan !== undefined) return orderOfPlan(call, request.plan, agent, dependencies);
  const playbooks = named(Object.keys(agent.playbooks));
  if (request.goal === undefined) {
    const detail = `None of 'playbook', 'plan' and 'goal' was given. Give a 'playbook' (agent '${agent.name}' has ${playbooks}) or a 'plan'.`;
    throw new Problem('plan-source-unclear', detail);
  }
  if (hasModels(agent)) {
    const input = request.input ?? {};
    return { agent, goal: request.goal, source: {}, input, untrusted: untrustedOf(request, input) };
  }
  throw new Problem(
    'model-not-configured',
    `A goal alone needs a model to plan for it, and agent '${agent.name}' has none: start the platform with HOLDFAST_MODELS (for example openai:gpt-5-mini, with OPENAI_API_KEY, and OPENAI_BASE_URL for a server of your own), or use a playbook (it has ${playbooks}), or give a 'plan'.`,
  );
}

function orderOfPlaybook(
  call: OrderCall,
  name: string,
  agent: AgentDefinition,
  dependencies: OrderDependencies,
): Order {
  const { request } = call;
  const playbook = Object.hasOwn(agent.playbooks, name) ? agent.playbooks[name] : undefined;
  if (!playbook) {
    const known = named(Object.keys(agent.playbooks));
    throw new Problem('unknown-playbook', `Agent '${agent.name}' has no playbook '${name}'; it has ${known}.`);
  }
  const input = inputOf(request.input ?? {}, name, agent, playbook);
  const untrusted = untrustedOf(request, input, playbook.untrusted);
  if (playbook.plan.kind === 'fixed') gatePlan(playbook.plan.draft, input, agent, call, dependencies);
  return { agent, goal: request.goal ?? playbook.description, source: { playbook: name }, input, untrusted };
}

function inputOf(given: Json, name: string, agent: AgentDefinition, playbook: PlaybookDefinition): Json {
  const parsed = playbook.input.safeParse(given);
  if (!parsed.success) {
    throw new Problem(
      'invalid-input',
      `The input does not fit playbook '${name}' of agent '${agent.name}'. 'problems' says what is wrong; GET /v1/agents shows the schema.`,
      { problems: parsed.error.issues.map(({ path, message }) => ({ path: ['input', ...path].join('.'), message })) },
    );
  }
  const stored = json.safeParse(parsed.data);
  if (stored.success) return stored.data;
  throw new Error(
    `The input schema of playbook '${name}' of agent '${agent.name}' yields something that is not JSON; it may not transform.`,
  );
}

function orderOfPlan(call: OrderCall, plan: Json, agent: AgentDefinition, dependencies: OrderDependencies): Order {
  const { request } = call;
  const input = request.input ?? {};
  const untrusted = untrustedOf(request, input, []);
  gatePlan(plan, input, agent, call, dependencies);
  const goal = request.goal ?? 'the plan that was given';
  return { agent, goal, source: { plan: planDraft.parse(plan) }, input, untrusted };
}

/** What the caller and the author of the playbook say that somebody outside wrote. A path of the caller must lead somewhere. */
function untrustedOf({ untrusted = [] }: Request, input: Json, declared: readonly string[] = []): string[] {
  const problems = untrusted.flatMap((path, index) => {
    const walk = walkPath(input, path.split('.'));
    return walk.found
      ? []
      : [{ path: `untrusted.${index}`, message: `'${path}': there is no '${walk.missing}' there` }];
  });
  if (problems.length === 0) return [...new Set([...untrusted, ...declared])];
  throw new Problem(
    'invalid-input',
    "What 'untrusted' names is not in the input, so nothing would be kept from being believed. Give paths of members, such as 'ticket.text'.",
    { problems },
  );
}

/** The same gate that the plan passes again when it becomes a revision of the run. Throws the problem `plan-rejected`. */
export function gatePlan(
  draft: unknown,
  input: Json,
  agent: AgentDefinition,
  { principal }: OrderCall,
  { registry, functions, authorizer, ports }: OrderDependencies,
): AcceptedStep[] {
  const verdict = validatePlan(draft, {
    input,
    catalogue: askableIn(catalogueFor(agent, registry, functions)),
    denied: denialOf({ tenantId: principal.tenantId, agent: agent.name }, authorizer, ports.clock),
    earlier: new Map(),
    settled: new Set(),
    mayBeEmpty: false,
  });
  if (verdict.ok) return verdict.steps;
  const count = verdict.problems.length === 1 ? 'one problem' : `${verdict.problems.length} problems`;
  throw new Problem(
    'plan-rejected',
    `The plan has ${count} and was not accepted; nothing was started. Correct what 'problems' lists.`,
    {
      problems: verdict.problems,
    },
  );
}

function named(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((one) => `'${one}'`).join(', ');
}
