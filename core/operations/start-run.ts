import { askableIn, catalogueFor } from '../authz/catalogue.ts';
import { hasModels } from '../authz/with-models.ts';
import type { SkillFunctions } from '../authz/catalogue.ts';
import type { Principal } from '../authz/principal.ts';
import type { RunAccepted, startRunRequest } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import { effectiveBudget } from '../model/budget.ts';
import type { Json } from '../model/json.ts';
import { json } from '../model/json.ts';
import { planDraft } from '../model/plan.ts';
import { walkPath } from '../model/references.ts';
import type { PlanDraft } from '../model/plan.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { AgentDefinition, PlaybookDefinition, Registry } from '../model/skill.ts';
import { validatePlan } from '../model/validate-plan.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import type * as z from 'zod';
import { underKey } from './idempotency.ts';
import { denialOf } from './judge-use.ts';
import { ensureRunning } from './wake-run.ts';

export interface StartDependencies {
  readonly ports: Pick<Ports, 'runs' | 'engine' | 'clock' | 'ids'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
}

type Request = z.output<typeof startRunRequest>;

export interface StartCall {
  readonly principal: Principal;
  /** 1 to 255 visible ASCII characters; the same key with the same body is the same run. */
  readonly idempotencyKey: string | undefined;
  readonly request: Request;
}

/** Writers of one run's first items agree at the second look. */
const tries = 5;

/** What a valid request asks for. */
interface Order {
  readonly agent: AgentDefinition;
  readonly goal: string;
  /** With neither, a model plans for the goal. */
  readonly source: { readonly playbook: string } | { readonly plan: PlanDraft } | Record<string, never>;
  readonly input: Json;
  /** Members of the input, by path, that somebody outside wrote. */
  readonly untrusted: readonly string[];
}

/**
 * Starts a run. Everything that can be checked is checked before anything is stored. With an idempotency key the
 * order is: the key's record (which fixes the run's id), the run, its execution, the record's end; a call that died
 * in between is completed by its repetition, with the same id. Throws a Problem for whatever is wrong with the request.
 */
export async function startRun(call: StartCall, dependencies: StartDependencies): Promise<RunAccepted> {
  const { principal, idempotencyKey, request } = call;
  const { ports } = dependencies;
  const begin = async (runId: string, order: Order): Promise<RunAccepted> => {
    const head = await create(runId, order, call, ports);
    return { runId, status: (await ensureRunning(head, ports)).status };
  };
  if (idempotencyKey === undefined) {
    const order = orderOf(call, dependencies);
    return begin(`run-${ports.ids.ulid()}`, order);
  }
  return underKey(
    { tenantId: principal.tenantId, key: idempotencyKey, body: request },
    {
      check: () => orderOf(call, dependencies),
      perform: begin,
      recall: async (runId) => {
        const head = await ports.runs.readHead({ tenantId: principal.tenantId, runId });
        return head && { runId, status: head.status };
      },
    },
    ports,
  );
}

/** The run's head. What an earlier call, or one at the same time, has written of the run is kept as it is. */
async function create(
  runId: string,
  order: Order,
  call: StartCall,
  ports: StartDependencies['ports'],
): Promise<RunHead> {
  const { tenantId } = call.principal;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const there = await ports.runs.readHead({ tenantId, runId });
    if (there) return there;
    const stored = await ports.runs.readRequest({ tenantId, runId });
    const request = stored ?? requestOf(runId, order, call, ports.clock.now());
    const deadlineSeconds = call.request.budget?.deadlineSeconds ?? order.agent.deadlineSeconds;
    const head = firstHead(request, deadlineSeconds, ports.ids.token());
    if ((await ports.runs.createRun(request, head)).written) return head;
  }
  throw new Error(`Run ${runId} was neither written nor found in ${tries} attempts.`);
}

function requestOf(runId: string, order: Order, call: StartCall, nowMs: number): RunRequest {
  return {
    tenantId: call.principal.tenantId,
    runId,
    agent: order.agent.name,
    goal: order.goal,
    ...order.source,
    ...(call.request.planAuthor === undefined ? {} : { planAuthor: call.request.planAuthor }),
    input: order.input,
    untrusted: [...order.untrusted],
    labels: call.request.labels ?? {},
    budget: effectiveBudget(order.agent.budget, call.request.budget),
    requestedBy: call.principal.subject,
    createdAtMs: nowMs,
  };
}

function firstHead(request: RunRequest, deadlineSeconds: number, writeToken: string): RunHead {
  const { tenantId, runId, agent, createdAtMs } = request;
  return {
    tenantId,
    runId,
    agent,
    status: 'pending',
    generation: 1,
    version: 1,
    writeToken,
    revision: 0,
    window: [],
    stepsRetired: 0,
    burstsInGeneration: 0,
    lost: {},
    occurrences: {},
    deadlineMs: createdAtMs + deadlineSeconds * 1000,
    createdAtMs,
    updatedAtMs: createdAtMs,
  };
}

function orderOf(call: StartCall, dependencies: StartDependencies): Order {
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
  call: StartCall,
  name: string,
  agent: AgentDefinition,
  dependencies: StartDependencies,
): Order {
  const { request } = call;
  const playbook = Object.hasOwn(agent.playbooks, name) ? agent.playbooks[name] : undefined;
  if (!playbook) {
    const known = named(Object.keys(agent.playbooks));
    throw new Problem('unknown-playbook', `Agent '${agent.name}' has no playbook '${name}'; it has ${known}.`);
  }
  const input = inputOf(request.input ?? {}, name, agent, playbook);
  const untrusted = untrustedOf(request, input, playbook.untrusted);
  if (playbook.plan.kind === 'fixed') gate(playbook.plan.draft, input, agent, call, dependencies);
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

function orderOfPlan(call: StartCall, plan: Json, agent: AgentDefinition, dependencies: StartDependencies): Order {
  const { request } = call;
  const input = request.input ?? {};
  const untrusted = untrustedOf(request, input, []);
  gate(plan, input, agent, call, dependencies);
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

/** The same gate that the plan passes again when it becomes a revision of the run. */
function gate(
  draft: unknown,
  input: Json,
  agent: AgentDefinition,
  { principal }: StartCall,
  { registry, functions, authorizer, ports }: StartDependencies,
): void {
  const verdict = validatePlan(draft, {
    input,
    catalogue: askableIn(catalogueFor(agent, registry, functions)),
    denied: denialOf({ tenantId: principal.tenantId, agent: agent.name }, authorizer, ports.clock),
    earlier: new Map(),
    settled: new Set(),
    mayBeEmpty: false,
  });
  if (verdict.ok) return;
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
