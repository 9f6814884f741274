import type { SkillFunctions } from '../authz/catalogue.ts';
import { askableIn, catalogueFor } from '../authz/catalogue.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { jsonSizeBytes } from '../model/json.ts';
import { isQuestionId } from '../model/model-step.ts';
import type { AcceptedStep, PlanRevision } from '../model/plan.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun } from '../model/run.ts';
import type { AgentDefinition, Completed, PlaybookDefinition, Registry } from '../model/skill.ts';
import { foreignSteps, settledStep, validatePlan } from '../model/validate-plan.ts';
import type { PlanProblem } from '../model/validate-plan.ts';
import type { RejectedOptions } from '../model/rejected-options.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import type { OpenStep } from './decision.ts';
import { denialOf } from './judge-use.ts';
import { GoalPlanner } from './plan-goal.ts';
import type { GoalRun } from './plan-goal.ts';
import type { WindowPlans } from './open-steps.ts';
import { stepsProblem } from './plan-budget.ts';
import { planOf, stepsOver, windowSteps } from './open-steps.ts';
import type { RunReader } from './run-reader.ts';

const carryBytes = 1024;

export type Planned =
  /** `fresh`: written by this call, so nothing of it can have begun. */
  | { readonly kind: 'planned'; readonly plan: PlanRevision; readonly fresh: boolean }
  | { readonly kind: 'rejected'; readonly failure: Failure; readonly problems?: readonly string[] }
  /** Not to act is what was decided. */
  | { readonly kind: 'declined'; readonly reason: string };

/** What somebody wants to add to a plan. */
export interface Proposal {
  readonly author: PlanRevision['author'];
  /** The least trusted of what the author had read of this run. */
  readonly read: Trust;
  readonly reason: string;
  readonly steps: unknown;
  readonly output: Json | undefined;
  readonly final: boolean;
  readonly carry: Json | undefined;
  /** Steps that are not done and no longer wanted. */
  readonly supersedes?: readonly string[];
  /** Ids of older steps that are not free, besides those of the window. */
  readonly taken?: readonly string[];
  /** What a planner is offered, and what not. */
  readonly considered?: RejectedOptions;
}

export interface PlanDependencies {
  readonly ports: Pick<Ports, 'runs' | 'clock'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
  readonly reader: RunReader;
}

/**
 * Makes the next plan revision of a run, validates it and writes it once. Deterministic up to its time stamp, so that
 * a crash before the head knew of it leads to the same revision again.
 */
export async function planNext(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  dependencies: PlanDependencies,
  failed: readonly OpenStep[] = [],
): Promise<Planned> {
  const written = await dependencies.ports.runs.readPlan(head, head.revision + 1);
  if (written) return { kind: 'planned', plan: written, fresh: false };

  const agent = dependencies.registry.agents.get(head.agent);
  if (!agent) return rejected('bug', `the agent '${head.agent}' is not defined in this project`);
  if (request.plan === undefined && request.playbook === undefined) {
    return planForGoal({ head, plans, request, agent, failed }, dependencies);
  }
  const proposal = await propose(head, plans, request, agent, dependencies.reader);
  if (proposal.kind === 'rejected') return proposal;
  return acceptProposal(proposal.value, { head, plans, request, agent }, dependencies);
}

/** A model plans. A plan that the gate rejects goes back to it, with what was wrong. */
async function planForGoal(run: GoalRun, dependencies: PlanDependencies): Promise<Planned> {
  const planner = new GoalPlanner(run, dependencies.registry, dependencies.reader);
  let goal = await planner.next();
  for (;;) {
    if (goal.kind === 'declined') return goal;
    if (goal.kind === 'stuck') return rejected('hallucinated', goal.reason);
    if (goal.kind === 'wrong') {
      goal = await planner.again([goal.problem]);
      continue;
    }
    const planned = await acceptProposal(goal.value, run, dependencies);
    // What the engine itself asks for is never the model's fault.
    if (planned.kind !== 'rejected' || goal.value.author !== 'planner') return planned;
    if (planned.failure.class === 'budgetExceeded') return planned;
    goal = await planner.again(planned.problems ?? [planned.failure.message]);
  }
}

/** The gate that every addition to a plan passes, whoever wants it; what passes is written as the next revision. */
export async function acceptProposal(
  proposal: Proposal,
  run: {
    readonly head: RunHead;
    readonly plans: WindowPlans;
    readonly request: RunRequest;
    readonly agent: AgentDefinition;
  },
  { ports, registry, functions, authorizer, reader }: PlanDependencies,
): Promise<Planned> {
  const { head, plans, request, agent } = run;
  const revision = head.revision + 1;
  const earlier = new Map(windowSteps(head, plans).map(({ step, revision: at }) => [step.id, at]));
  const { steps, output, author, read, reason, final, carry, supersedes, considered, taken = [] } = proposal;
  const draft = { steps, ...(output === undefined ? {} : { output }) };
  for (const stepId of foreignSteps(draft)) {
    if (earlier.has(stepId)) continue;
    const found = await reader.findStep(head, stepId, head.revision);
    if (found) earlier.set(stepId, found.revision);
  }
  const catalogue = catalogueFor(agent, registry, functions);
  const verdict = validatePlan(draft, {
    input: request.input,
    catalogue: author === 'engine' ? catalogue : askableIn(catalogue, request.parent?.depth),
    denied: denialOf({ tenantId: head.tenantId, agent: agent.name }, authorizer, ports.clock),
    earlier,
    settled: new Set([...earlier.keys(), ...definedIn(plans), ...taken]),
    mayBeEmpty: final && head.revision > 0,
  });
  if (!verdict.ok) {
    return withProblems(revision, verdict.problems);
  }
  const reserved = author === 'planner' ? verdict.steps.filter(({ id }) => isQuestionId(id)) : [];
  if (reserved.length > 0) return withProblems(revision, reserved.map(reservedStep));
  // Steps that have left the window are known to the ledger alone. A question of the engine has an id that is always new.
  const begun = head.revision === 0 || author === 'engine' ? [] : await reader.begunOf(head, verdict.steps);
  if (begun.length > 0) return withProblems(revision, begun.map(settledStep));
  const overBudget = stepsProblem(
    head.stepsRetired + windowSteps(head, plans).length,
    verdict.steps.length,
    budgetOfRun(head, request),
    author,
  );
  if (overBudget) return { kind: 'rejected', failure: overBudget };
  const plan: PlanRevision = {
    ...{ tenantId: head.tenantId, runId: head.runId, revision, basedOn: head.revision, author, read, reason },
    createdAtMs: ports.clock.now(),
    steps: verdict.steps,
    imports: verdict.imports,
    ...(output === undefined ? {} : { output }),
    final,
    ...(carry === undefined ? {} : { carry }),
    ...(supersedes === undefined || supersedes.length === 0 ? {} : { supersedes: [...supersedes] }),
    ...(considered === undefined ? {} : { considered }),
  };
  const created = await ports.runs.createPlan(plan);
  if (created.written) return { kind: 'planned', plan, fresh: true };
  if (!created.current) throw new Error(`Plan revision ${revision} of ${head.runId} was neither written nor found.`);
  return { kind: 'planned', plan: created.current, fresh: false };
}

function reservedStep({ id: stepId }: AcceptedStep): PlanProblem {
  const message = `An id such as '${stepId}' is kept for a question of the platform; use another id.`;
  return { code: 'settledStep', stepId, message };
}

/** Those that were given up too: their ids are not free. */
function definedIn(plans: WindowPlans): string[] {
  return [...plans.values()].flatMap(({ steps }) => steps.map(({ id }) => id));
}

function withProblems(revision: number, problems: readonly PlanProblem[]): Extract<Planned, { kind: 'rejected' }> {
  const all = problems.map(({ stepId, message }) => `${stepId ?? 'plan'}: ${message}`).join(' ');
  const denied = problems.every(({ code }) => code === 'denied' || code === 'notGranted');
  return {
    ...rejected(denied ? 'denied' : 'hallucinated', `plan revision ${revision} was rejected: ${all}`),
    problems: problems.map(({ code, stepId, path, message }) =>
      [code, stepId && `step '${stepId}'`, path, message].filter(Boolean).join(': '),
    ),
  };
}

type Proposed = { readonly kind: 'proposed'; readonly value: Proposal } | Extract<Planned, { kind: 'rejected' }>;

async function propose(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  agent: AgentDefinition,
  reader: RunReader,
): Promise<Proposed> {
  if (request.plan) {
    const { steps, output } = request.plan;
    const byModel = request.planAuthor === 'model';
    return proposed({
      author: byModel ? 'planner' : 'human',
      read: 'trusted',
      reason: byModel ? 'the plan of the request, which a model wrote' : 'the plan of the request',
      steps,
      output,
      final: true,
      carry: undefined,
    });
  }
  const name = request.playbook ?? '';
  const playbook = Object.hasOwn(agent.playbooks, name) ? agent.playbooks[name] : undefined;
  if (!playbook) return rejected('bug', `the agent '${agent.name}' no longer has a playbook '${name}'`);
  const reason = `playbook ${name}`;
  if (playbook.plan.kind === 'fixed') {
    const { steps, output } = playbook.plan.draft;
    return proposed({ author: 'playbook', read: 'trusted', reason, steps, output, final: true, carry: undefined });
  }
  const { completed, read } = await completedSoFar(head, plans, request, reader);
  return askFunction(name, reason, playbook.plan.next, request.input, completed, read);
}

function askFunction(
  name: string,
  reason: string,
  next: Extract<PlaybookDefinition['plan'], { kind: 'function' }>['next'],
  input: Json,
  completed: Completed,
  read: Trust,
): Proposed {
  try {
    const { steps, done, output, carry } = next(input as never, completed);
    if (steps.length === 0 && !done)
      return rejected('bug', `playbook '${name}' returned no steps and did not say that it is done`);
    if (jsonSizeBytes(carry) > carryBytes) {
      return rejected(
        'bug',
        `playbook '${name}' wants to carry ${jsonSizeBytes(carry)} bytes; ${carryBytes} are allowed`,
      );
    }
    return proposed({
      author: 'playbook',
      read,
      reason,
      steps: structuredClone(steps),
      output,
      final: done === true,
      carry,
    });
  } catch (error) {
    return rejected(
      'bug',
      `playbook '${name}' threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }
}

/**
 * What a playbook function is told: the last revision's outputs only, so that nothing grows with the run. It has then read
 * what the least trusted of them says, and all that it read before: `carry` may hold it.
 */
async function completedSoFar(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  reader: RunReader,
): Promise<{ readonly completed: Completed; readonly read: Trust }> {
  const ofInput: Trust = request.untrusted.length > 0 ? 'untrusted' : 'trusted';
  if (head.revision === 0) return { completed: { count: 0, revision: 0, outputs: {}, carry: null }, read: ofInput };
  const last = planOf(plans, head.revision);
  const given = await Promise.all(last.steps.map(async (step) => [step.id, await reader.output(head, step)] as const));
  const completed = {
    count: stepsOver(head),
    revision: head.revision,
    outputs: Object.fromEntries(given.map(([stepId, { value }]) => [stepId, value])),
    carry: last.carry ?? null,
  };
  return { completed, read: leastTrusted([ofInput, last.read, ...given.map(([, { trust }]) => trust)]) };
}

function proposed(value: Proposal): Proposed {
  return { kind: 'proposed', value };
}

function rejected(failureClass: Failure['class'], message: string): Extract<Planned, { kind: 'rejected' }> {
  return { kind: 'rejected', failure: { class: failureClass, message } };
}
