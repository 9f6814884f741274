import type { Principal } from '../authz/principal.ts';
import type { RunAccepted } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import { budgetOf } from '../model/budget.ts';
import type { WrittenBudget } from '../model/budget.ts';
import type { RunHead } from '../model/run.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import type { StepStatus } from '../model/step.ts';
import type { Ports } from '../ports/index.ts';
import { enlargePart } from './enlarge-part.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import { itemsBySteps, ledgerRefOf, letGoUntilMs, occurrenceOf, windowSteps, withStatuses } from './open-steps.ts';
import { effectOf } from './step-effect.ts';
import type { RunReader } from './run-reader.ts';
import type { WakePorts } from './wake-run.ts';
import { changeHead, ensureRunning, nextGeneration, runOver, settleEscalations } from './wake-run.ts';

export interface ResumeDependencies {
  readonly ports: WakePorts & Pick<Ports, 'ledger' | 'spend'>;
  readonly registry: Registry;
  readonly reader: RunReader;
}

/**
 * Sets a run going again that waits, was escalated or is stuck: failed steps get another occurrence, a deadline that
 * has passed is extended, its open escalation is settled. Of the steps in doubt, those whose provider can be asked
 * are looked up once more, and those that the ledger has settled since are taken as it says; the others are left
 * alone, for only a person can say what became of them. Repeating it is harmless. Throws the problems `unknown-run`,
 * `run-over`, `step-in-doubt`, `part-too-large`, `unknown-agent` and `run-contended`.
 */
export async function resumeRun(
  call: {
    readonly principal: Principal;
    readonly runId: string;
    readonly reason?: string | undefined;
    /** Limits that replace those of the run. */
    readonly budget?: WrittenBudget | undefined;
  },
  { ports, registry, reader }: ResumeDependencies,
): Promise<RunAccepted> {
  const { principal, runId } = call;
  const head = await changeHead({ tenantId: principal.tenantId, runId }, ports, async (current) => {
    if (isFinal(current.status)) throw runOver(runId, current.status, current.ending, 'resumed');
    const change = await resumedHead(current, { ports, registry, reader });
    if (call.budget === undefined) return change;
    const budget = budgetOf(call.budget);
    await enlargePart(await reader.request(current), budget, ports);
    return { ...change, budget: { ...current.budget, ...budget } };
  });
  // Until the run moves on by itself, the head still names what it waited for, so that a call that dies here can be repeated.
  const settled = `resumed by ${principal.subject}${call.reason === undefined ? '' : `: ${call.reason}`}`;
  await settleEscalations(head, principal.subject, settled, ports);
  return { runId, status: (await ensureRunning(head, ports)).status };
}

/**
 * What changes in the head of a run that is set going again; undefined when it is on its way and needs at most a new
 * execution. Throws the problems `step-in-doubt` and `unknown-agent`.
 */
export async function resumedHead(
  head: RunHead,
  { ports, registry, reader }: ResumedDependencies,
): Promise<Partial<RunHead> | undefined> {
  const plans = await reader.windowPlans(head);
  const answered = await answeredSteps(head, plans, ports.ledger);
  const nowMs = ports.clock.now();
  const late =
    head.compensation === undefined && (head.deadlineMs <= nowMs || (await waitsTooLong(head, plans, ports.ledger)));
  return resumed(head, plans, answered, registry, nowMs, late);
}

export interface ResumedDependencies extends Pick<ResumeDependencies, 'registry' | 'reader'> {
  readonly ports: Pick<Ports, 'ledger' | 'clock'>;
}

/** Steps in doubt to which the ledger has an answer by now: late evidence, or a call that died before it woke the run. */
async function answeredSteps(head: RunHead, plans: WindowPlans, ledger: Ports['ledger']): Promise<string[]> {
  const doubtful = windowSteps(head, plans).filter(({ status }) => status === 'inDoubt');
  if (doubtful.length === 0) return [];
  const steps = doubtful.map(({ step }) => step);
  const items = itemsBySteps(head, steps, await ledger.readMany(steps.map((step) => ledgerRefOf(head, step))));
  return [...items].flatMap(([stepId, { status }]) => (status === 'IN_DOUBT' ? [] : [stepId]));
}

/** Whether a run was handed to a person because a step may be tried again only after its deadline. */
async function waitsTooLong(head: RunHead, plans: WindowPlans, ledger: Ports['ledger']): Promise<boolean> {
  const { waitingFor } = head;
  if (head.status !== 'escalated' || waitingFor?.kind !== 'human' || waitingFor.escalation !== 'budget') return false;
  const pending = windowSteps(head, plans).filter(({ status }) => status === 'pending');
  const items = await ledger.readMany(pending.map(({ step }) => ledgerRefOf(head, step)));
  return items.some((item) => letGoUntilMs(item) >= head.deadlineMs);
}

function resumed(
  head: RunHead,
  plans: WindowPlans,
  answered: readonly string[],
  registry: Registry,
  nowMs: number,
  late: boolean,
): Partial<RunHead> | undefined {
  const steps = windowSteps(head, plans);
  // Of a run that is taken back, only what undoes is tried again, and no deadline ends it.
  const isTakenBack = head.compensation !== undefined;
  const failed = withStatus(
    steps.filter(({ step }) => !isTakenBack || step.compensates !== undefined),
    'failed',
  );
  const waits = head.status === 'waiting' || head.status === 'escalated';
  if (failed.length === 0 && !late && !waits) return undefined;

  const doubtful = withStatus(steps, 'inDoubt');
  const lookAgain = steps
    .filter((entry) => entry.status === 'inDoubt')
    .filter((entry) => answered.includes(entry.step.id) || canBeLookedUp(entry, registry))
    .map(({ step }) => step.id);
  const runnable = failed.length > 0 || lookAgain.length > 0 || (late && withStatus(steps, 'pending').length > 0);
  if (doubtful.length > 0 && head.status === 'escalated' && !runnable) throw inDoubt(head, doubtful);

  const again = new Map<string, StepStatus>([...failed, ...lookAgain].map((stepId) => [stepId, 'pending']));
  const occurrences = failed.map((stepId) => [stepId, occurrenceOf(head, stepId) + 1] as const);
  const lost = Object.entries(head.lost).filter(([stepId]) => !again.has(stepId));
  return {
    window: withStatuses(head, plans, again).window,
    occurrences: { ...head.occurrences, ...Object.fromEntries(occurrences) },
    lost: Object.fromEntries(lost),
    ...(lookAgain.length > 0 ? { lookAgain } : {}),
    ...(late ? { deadlineMs: nowMs + deadlineSecondsOf(head, registry) * 1000 } : {}),
    ...(waits ? { ...nextGeneration(head), status: statusUnderWay(head) } : {}),
    // A person who sets it going again has seen what was tried.
    ...(head.status === 'escalated' && head.replans !== undefined ? { replans: 0 } : {}),
    restarts: undefined,
    ...(head.status === 'escalated' && head.recoveries !== undefined ? { recoveries: undefined } : {}),
  };
}

function canBeLookedUp({ step }: WindowStep, registry: Registry): boolean {
  return effectOf(step, registry)?.class === 'Q';
}

function withStatus(steps: readonly WindowStep[], status: StepStatus): string[] {
  return steps.filter((entry) => entry.status === status).map(({ step }) => step.id);
}

function deadlineSecondsOf(head: RunHead, registry: Registry): number {
  const agent = registry.agents.get(head.agent);
  if (agent) return agent.deadlineSeconds;
  throw new Problem(
    'unknown-agent',
    `The deadline of run '${head.runId}' has passed, and its agent '${head.agent}', which says how long a run may take, is no longer defined. Deploy the agent and resume again.`,
  );
}

function inDoubt(head: RunHead, stepIds: readonly string[]): Problem {
  const named = stepIds.map((stepId) => `'${stepId}'`).join(', ');
  const where = head.waitingFor?.kind === 'human' ? ` '${head.waitingFor.escalationId}'` : '';
  return new Problem(
    'step-in-doubt',
    `Nothing of run '${head.runId}' can be resumed: it is unknown whether the effect of step ${named} happened, and it may not be sent again. ` +
      `Find out at the provider, and attest what happened in the inbox (escalation${where}) with 'holdfast inbox resolve' or POST /v1/escalations/{id}/resolve.`,
    { problems: stepIds.map((stepId) => ({ stepId, message: 'The outcome of its effect is unknown.' })) },
  );
}
