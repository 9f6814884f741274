import { askableIn, catalogueFor } from '../authz/catalogue.ts';
import type { SkillFunctions } from '../authz/catalogue.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { isQuestionId } from '../model/model-step.ts';
import type { AcceptedStep, PlanRevision } from '../model/plan.ts';
import type { RecoveryNote } from '../model/recovery.ts';
import type { RejectedOptions } from '../model/rejected-options.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun } from '../model/run.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { foreignSteps, settledStep, validatePlan } from '../model/validate-plan.ts';
import type { PlanProblem } from '../model/validate-plan.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import { denialOf } from './judge-use.ts';
import type { WindowPlans } from './open-steps.ts';
import { windowSteps } from './open-steps.ts';
import { stepsProblem } from './plan-budget.ts';
import type { RunReader } from './run-reader.ts';

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
  /** Steps that it defines again: the ledger has closed them, or they have not begun. */
  readonly redefines?: readonly string[];
  /** Of a recovery, or a question about one. */
  readonly recovery?: RecoveryNote;
  /** What a planner is offered, and what not. */
  readonly considered?: RejectedOptions;
}

export interface AcceptDependencies {
  readonly ports: Pick<Ports, 'runs' | 'clock'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
  readonly reader: RunReader;
}

/** The run that somebody wants to add to. */
export interface PlannedRun {
  readonly head: RunHead;
  readonly plans: WindowPlans;
  readonly request: RunRequest;
  readonly agent: AgentDefinition;
}

type Rejected = Extract<Planned, { kind: 'rejected' }>;

/** The gate that every addition to a plan passes, whoever wants it; what passes is written as the next revision. */
export async function acceptProposal(
  proposal: Proposal,
  run: PlannedRun,
  dependencies: AcceptDependencies,
): Promise<Planned> {
  const judged = await judgeProposal(proposal, run, dependencies);
  if (judged.kind === 'rejected') return judged;
  const { plan } = judged;
  const created = await dependencies.ports.runs.createPlan(plan);
  if (created.written) return { kind: 'planned', plan, fresh: true };
  if (!created.current)
    throw new Error(`Plan revision ${plan.revision} of ${plan.runId} was neither written nor found.`);
  return { kind: 'planned', plan: created.current, fresh: false };
}

/** The same gate, without writing anything. */
export async function judgeProposal(
  proposal: Proposal,
  run: PlannedRun,
  { ports, registry, functions, authorizer, reader }: AcceptDependencies,
): Promise<{ readonly kind: 'accepted'; readonly plan: PlanRevision } | Rejected> {
  const { head, plans, request, agent } = run;
  const revision = head.revision + 1;
  const earlier = new Map(windowSteps(head, plans).map(({ step, revision: at }) => [step.id, at]));
  const { steps, output, author, read, reason, final, carry, supersedes, considered, taken = [], recovery } = proposal;
  const redefines = new Set(proposal.redefines);
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
    settled: new Set([...earlier.keys(), ...definedIn(plans), ...taken].filter((id) => !redefines.has(id))),
    mayBeEmpty: final && head.revision > 0,
  });
  if (!verdict.ok) {
    return withProblems(revision, verdict.problems);
  }
  const reserved = author === 'planner' ? verdict.steps.filter(({ id }) => isQuestionId(id)) : [];
  if (reserved.length > 0) return withProblems(revision, reserved.map(reservedStep));
  // Steps that have left the window are known to the ledger alone. A question of the engine has an id that is always new.
  const fresh = verdict.steps.filter(({ id }) => !redefines.has(id));
  const begun = head.revision === 0 || author === 'engine' ? [] : await reader.begunOf(head, fresh);
  if (begun.length > 0) return withProblems(revision, begun.map(settledStep));
  const overBudget = stepsProblem(
    head.stepsRetired + windowSteps(head, plans).length,
    verdict.steps.length,
    budgetOfRun(head, request),
    recovery?.owner ?? author,
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
    ...(recovery === undefined ? {} : { recovery }),
    ...(considered === undefined ? {} : { considered }),
  };
  return { kind: 'accepted', plan };
}

function reservedStep({ id: stepId }: AcceptedStep): PlanProblem {
  const message = `An id such as '${stepId}' is kept for a question of the platform; use another id.`;
  return { code: 'settledStep', stepId, message };
}

/** Those that were given up too: their ids are not free. */
function definedIn(plans: WindowPlans): string[] {
  return [...plans.values()].flatMap(({ steps }) => steps.map(({ id }) => id));
}

function withProblems(revision: number, problems: readonly PlanProblem[]): Rejected {
  const all = problems.map(({ stepId, message }) => `${stepId ?? 'plan'}: ${message}`).join(' ');
  const denied = problems.every(({ code }) => code === 'denied' || code === 'notGranted');
  return {
    kind: 'rejected',
    failure: { class: denied ? 'denied' : 'hallucinated', message: `plan revision ${revision} was rejected: ${all}` },
    problems: problems.map(({ code, stepId, path, message }) =>
      [code, stepId && `step '${stepId}'`, path, message].filter(Boolean).join(': '),
    ),
  };
}
