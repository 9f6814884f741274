import { agentSkillId, childRunId } from '../model/agent-step.ts';
import type { Compensation, StandingEffect, TakenBack } from '../model/compensation.ts';
import { undoStepId } from '../model/compensation.ts';
import { compensationOrder } from '../model/compensation-order.ts';
import type { LedgerItem } from '../model/effect.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { AcceptedStep, PlanRevision } from '../model/plan.ts';
import { maxStepsPerRevision } from '../model/plan.ts';
import type { RunHead } from '../model/run.ts';
import type { ActionDefinition, Registry } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { itemsBySteps, ledgerRefOf } from './open-steps.ts';
import { actionOf } from './plan-provenance.ts';
import type { RunReader } from './run-reader.ts';

/** Revisions that one revision of compensations looks at. */
const mostRevisions = 100;
const readAtOnce = 25;
/** Effects that stand which a revision names; the others are counted. */
const namedStanding = 20;

export interface CompensationDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'clock'>;
  readonly registry: Pick<Registry, 'skills'>;
  readonly reader: RunReader;
}

/** A step of a plan, where it is defined, and what the ledger has on it. */
interface Planned {
  readonly step: AcceptedStep;
  readonly revision: number;
  readonly item: LedgerItem | undefined;
  /** It stands for the step that an older revision has defined under its id, also for those that wait for that one. */
  readonly mends: boolean;
}

/**
 * The next revision of a run that is taken back: compensations of its done effects, newest revisions first. It is written
 * also when there is nothing to undo, so that nobody who is late can add to the plan any more. A revision that was written
 * before this call knew of it comes back instead, whatever it holds: what it has begun is to be settled first.
 */
export async function planCompensation(
  head: RunHead & { readonly compensation: Compensation },
  { ports, registry, reader }: CompensationDependencies,
): Promise<{ readonly plan: PlanRevision; readonly fresh: boolean }> {
  const { tenantId, runId, compensation } = head;
  const revision = head.revision + 1;
  const written = await ports.runs.readPlan(head, revision);
  if (written) return { plan: written, fresh: false };

  const last = head.revision === 0 ? undefined : await reader.plan(head, head.revision);
  const from = last?.takesBack ? last.takesBack.downTo - 1 : head.revision;
  const scope = await scopeOf(head, from, { ports, registry, reader });
  const { by, reason, atMs } = compensation;
  const plan: PlanRevision = {
    ...{ tenantId, runId, revision, basedOn: head.revision, author: 'engine', read: 'trusted' },
    reason: `what the run has done is undone for ${by}: ${reason}`,
    // Not the time of this call: one that comes after a crash leads to the same revision.
    createdAtMs: Math.max(atMs, last?.createdAtMs ?? 0),
    steps: undoSteps(scope.undone, scope.all, registry),
    imports: {},
    final: scope.downTo === 1,
    takesBack: {
      ...{ from, downTo: scope.downTo },
      standing: scope.standing.slice(0, namedStanding),
      standingCount: scope.standing.length,
    } satisfies TakenBack,
  };
  const created = await ports.runs.createPlan(plan);
  if (created.written) return { plan, fresh: true };
  if (!created.current) throw new Error(`Plan revision ${revision} of ${runId} was neither written nor found.`);
  return { plan: created.current, fresh: false };
}

interface Scope {
  readonly downTo: number;
  readonly all: readonly Planned[];
  readonly undone: readonly Planned[];
  readonly standing: readonly StandingEffect[];
}

/** Revisions from `from` backwards, until one revision of compensations is full. */
async function scopeOf(
  head: RunHead,
  from: number,
  { ports, registry, reader }: CompensationDependencies,
): Promise<Scope> {
  const all: Planned[] = [];
  const undone: Planned[] = [];
  const standing: StandingEffect[] = [];
  // An id that a newer revision has defined again stands for the newer step.
  const seen = new Set<string>();
  let downTo = from + 1;
  while (downTo > 1 && from + 1 - downTo < mostRevisions) {
    const revision = downTo - 1;
    if ((from - revision) % readAtOnce === 0) await readBefore(head, revision, reader);
    const { steps, author } = await reader.plan(head, revision);
    const mends = author === 'recovery' || author === 'operator';
    const own = steps.filter(({ skill, id }) => !seen.has(`${skill}/${id}`));
    const items = itemsBySteps(head, own, await ports.ledger.readMany(own.map((step) => ledgerRefOf(head, step))));
    const planned = own.map((step): Planned => ({ step, revision, mends, item: items.get(step.id) }));
    const toUndo = planned.filter(({ step, item }) => item?.status === 'DONE' && actionIn(registry, step)?.compensate);
    if (undone.length + toUndo.length > maxStepsPerRevision) break;
    for (const { step } of planned) seen.add(`${step.skill}/${step.id}`);
    all.unshift(...planned);
    undone.unshift(...toUndo);
    standing.unshift(...planned.flatMap((one) => standingOf(one, actionIn(registry, one.step))));
    downTo = revision;
  }
  return { downTo: Math.max(1, downTo), all, undone, standing };
}

/** Reads plan revisions that are about to be asked for, in one go. */
async function readBefore(head: RunHead, revision: number, reader: RunReader): Promise<void> {
  const first = Math.max(1, revision + 1 - readAtOnce);
  await Promise.all(Array.from({ length: revision + 1 - first }, (_, index) => reader.plan(head, first + index)));
}

function actionIn(registry: Pick<Registry, 'skills'>, { skill, action }: AcceptedStep): ActionDefinition | undefined {
  return actionOf(registry, skill, action);
}

/** What a person has to know of a step whose effect is not undone; nothing of one that has none. */
function standingOf({ step, item }: Planned, action: ActionDefinition | undefined): StandingEffect[] {
  if (!item || step.skill === modelSkillId) return [];
  const named = (why: string): StandingEffect[] => [
    { stepId: step.id, skill: step.skill, action: step.action, why: why.slice(0, 200) },
  ];
  switch (item.status) {
    case 'FAILED':
    case 'CANCELED':
      return [];
    case 'DONE':
      if (step.skill === agentSkillId) return named(`run ${childRunId(item.effectKey)} is completed`);
      if (!action) return named('the action is no longer defined');
      return action.compensate || action.effect.class === 'P' ? [] : named('the action declares no compensate');
    // A step that was given up although a worker held it. Nobody can undo what may not have happened.
    case 'CLAIMED':
    case 'INTENT':
    case 'VERIFY':
    case 'IN_DOUBT':
      return named('it was given up, and what became of it is unknown');
  }
}

function undoSteps(
  undone: readonly Planned[],
  all: readonly Planned[],
  registry: Pick<Registry, 'skills'>,
): AcceptedStep[] {
  const defined = Map.groupBy(all, ({ step }) => step.id);
  const order = compensationOrder(
    all.map((planned) => ({ key: keyOf(planned), after: keysOf(planned.step.after, planned.revision, defined) })),
    new Set(undone.map(keyOf)),
  );
  const newest = new Map(undone.map((planned) => [planned.step.id, planned.revision]));
  const idOf = ({ step, revision }: Planned): string =>
    newest.get(step.id) === revision ? undoStepId(step.id) : undoStepId(step.id, revision);
  const ids = new Map(undone.map((planned) => [keyOf(planned), idOf(planned)]));
  return undone.toReversed().map((planned) => {
    const { step, revision } = planned;
    return {
      ...{ id: idOf(planned), skill: step.skill, action: step.action },
      // What it is called with is in the plan that it undoes a part of, and in the ledger.
      input: {},
      why: `Undoes what step '${step.id}' has done.`,
      after: (order.get(keyOf(planned)) ?? []).map((key) => ids.get(key) ?? ''),
      timeoutSeconds: actionIn(registry, step)?.compensate?.timeoutSeconds ?? step.timeoutSeconds,
      ...{ functionArn: step.functionArn, skillHash: step.skillHash },
      compensates: { stepId: step.id, revision },
    };
  });
}

function keyOf({ step, revision }: Planned): string {
  return `${revision}/${step.id}`;
}

/** A step depends on what its own revision, or the newest one before it, defines under an id, and on what has mended that. */
function keysOf(ids: readonly string[], revision: number, defined: ReadonlyMap<string, readonly Planned[]>): string[] {
  return ids.flatMap((id) => {
    const found = defined.get(id)?.findLast((other) => other.revision <= revision || other.mends);
    return found ? [keyOf(found)] : [];
  });
}
