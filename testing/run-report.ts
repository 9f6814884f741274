import type { EscalationView, PlanPage, RunView, StepView } from '../core/contract/api.ts';
import type { LedgerItem } from '../core/model/effect.ts';
import type { Json } from '../core/model/json.ts';
import type { Mail } from '../core/model/skill.ts';
import type { StepStatus } from '../core/model/step.ts';
import { showPlan } from '../core/operations/show-plan.ts';
import { showRun } from '../core/operations/show-run.ts';
import { loadValue } from '../core/operations/stored-value.ts';
import { openItems, settledItems } from './drive.ts';
import type { EffectCall, RunEvent } from './effects.ts';
import type { Fault } from './faults.ts';
import type { Platform } from './platform.ts';

/** A step as it ended: like a step of `holdfast show`, also of revisions that are long over. */
export type StepReport = Pick<
  StepView,
  'id' | 'revision' | 'skill' | 'action' | 'status' | 'attempts' | 'failure' | 'output'
>;

/** Everything that a run has come to. */
export interface AgentRunResult {
  /** `escalated` also when the run waits for another one that waits for a person. */
  readonly status: RunView['status'];
  readonly output: Json | undefined;
  readonly runId: string;
  /** As the API shows it. */
  readonly run: RunView;
  /** Of this run and of those that it has begun, oldest first. */
  readonly runs: readonly RunView[];
  /** Plan revisions of the run, oldest first. */
  readonly revisions: PlanPage['items'];
  readonly steps: readonly StepReport[];
  /** Calls of actions, of this run and of those that it has begun, in the order in which they were made. */
  readonly effects: readonly EffectCall[];
  readonly ledger: readonly LedgerItem[];
  /** Inbox items, open ones first. */
  readonly escalations: readonly EscalationView[];
  /** The one that is open, when the run waits for a person. */
  readonly escalation: EscalationView | undefined;
  readonly events: readonly RunEvent[];
  readonly mails: readonly Mail[];
  readonly spend: { readonly usdMicros: number; readonly tokens: number };
  /** How much virtual time went by, in milliseconds. */
  readonly virtualMs: number;
  /** Faults that never applied. */
  readonly unusedFaults: readonly Fault[];
}

/** Reads what a run has come to. */
export async function reportOf(platform: Platform, runId: string): Promise<AgentRunResult> {
  const { ports, tenantId, dependencies, ledger, chronicle, mailer, faults } = platform;
  const run = await showRun({ tenantId, runId, withOutputs: true }, dependencies);
  const [open, settled] = await Promise.all([openItems(platform), settledItems(platform)]);
  const revisions = await revisionsOf(platform, runId);
  const waits = run.status !== 'escalated' && open.length > 0 && ['running', 'waiting', 'pending'].includes(run.status);
  const { usdMicros, tokens } = await ports.spend.ofRun({ tenantId, runId });
  return {
    status: waits ? 'escalated' : run.status,
    output: run.output,
    runId,
    run,
    runs: await runsOf(platform),
    revisions,
    steps: await stepsOf(platform, run, revisions),
    effects: [...chronicle.effects],
    ledger: ledger.all(),
    escalations: [...open, ...settled],
    escalation: open.find((one) => one.runId === runId) ?? open[0],
    events: [...chronicle.events],
    mails: [...mailer.sent],
    spend: { usdMicros, tokens },
    virtualMs: chronicle.sinceStartMs,
    unusedFaults: faults.unused,
  };
}

const mostRuns = 100;
const mostRevisions = 100;

async function runsOf({ ports, tenantId, dependencies }: Platform): Promise<RunView[]> {
  const { items } = await ports.runs.listRuns({ tenantId, limit: mostRuns, cursor: undefined });
  return Promise.all(
    items.toReversed().map(({ runId }) => showRun({ tenantId, runId, withOutputs: true }, dependencies)),
  );
}

async function revisionsOf({ tenantId, dependencies }: Platform, runId: string): Promise<PlanPage['items']> {
  const newestFirst: PlanPage['items'] = [];
  let cursor: string | undefined;
  do {
    const page = await showPlan({ tenantId, runId, limit: mostRevisions, cursor }, dependencies);
    newestFirst.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return newestFirst.toReversed();
}

async function stepsOf({ ledger, ports }: Platform, run: RunView, revisions: PlanPage['items']): Promise<StepReport[]> {
  const inWindow = new Map(run.steps.window.map((step) => [step.id, step]));
  const items = new Map(
    ledger.all().flatMap((item) => (item.runId === run.runId && item.direction === 'F' ? [[item.stepId, item]] : [])),
  );
  const undone = new Set(
    ledger
      .all()
      .flatMap((item) =>
        item.runId === run.runId && item.direction === 'C' && item.status === 'DONE' ? [item.stepId] : [],
      ),
  );
  const planned = new Map(
    revisions.flatMap(({ revision, steps }) => steps.map((step) => [step.id, { revision, ...step }])),
  );
  return Promise.all(
    [...planned.values()].map(async ({ id, revision, skill, action }): Promise<StepReport> => {
      const item = items.get(id);
      const shown = inWindow.get(id);
      const output = item?.status === 'DONE' ? await loadValue(item.result, ports.blobs) : undefined;
      const failure = shown?.failure ?? (item && 'failure' in item ? item.failure : undefined);
      return {
        ...{ id, revision, skill, action },
        status: undone.has(id) ? 'compensated' : (shown?.status ?? (item ? statusOf[item.status] : 'skipped')),
        attempts: item?.sends ?? 0,
        ...(failure === undefined ? {} : { failure }),
        ...(output === undefined ? {} : { output }),
      };
    }),
  );
}

/** Of steps that the head no longer knows: all of them are over. */
const statusOf: Readonly<Record<LedgerItem['status'], StepStatus>> = {
  CLAIMED: 'pending',
  INTENT: 'running',
  VERIFY: 'running',
  DONE: 'completed',
  FAILED: 'failed',
  IN_DOUBT: 'inDoubt',
  CANCELED: 'skipped',
};
