import { hasModels } from '../authz/with-models.ts';
import type { RunPage, RunView, StepView } from '../contract/api.ts';
import { agentSkillId, childRunId } from '../model/agent-step.ts';
import type { Compensation } from '../model/compensation.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { Tried } from '../model/recovery.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun, isFinal, statusUnderWay } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import { isStepOver } from '../model/step.ts';
import type { StepStatus } from '../model/step.ts';
import type { Ports, RunRef, RunsQuery } from '../ports/index.ts';
import { outputOfRun } from './run-output.ts';
import type { WindowStep } from './open-steps.ts';
import {
  itemsBySteps,
  lastFailureOf,
  ledgerRefOf,
  planOf,
  stateFromLedger,
  wantedOf,
  unrecordedFailure,
  windowSteps,
} from './open-steps.ts';
import type { RunReader } from './run-reader.ts';
import { effectOf } from './step-effect.ts';
import { spendOfRun } from './show-spend.ts';
import { loadValue } from './stored-value.ts';
import { isoTime } from './iso-time.ts';
import { headOf } from './wake-run.ts';

export interface ShowDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'spend' | 'clock'>;
  readonly registry: Registry;
  readonly reader: RunReader;
}

/**
 * A run as it stands. The head is a projection and may be behind, so the steps of its window are read from the ledger.
 * Throws the problem `unknown-run`, also for a run of another tenant.
 */
export async function showRun(
  query: RunRef & { readonly withOutputs: boolean },
  { ports, registry, reader }: ShowDependencies,
): Promise<RunView> {
  const head = await asAsked(await headOf(query, ports), ports);
  const [request, plans] = await Promise.all([reader.request(head), reader.windowPlans(head)]);
  const entries = windowSteps(head, plans);
  const steps = entries.map(({ step }) => step);
  const found = await ports.ledger.readMany(steps.map((step) => ledgerRefOf(head, step)));
  const items = itemsBySteps(head, steps, found);
  const views = await Promise.all(
    entries.map(async (entry) => ({
      ...stepViewOf(
        entry,
        head,
        items.get(entry.step.id),
        ports.clock.now(),
        storyIn(planOf(plans, entry.revision), entry),
      ),
      ...effectClassOf(entry, registry),
      ...(await childOf(entry, items.get(entry.step.id), ports)),
    })),
  );
  const told = withCompensated(views);
  const window = query.withOutputs ? await withOutputs(told, items, ports) : told;
  const over = window.filter(({ status }) => isStepOver(status)).length;
  return {
    ...describe(head, request),
    ...(maySpend(registry, head) ? { spend: await spendOfRun(query, ports) } : {}),
    steps: { total: head.stepsRetired + window.length, over: head.stepsRetired + over, window },
    ...(head.status === 'completed' ? await outputOf(head, request, reader, registry) : {}),
  };
}

/** A head says that its run waits a moment before the item is in the inbox: until then nobody was asked. */
async function asAsked(head: RunHead, { runs }: Pick<Ports, 'runs'>): Promise<RunHead> {
  const { tenantId, status, waitingFor, generation } = head;
  if (status !== 'escalated' || waitingFor?.kind !== 'human') return head;
  const item = await runs.readEscalation(tenantId, waitingFor.escalationId);
  // One that an earlier generation has asked may be about other arguments.
  const isAsked = item?.status === 'open' && item.generation >= generation;
  return isAsked ? head : { ...head, status: statusUnderWay(head) };
}

/** On its own models, or on those of agents that it hands something on to. */
function maySpend({ agents, skills }: Registry, { agent }: RunHead): boolean {
  return hasModels(agents.get(agent)) || (skills.has(agentSkillId) && [...agents.values()].some(hasModels));
}

/** The head may not know yet what was undone last. */
function withCompensated(views: readonly StepView[]): StepView[] {
  const undone = new Set(views.flatMap(({ undoes, status }) => (undoes && status === 'completed' ? [undoes] : [])));
  return views.map((view) =>
    undone.has(view.id) && view.status === 'completed' ? { ...view, status: 'compensated' } : view,
  );
}

function describe(head: RunHead, request: RunRequest): Omit<RunView, 'steps' | 'output' | 'outputProblem'> {
  const { runId, agent, status, generation, revision, waitingFor, cancelRequested, compensation, ending } = head;
  const budget = budgetOfRun(head, request);
  // A run that was just woken still carries what it waited for, until it moves.
  const waits = status === 'waiting' || status === 'escalated';
  return {
    runId,
    agent,
    status,
    generation,
    revision,
    goal: request.goal,
    ...(request.playbook === undefined ? {} : { playbook: request.playbook }),
    input: request.input,
    labels: request.labels,
    ...(Object.keys(budget).length === 0 ? {} : { budget }),
    requestedBy: request.requestedBy,
    ...(request.parent === undefined ? {} : { parent: request.parent }),
    createdAt: isoTime(head.createdAtMs),
    updatedAt: isoTime(head.updatedAtMs),
    deadline: isoTime(head.deadlineMs),
    ...(waits && waitingFor ? { waitingFor: waitingView(waitingFor) } : {}),
    ...(cancelRequested === undefined
      ? {}
      : {
          cancelRequested: {
            at: isoTime(cancelRequested.atMs),
            by: cancelRequested.by,
            reason: cancelRequested.reason,
          },
        }),
    ...(compensation === undefined ? {} : { compensation: compensationView(compensation) }),
    ...(ending === undefined ? {} : { ending }),
  };
}

function compensationView({ atMs, by, reason, ending }: Compensation): NonNullable<RunView['compensation']> {
  return { at: isoTime(atMs), by, reason, ending };
}

function waitingView(waitingFor: NonNullable<RunHead['waitingFor']>): NonNullable<RunView['waitingFor']> {
  if (waitingFor.kind === 'human') return waitingFor;
  return { kind: 'time', until: isoTime(waitingFor.untilMs), reason: waitingFor.reason };
}

/** What recovery has done about a step that it has defined anew. */
function storyIn({ author, recovery }: PlanRevision, { step }: WindowStep): readonly Tried[] {
  return author !== 'engine' && recovery?.stepId === step.id ? recovery.tried : [];
}

function stepViewOf(
  entry: WindowStep,
  head: RunHead,
  item: LedgerItem | undefined,
  nowMs: number,
  story: readonly Tried[],
): StepView {
  const { step, revision } = entry;
  const { status, failure } = standing(entry, head, item, nowMs);
  return {
    id: step.id,
    revision,
    skill: step.skill,
    action: step.action,
    why: step.why,
    optional: step.optional ?? false,
    ...(step.compensates === undefined ? {} : { undoes: step.compensates.stepId }),
    status,
    attempts: item?.sends ?? 0,
    ...(failure === undefined ? {} : { failure }),
    ...(story.length === 0 ? {} : { tried: [...story] }),
  };
}

/** The run that a step has begun, once there is one. */
async function childOf(
  { step }: WindowStep,
  item: LedgerItem | undefined,
  ports: Pick<Ports, 'runs'>,
): Promise<Pick<StepView, 'runId'>> {
  if (step.skill !== agentSkillId || !item) return {};
  const runId = childRunId(item.effectKey);
  return (await ports.runs.readHead({ tenantId: item.tenantId, runId })) ? { runId } : {};
}

function effectClassOf({ step }: WindowStep, registry: Registry): Pick<StepView, 'effectClass'> {
  const effectClass = effectOf(step, registry)?.class;
  return effectClass === undefined ? {} : { effectClass };
}

function standing(
  entry: WindowStep,
  head: RunHead,
  item: LedgerItem | undefined,
  nowMs: number,
): { readonly status: StepStatus; readonly failure?: Failure | undefined } {
  if (isStepOver(entry.status) || (isFinal(head.status) && entry.status === 'pending')) return { status: entry.status };
  if (!item)
    return entry.status === 'failed' ? { status: 'failed', failure: unrecordedFailure } : { status: entry.status };
  const state = stateFromLedger(item, wantedOf(head, entry.step), nowMs, undefined);
  if (state.status !== 'pending') return state;
  // The head knows of a step that was given up although its ledger item is still open.
  if (entry.status === 'failed') return { status: 'failed', failure: unrecordedFailure };
  const goesOn = entry.step.skill === agentSkillId && item.sends > 0;
  return { status: goesOn || isAtWork(item, nowMs) ? 'running' : 'pending', failure: lastFailureOf(item) };
}

/** True while a worker holds the step, rather than a backoff. */
function isAtWork(item: LedgerItem, nowMs: number): boolean {
  if (item.status === 'CLAIMED') return item.leaseUntilMs > nowMs;
  if (item.status !== 'INTENT' && item.status !== 'VERIFY') return false;
  return item.leaseUntilMs > nowMs && item.lastSend === undefined;
}

async function withOutputs(
  views: readonly StepView[],
  items: ReadonlyMap<string, LedgerItem>,
  ports: ShowDependencies['ports'],
): Promise<StepView[]> {
  return Promise.all(
    views.map(async (view) => {
      const item = items.get(view.id);
      if (view.status !== 'completed' || item?.status !== 'DONE') return view;
      return { ...view, output: await loadValue(item.result, ports.blobs) };
    }),
  );
}

async function outputOf(
  head: RunHead,
  request: RunRequest,
  reader: RunReader,
  registry: Registry,
): Promise<Pick<RunView, 'output' | 'outputProblem'>> {
  const output = await outputOfRun(head, request, reader, registry);
  switch (output.kind) {
    case 'none':
      return {};
    case 'output':
      return { output: output.value };
    case 'problem':
      return { outputProblem: output.why };
  }
}

/** Runs of a tenant, newest first. What each is for costs a read of its own. */
export async function listRuns(
  { withGoals, ...query }: RunsQuery & { readonly withGoals: boolean },
  { ports, reader }: Pick<ShowDependencies, 'ports' | 'reader'>,
): Promise<RunPage> {
  const { items, nextCursor } = await ports.runs.listRuns(query);
  const summaries = items.map(async ({ runId, agent, status, createdAtMs }) => ({
    ...{ runId, agent, status, createdAt: isoTime(createdAtMs) },
    ...(withGoals ? { goal: (await reader.request({ tenantId: query.tenantId, runId })).goal } : {}),
  }));
  return { items: await Promise.all(summaries), nextCursor: nextCursor ?? null };
}
