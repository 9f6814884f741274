import type { LedgerItem, LedgerRef } from '../model/effect.ts';
import { failureClass } from '../model/failure.ts';
import type { Failure } from '../model/failure.ts';
import { withoutDeadOwner } from '../model/owner.ts';
import type { AcceptedStep, PlanRevision, PlanStep } from '../model/plan.ts';
import type { RunHead } from '../model/run.ts';
import { isEnding } from '../model/run.ts';
import type { StepState, StepStatus } from '../model/step.ts';
import {
  isStepOver,
  neverBegun,
  statusCharacters,
  statusOfCharacter,
  stepStatuses,
  supersededCharacter,
} from '../model/step.ts';

/** A step of the open window as the head has it. */
export interface WindowStep {
  readonly step: AcceptedStep;
  readonly revision: number;
  readonly status: StepStatus;
}

/** Plan revisions of the open window, by number. */
export type WindowPlans = ReadonlyMap<number, PlanRevision>;

/** The steps of the open window in plan order; the newest definition of an id wins. */
export function windowSteps(head: RunHead, plans: WindowPlans): WindowStep[] {
  return head.window.flatMap((entry) =>
    planOf(plans, entry.revision).steps.flatMap((step, index) => {
      const status = statusOfCharacter(entry.statuses[index] ?? supersededCharacter);
      return status ? [{ step, revision: entry.revision, status }] : [];
    }),
  );
}

/** The head with new statuses for the steps named. */
export function withStatuses(head: RunHead, plans: WindowPlans, statuses: ReadonlyMap<string, StepStatus>): RunHead {
  const window = head.window.map((entry) => {
    const characters = planOf(plans, entry.revision).steps.map((step, index) => {
      const now = entry.statuses[index] ?? supersededCharacter;
      const next = statuses.get(step.id);
      return now === supersededCharacter || !next ? now : statusCharacters[next];
    });
    return { revision: entry.revision, statuses: characters.join('') };
  });
  return { ...head, window };
}

/**
 * The head after a new revision: its steps are pending, what it redefines is superseded, and revisions whose
 * steps are all over leave the window, but for the last one, whose outputs the next plan may want.
 */
export function withRevision(head: RunHead, plans: WindowPlans, plan: PlanRevision): RunHead {
  const redefined = new Set([...plan.steps.map((step) => step.id), ...(plan.supersedes ?? [])]);
  const marked = head.window.map((entry) => ({
    revision: entry.revision,
    statuses: [...entry.statuses]
      .map((character, index) =>
        redefined.has(planOf(plans, entry.revision).steps[index]?.id ?? '') ? supersededCharacter : character,
      )
      .join(''),
  }));
  // What a recovery mends is still the last thing that anybody has planned.
  const last = Math.min(head.revision, plan.recovery?.base ?? head.revision);
  const retired = marked.filter((entry) => entry.revision < last && isRetirable(entry.statuses));
  const kept = marked.filter((entry) => !retired.includes(entry));
  return {
    ...head,
    revision: plan.revision,
    window: [...kept, { revision: plan.revision, statuses: statusCharacters.pending.repeat(plan.steps.length) }],
    stepsRetired: head.stepsRetired + retired.reduce((sum, entry) => sum + countOver(entry.statuses), 0),
  };
}

/** A step as an author would write it. */
export function writtenStep({ id, skill, action, input, why, optional, after }: AcceptedStep): PlanStep {
  return {
    ...{ id, skill, action, input, why },
    ...(after.length === 0 ? {} : { dependsOn: [...after] }),
    ...(optional === undefined ? {} : { optional }),
  };
}

/** How many steps of the run are over, in all revisions. */
export function stepsOver(head: RunHead): number {
  return head.stepsRetired + head.window.reduce((sum, entry) => sum + countOver(entry.statuses), 0);
}

const overCharacters = new Set<string>(stepStatuses.filter(isStepOver).map((status) => statusCharacters[status]));

function countOver(statuses: string): number {
  return [...statuses].filter((character) => overCharacters.has(character)).length;
}

function isRetirable(statuses: string): boolean {
  return [...statuses].every((character) => overCharacters.has(character) || character === supersededCharacter);
}

/** Where the ledger item of a step is; that of a compensation stands beside the item of the step that it undoes. */
export function ledgerRefOf(run: { readonly tenantId: string; readonly runId: string }, step: AcceptedStep): LedgerRef {
  const { tenantId, runId } = run;
  const { skill, id, compensates } = step;
  return { tenantId, skill, runId, stepId: compensates?.stepId ?? id, direction: compensates ? 'C' : 'F' };
}

/** Ledger items of a run by the ids of the steps that they are about. */
export function itemsBySteps(
  run: { readonly tenantId: string; readonly runId: string },
  steps: readonly AcceptedStep[],
  items: readonly LedgerItem[],
): ReadonlyMap<string, LedgerItem> {
  const byPlace = new Map(items.map((item) => [placeOf(item), item]));
  return new Map(
    steps.flatMap((step) => {
      const item = byPlace.get(placeOf(ledgerRefOf(run, step)));
      return item ? [[step.id, item] as const] : [];
    }),
  );
}

/** Within the ledger of one run. */
function placeOf({ skill, stepId, direction }: LedgerRef): string {
  return `${skill}/${stepId}/${direction}`;
}

/** What a run wants of a step; the ledger may still tell of an earlier wish. */
export interface Wanted {
  readonly occurrence: number;
  readonly lost: number;
  readonly optional: boolean;
  readonly cancelRequested: boolean;
  readonly lookAgain: boolean;
}

/** What a record holds under a step's id, which may be a name that every object inherits: `toString` is a legal id. */
export function ownMember<Value>(record: Readonly<Record<string, Value>>, stepId: string): Value | undefined {
  return Object.hasOwn(record, stepId) ? record[stepId] : undefined;
}

/** Which occurrence of a step the run is at, 1-based. */
export function occurrenceOf(head: RunHead, stepId: string): number {
  return ownMember(head.occurrences, stepId) ?? 1;
}

export function wantedOf(head: RunHead, { id, optional, compensates }: AcceptedStep): Wanted {
  return {
    occurrence: occurrenceOf(head, id),
    lost: ownMember(head.lost, id) ?? 0,
    optional: optional ?? false,
    // What closes the steps of a run that ends leaves no compensation out.
    cancelRequested: compensates === undefined && isEnding(head),
    lookAgain: head.lookAgain?.includes(id) ?? false,
  };
}

/** What the ledger says about a step, for an occurrence that is wanted. */
export function stateFromLedger(
  item: LedgerItem | undefined,
  wanted: Wanted,
  nowMs: number,
  epoch: string | undefined,
): StepState {
  const { occurrence, lost, optional, cancelRequested } = wanted;
  if (!item) return { status: 'pending', notBeforeMs: 0, lost };
  switch (item.status) {
    case 'CLAIMED':
    case 'INTENT':
    case 'VERIFY':
      return {
        ...{ status: 'pending', notBeforeMs: Math.max(1, withoutDeadOwner(item, epoch, nowMs).leaseUntilMs), lost },
        ...letGoAfter(item),
      };
    case 'DONE':
      return { status: 'completed' };
    case 'IN_DOUBT':
      if (wanted.lookAgain) return { status: 'pending', notBeforeMs: 1, lost };
      return { status: 'inDoubt', failure: item.failure };
    case 'FAILED':
      if (item.occurrence < occurrence) return { status: 'pending', notBeforeMs: 0, lost };
      return optional ? { status: 'skipped' } : { status: 'failed', failure: item.failure };
    case 'CANCELED':
      if (item.occurrence < occurrence) return { status: 'pending', notBeforeMs: 0, lost };
      return optional || cancelRequested ? { status: 'skipped' } : { status: 'failed', failure: neverBegun };
  }
}

/** Why a step is tried again, where a worker has let go of it; nothing while one holds it. */
function letGoAfter(item: LedgerItem): Pick<Extract<StepState, { status: 'pending' }>, 'lastFailure'> {
  const lastFailure = letGoUntilMs(item) > 0 ? lastFailureOf(item) : undefined;
  return lastFailure === undefined ? {} : { lastFailure };
}

/** Until when nobody tries a step again that a worker has let go of; 0 for any other. */
export function letGoUntilMs(item: LedgerItem): number {
  const isHeld = item.status === 'INTENT' || item.status === 'VERIFY';
  return isHeld && item.lastSend !== undefined ? item.leaseUntilMs : 0;
}

/** The newest failure that an item tells of. Evidence of one reads `<class>: <message>`. */
export function lastFailureOf({ evidence }: LedgerItem): Failure | undefined {
  const detail = evidence.findLast(({ kind }) => kind === 'failure')?.detail;
  const split = detail?.indexOf(': ') ?? -1;
  if (detail === undefined || split < 0) return undefined;
  const parsed = failureClass.safeParse(detail.slice(0, split));
  return parsed.success ? { class: parsed.data, message: detail.slice(split + 2) } : undefined;
}

/** What is told of a failed step whose failure left no record in the ledger. */
export const unrecordedFailure: Failure = { class: 'bug', message: 'the step could not be dispatched' };

/** Whose plan a revision belongs to: that of a recovery is a part of the plan that it mends. */
export function ownerOf({ author, recovery }: PlanRevision): PlanRevision['author'] {
  return recovery?.owner ?? author;
}

export function planOf(plans: WindowPlans, revision: number): PlanRevision {
  const plan = plans.get(revision);
  if (!plan) throw new Error(`Plan revision ${revision} is in the window of the run but was not read.`);
  return plan;
}

/** The output that the newest plan up to now has declared. */
export function outputBefore(
  head: RunHead,
  plans: WindowPlans,
): { readonly output: PlanRevision['output']; readonly read: PlanRevision['read'] } {
  const numbers = [...plans.keys()].filter((one) => one <= head.revision).toSorted((a, b) => b - a);
  for (const number of numbers) {
    const { output, read } = planOf(plans, number);
    if (output !== undefined) return { output, read };
  }
  return { output: undefined, read: 'trusted' };
}
