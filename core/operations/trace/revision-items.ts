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
  /** By `placeOf`. */
  readonly ledger: ReadonlyMap<string, LedgerItem>;
  /** Of the model steps of this revision and of the one before, by `placeOf`. */
  readonly answers: ReadonlyMap<string, ModelStepOutput>;
  readonly notes: readonly TraceNote[];
  readonly escalations: ReadonlyMap<string, Escalation>;
  /** What people said about uses, by the binding. */
  readonly approvals: ReadonlyMap<string, Approval>;
}

/** As in the ledger: a later revision may use an id again for a step of another skill. */
export function placeOf({ skill, id }: Pick<AcceptedStep, 'skill' | 'id'>): string {
  return `${skill}/${id}`;
}

/** When a step was begun, as far as its item says; undefined for one that was only claimed. */
export function begunAtMs(item: LedgerItem): number | undefined {
  return item.firstIntentAtMs ?? item.evidence[0]?.atMs ?? ('endedAtMs' in item ? item.endedAtMs : undefined);
}

/**
 * The item of a step of this revision. One that was given up before it began leaves its id to a later revision, to which an
 * item then belongs.
 */
export function itemOf(step: AcceptedStep, { ledger, next }: RevisionItems): LedgerItem | undefined {
  const item = ledger.get(placeOf(step));
  if (!item || next?.supersedes?.includes(step.id) !== true) return item;
  return (begunAtMs(item) ?? 0) > next.createdAtMs ? undefined : item;
}
