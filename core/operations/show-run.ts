import { hasModels } from '../authz/with-models.ts';
import type { PlanPage, RunPage, RunView, StepView } from '../contract/api.ts';
import { InvalidCursor } from '../contract/cursor.ts';
import { agentSkillId, childRunId } from '../model/agent-step.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { RecoveryNote, Tried } from '../model/recovery.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun, isFinal } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import type { StepStatus } from '../model/step.ts';
import type { Ports, RunRef } from '../ports/index.ts';
import { outputOfRun } from './run-output.ts';
import type { WindowStep } from './open-steps.ts';
import {
  lastFailureOf,
  ledgerRefOf,
  planOf,
  stateFromLedger,
  wantedOf,
  unrecordedFailure,
  windowSteps,
} from './open-steps.ts';
import type { RunReader } from './run-reader.ts';
import { spendOfRun } from './show-spend.ts';
import { loadValue } from './stored-value.ts';
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
  const head = await headOf(query, ports);
  const [request, plans] = await Promise.all([reader.request(head), reader.windowPlans(head)]);
  const entries = windowSteps(head, plans);
  const refs = entries.map(({ step }) => ledgerRefOf(head, step));
  const items = new Map((await ports.ledger.readMany(refs)).map((item) => [item.stepId, item]));
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
  const window = query.withOutputs ? await withOutputs(views, items, ports) : views;
  const over = window.filter(({ status }) => overStatuses.has(status)).length;
  return {
    ...describe(head, request),
    ...(maySpend(registry, head) ? { spend: await spendOfRun(query, ports) } : {}),
    steps: { total: head.stepsRetired + window.length, over: head.stepsRetired + over, window },
    ...(head.status === 'completed' ? await outputOf(head, request, reader, registry) : {}),
  };
}

/** On its own models, or on those of agents that it hands something on to. */
function maySpend({ agents, skills }: Registry, { agent }: RunHead): boolean {
  return hasModels(agents.get(agent)) || (skills.has(agentSkillId) && [...agents.values()].some(hasModels));
}

const overStatuses = new Set<StepStatus>(['completed', 'skipped', 'compensated']);

function describe(head: RunHead, request: RunRequest): Omit<RunView, 'steps' | 'output' | 'outputProblem'> {
  const { runId, agent, status, generation, revision, waitingFor, cancelRequested, ending } = head;
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
    ...(ending === undefined ? {} : { ending }),
  };
}

function waitingView(waitingFor: NonNullable<RunHead['waitingFor']>): NonNullable<RunView['waitingFor']> {
  if (waitingFor.kind === 'human') return waitingFor;
  return { kind: 'time', until: isoTime(waitingFor.untilMs), reason: waitingFor.reason };
}

/** What recovery has done about a step that it has defined anew. */
function storyIn({ author, recovery }: PlanRevision, { step }: WindowStep): readonly Tried[] {
  return author === 'recovery' && recovery?.stepId === step.id ? recovery.tried : [];
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
  const effectClass = registry.skills.get(step.skill)?.actions[step.action]?.effect.class;
  return effectClass === undefined ? {} : { effectClass };
}

function standing(
  entry: WindowStep,
  head: RunHead,
  item: LedgerItem | undefined,
  nowMs: number,
): { readonly status: StepStatus; readonly failure?: Failure | undefined } {
  if (overStatuses.has(entry.status) || (isFinal(head.status) && entry.status === 'pending'))
    return { status: entry.status };
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

/** Runs of a tenant, newest first. */
export async function listRuns(
  query: { readonly tenantId: string; readonly limit: number; readonly cursor: string | undefined },
  ports: Pick<Ports, 'runs'>,
): Promise<RunPage> {
  const { items, nextCursor } = await ports.runs.listRuns(query);
  return {
    items: items.map(({ runId, agent, status, createdAtMs }) => ({
      runId,
      agent,
      status,
      createdAt: isoTime(createdAtMs),
    })),
    nextCursor: nextCursor ?? null,
  };
}

/** Plan revisions of a run, newest first. A cursor is the revision to begin with. Throws the problem `unknown-run`, and InvalidCursor. */
export async function showPlan(
  query: RunRef & { readonly limit: number; readonly cursor: string | undefined },
  { ports, reader }: ShowDependencies,
): Promise<PlanPage> {
  const head = await headOf(query, ports);
  const from = Math.min(query.cursor === undefined ? head.revision : revisionOf(query.cursor), head.revision);
  const until = Math.max(from - query.limit, 0);
  const revisions = Array.from({ length: from - until }, (_, index) => from - index);
  const plans = await Promise.all(revisions.map((revision) => reader.plan(head, revision)));
  return { items: plans.map(revisionViewOf), nextCursor: until > 0 ? String(until) : null };
}

function revisionOf(cursor: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(cursor)) return Number(cursor);
  throw new InvalidCursor(cursor);
}

function revisionViewOf(plan: PlanRevision): PlanPage['items'][number] {
  const { revision, basedOn, author, reason, final, output, recovery } = plan;
  return {
    revision,
    basedOn,
    author,
    reason,
    final,
    createdAt: isoTime(plan.createdAtMs),
    steps: plan.steps.map((step) => ({
      id: step.id,
      skill: step.skill,
      action: step.action,
      input: step.input,
      why: step.why,
      after: step.after,
      optional: step.optional ?? false,
      timeoutSeconds: step.timeoutSeconds,
      skillHash: step.skillHash,
    })),
    ...(output === undefined ? {} : { output }),
    ...(recovery === undefined ? {} : { recovery: recoveryViewOf(recovery) }),
  };
}

function recoveryViewOf({ stepId, decision, owner, diff, tried, notBeforeMs }: RecoveryNote): RecoveryView {
  const when = notBeforeMs === undefined ? {} : { notBefore: isoTime(notBeforeMs) };
  return { stepId, decision, owner, tried, ...(diff === undefined ? {} : { diff }), ...when };
}

type RecoveryView = NonNullable<PlanPage['items'][number]['recovery']>;

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
