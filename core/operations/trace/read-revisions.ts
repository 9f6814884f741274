import type { Approval } from '../../model/approval.ts';
import type { Escalation } from '../../model/escalation.ts';
import type { LedgerItem, LedgerRef } from '../../model/effect.ts';
import { modelSkillId } from '../../model/model-step.ts';
import type { AcceptedStep, PlanRevision } from '../../model/plan.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import type { Ports, RunRef, RunStore } from '../../ports/index.ts';
import { modelStepOutput } from '../model-skill.ts';
import type { ModelStepOutput } from '../model-skill.ts';
import { ledgerRefOf } from '../open-steps.ts';
import type { RunReader } from '../run-reader.ts';
import { loadValue } from '../stored-value.ts';
import type { RevisionItems } from './revision-items.ts';
import { placeOf } from './revision-items.ts';

export interface TraceDependencies {
  readonly ports: Pick<Ports, 'ledger' | 'blobs'> & {
    readonly runs: Pick<RunStore, 'readHead' | 'readRequest' | 'readPlan' | 'listNotes' | 'readEscalation'>;
  };
  readonly reader: RunReader;
}

/** Plans that are read before it is known how many of them a page needs. */
const plansAtOnce = 16;
/** A step that is over has two events or more. */
const leastEventsOfStep = 2;

/**
 * What the table holds of the revisions from `from` on: as many as make about `events` events, and of one revision all or
 * nothing. Revision 0 is what comes before the first plan. The cost is that of what is read, however long the run is.
 *
 * @param newest the newest revision that the head knows of; of a run that is not over there may be newer ones
 */
export async function readRevisions(
  run: RunRef,
  {
    from,
    newest,
    events,
    isOver,
  }: { readonly from: number; readonly newest: number; readonly events: number; readonly isOver: boolean },
  dependencies: TraceDependencies,
): Promise<RevisionItems[]> {
  const most = Math.min(newest, from + Math.min(plansAtOnce, events) - 1);
  const [before, ...plans] = await plansOf(run, from - 1, Math.min(newest, most + 1), dependencies);
  const wanted = enough(plans.slice(0, most - from + 1), events);
  const to = from + wanted - 1;
  const read = plans.slice(0, wanted);
  const after = await mendsAfter(run, plans, { newest, isOver }, dependencies);
  const [notes, ledger] = await Promise.all([
    dependencies.ports.runs.listNotes(run, { from, to }),
    ledgerOf(run, read, dependencies),
  ]);
  const [escalations, approvals] = await Promise.all([
    escalationsOf(run, notes, dependencies),
    approvalsOf(run, notes, dependencies),
  ]);
  return Promise.all(
    read.map(async (plan, index) => {
      const previous = index === 0 ? before : read[index - 1];
      return {
        ...{ revision: from + index, plan, previous, next: plans[index + 1], ledger, escalations, approvals },
        mends: mendsIn([...plans, ...after].slice(index + 1)),
        answers: await answersOf(run, [previous, plan], ledger, dependencies),
        notes: notes.filter(({ revision }) => revision === from + index),
      };
    }),
  );
}

/** How many of these revisions a page of so many events needs; at least one. */
function enough(plans: readonly (PlanRevision | undefined)[], events: number): number {
  let expected = 0;
  const needed = plans.findIndex((plan) => {
    expected += 1 + leastEventsOfStep * (plan?.steps.length ?? 0);
    return expected >= events;
  });
  return needed < 0 ? plans.length : needed + 1;
}

/** Undefined for what comes before the first, and for one that is not there. */
function plansOf(
  run: RunRef,
  from: number,
  to: number,
  { ports }: TraceDependencies,
): Promise<(PlanRevision | undefined)[]> {
  const revisions = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return Promise.all(revisions.map(async (one) => (one < 1 ? undefined : ports.runs.readPlan(run, one))));
}

/** Of these, the ones right at the beginning that mend the plan before them. */
function mendsIn(plans: readonly (PlanRevision | undefined)[]): PlanRevision[] {
  const other = plans.findIndex((plan) => plan?.recovery === undefined);
  return plans.slice(0, other < 0 ? plans.length : other).flatMap((plan) => plan ?? []);
}

/** Revisions that mend what was read, as far as they were not read with it: a run has few of them. */
async function mendsAfter(
  run: RunRef,
  plans: readonly (PlanRevision | undefined)[],
  { newest, isOver }: { readonly newest: number; readonly isOver: boolean },
  { ports }: TraceDependencies,
): Promise<PlanRevision[]> {
  const after: PlanRevision[] = [];
  let before = plans.at(-1);
  // Behind the one that the head knows, steps of the next may be under way already.
  while (before && (before.revision < newest ? before.recovery !== undefined : !isOver)) {
    before = await ports.runs.readPlan(run, before.revision + 1);
    if (!before?.recovery) break;
    after.push(before);
  }
  return after;
}

async function ledgerOf(
  run: RunRef,
  plans: readonly (PlanRevision | undefined)[],
  { ports }: TraceDependencies,
): Promise<ReadonlyMap<string, LedgerItem>> {
  const steps = plans.flatMap((plan) => plan?.steps ?? []);
  const refs = new Map(steps.map((step) => [placeOf(step), ledgerRefOf(run, step)]));
  const items = await ports.ledger.readMany([...refs.values()]);
  const found = new Map(items.map((item) => [ledgerPlaceOf(item), item]));
  return new Map(
    [...refs].flatMap(([place, ref]) => {
      const item = found.get(ledgerPlaceOf(ref));
      return item ? [[place, item] as const] : [];
    }),
  );
}

/** A compensation stands beside the step that it undoes. */
function ledgerPlaceOf({ skill, stepId, direction }: LedgerRef): string {
  return `${skill}/${stepId}/${direction}`;
}

/** The inbox items that were opened with these notes, by their ids. */
export async function escalationsOf(
  { tenantId }: RunRef,
  notes: readonly TraceNote[],
  { ports }: { readonly ports: { readonly runs: Pick<RunStore, 'readEscalation'> } },
): Promise<ReadonlyMap<string, Escalation>> {
  const ids = new Set(notes.flatMap(({ decided }) => (decided.kind === 'ask' ? [decided.escalationId] : [])));
  const found = await Promise.all([...ids].map((id) => ports.runs.readEscalation(tenantId, id)));
  return new Map(found.flatMap((one) => (one ? [[one.escalationId, one] as const] : [])));
}

async function approvalsOf(
  { tenantId, runId }: RunRef,
  notes: readonly TraceNote[],
  { ports }: TraceDependencies,
): Promise<ReadonlyMap<string, Approval>> {
  const asked = notes.flatMap(({ decided }) =>
    decided.kind === 'ask' && decided.use && decided.stepId !== undefined
      ? [{ stepId: decided.stepId, skill: decided.use.skill, binding: decided.use.binding }]
      : [],
  );
  const found = await Promise.all(
    asked.map(({ stepId, skill, binding }) =>
      ports.ledger.readApproval({ tenantId, runId, stepId, skill, direction: 'F' }, binding),
    ),
  );
  return new Map(found.flatMap((one) => (one ? [[one.binding, one] as const] : [])));
}

async function answersOf(
  run: RunRef,
  plans: readonly (PlanRevision | undefined)[],
  ledger: ReadonlyMap<string, LedgerItem>,
  { ports, reader }: TraceDependencies,
): Promise<ReadonlyMap<string, ModelStepOutput>> {
  const asked = plans.flatMap((plan) => plan?.steps ?? []).filter(({ skill }) => skill === modelSkillId);
  const answers = await Promise.all(
    asked.map(async (step: AcceptedStep) => {
      const item = ledger.get(placeOf(step));
      const given =
        item?.status === 'DONE'
          ? await loadValue(item.result, ports.blobs)
          : item === undefined
            ? (await reader.output(run, step)).value
            : undefined;
      const parsed = modelStepOutput.safeParse(given);
      return parsed.success ? [[placeOf(step), parsed.data] as const] : [];
    }),
  );
  return new Map(answers.flat());
}
