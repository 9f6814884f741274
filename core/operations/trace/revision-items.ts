import type { Approval } from '../../model/approval.ts';
import type { Escalation } from '../../model/escalation.ts';
import type { LedgerItem } from '../../model/effect.ts';
import type { AcceptedStep, PlanRevision } from '../../model/plan.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import type { ModelStepOutput } from '../model-skill.ts';

/** What the table holds of one plan revision of a run: everything that its part of the trace is made of. */
export interface RevisionItems {
  /** 0 for what comes before the first one. */
  readonly revision: number;
  readonly plan: PlanRevision | undefined;
  readonly previous: PlanRevision | undefined;
  readonly next: PlanRevision | undefined;
  /** Those right behind it that mend a plan: what they define again stands for their steps. */
  readonly mends: readonly PlanRevision[];
  /** By `placeOf`. */
  readonly ledger: ReadonlyMap<string, LedgerItem>;
  /** Of the model steps of this revision and of the one before, by `placeOf`. */
  readonly answers: ReadonlyMap<string, ModelStepOutput>;
  readonly notes: readonly TraceNote[];
  readonly escalations: ReadonlyMap<string, Escalation>;
  /** What people said about uses, by the binding. */
  readonly approvals: ReadonlyMap<string, Approval>;
}

/** As in the ledger: a later revision may use an id again for a step of another skill. A compensation has an id of its own. */
export function placeOf({ skill, id }: Pick<AcceptedStep, 'skill' | 'id'>): string {
  return `${skill}/${id}`;
}

/** When a step was begun, as far as its item says; undefined for one that was only claimed. */
export function begunAtMs(item: LedgerItem): number | undefined {
  return item.firstIntentAtMs ?? item.evidence[0]?.atMs ?? ('endedAtMs' in item ? item.endedAtMs : undefined);
}

/**
 * The item of a step of this revision. One that was given up before it began leaves its id to a later revision, and one that
 * was mended leaves its item to what it was mended with.
 */
export function itemOf(step: AcceptedStep, items: RevisionItems): LedgerItem | undefined {
  const { ledger, next } = items;
  const item = ledger.get(placeOf(step));
  if (!item || takenOverBy(step, items)) return undefined;
  if (next?.supersedes?.includes(step.id) !== true) return item;
  return (begunAtMs(item) ?? 0) > next.createdAtMs ? undefined : item;
}

/** The revision that has defined a step again and to which its item belongs by now. */
export function takenOverBy(step: AcceptedStep, { ledger, mends }: RevisionItems): PlanRevision | undefined {
  const place = placeOf(step);
  const item = ledger.get(place);
  if (!item) return undefined;
  return mends.find(({ steps, recovery, createdAtMs }) => {
    if (!steps.some((one) => placeOf(one) === place)) return false;
    // What waited for the failed step had not begun, and has no occurrence of its own.
    if (recovery?.stepId !== step.id) return (begunAtMs(item) ?? 0) > createdAtMs;
    return item.occurrence >= recovery.occurrence;
  });
}
