import type { LedgerItem } from '../../model/effect.ts';
import type { Escalation } from '../../model/escalation.ts';
import { jsonHash } from '../../model/json.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import type { TraceEventType } from '../../model/trace.ts';
import type { SealedRecord } from '../../model/trace-seal.ts';
import type { RevisionItems } from './revision-items.ts';
import { begunAtMs, itemOf, placeOf } from './revision-items.ts';

/** What comes first in the chain of a run. */
export function requestRecord(request: RunRequest): SealedRecord {
  return record('request', 'run.started', request, request.createdAtMs);
}

/** The records of one plan revision: the revision, its steps in its order, and what was decided in its time. */
export function revisionRecords(items: RevisionItems): SealedRecord[] {
  const { plan, notes, escalations, approvals } = items;
  return [
    ...(plan
      ? [record(`plan ${plan.revision}`, plan.revision === 1 ? 'plan.created' : 'plan.revised', plan, plan.createdAtMs)]
      : []),
    ...(plan?.steps ?? []).flatMap((step) => {
      const item = itemOf(step, items);
      return item ? [record(`step ${placeOf(step)}`, typeOfStep(item), item, stepAtMs(item))] : [];
    }),
    ...notes.flatMap((note) => {
      const { decided, version, atMs } = note;
      const noted = record(`note ${version}`, typesOfNotes[decided.kind], note, atMs);
      const escalation = decided.kind === 'ask' ? escalations.get(decided.escalationId) : undefined;
      const approval = decided.kind === 'ask' && decided.use ? approvals.get(decided.use.binding) : undefined;
      return [
        noted,
        ...(approval ? [record(`approval ${version}`, 'approval.decided', approval, approval.atMs)] : []),
        ...(escalation?.settled ? [settledRecord(escalation, escalation.settled, version)] : []),
      ];
    }),
  ];
}

const typesOfNotes = { wait: 'run.waited', restart: 'run.restarted', ask: 'escalation.opened' } as const;

/** How the run ended: what the head says that no later write of it may change. */
export function endRecord(head: RunHead): SealedRecord {
  const { status, ending, revision, agent, deadlineMs, createdAtMs, cancelRequested, compensation, updatedAtMs } = head;
  const end = { status, ending, revision, agent, deadlineMs, createdAtMs, cancelRequested, compensation };
  return record('end', status === 'completed' ? 'run.completed' : 'run.ended', end, updatedAtMs);
}

/** An item is read and written whole. What opens it again would be a new end. */
function record(key: string, type: TraceEventType, item: unknown, atMs: number): SealedRecord {
  return { key, type, hash: jsonHash(item), atMs };
}

/** The secret that wakes a run, and what counts its writes, are no part of what was asked and answered. */
function settledRecord(
  { escalationId, kind, reason, stepId, failure, approval, tried, openedAtMs }: Escalation,
  settled: NonNullable<Escalation['settled']>,
  version: number,
): SealedRecord {
  const asked = { escalationId, kind, reason, stepId, failure, approval, tried, openedAtMs };
  return record(`answer ${version} ${escalationId}`, 'escalation.resolved', { ...asked, settled }, settled.atMs);
}

function typeOfStep(item: LedgerItem): TraceEventType {
  switch (item.status) {
    case 'DONE':
      return 'step.completed';
    case 'FAILED':
      return 'step.failed';
    case 'IN_DOUBT':
      return 'effect.inDoubt';
    case 'CANCELED':
      return 'step.canceled';
    case 'CLAIMED':
    case 'INTENT':
    case 'VERIFY':
      return 'step.scheduled';
  }
}

function stepAtMs(item: LedgerItem): number {
  return ('endedAtMs' in item ? item.endedAtMs : undefined) ?? begunAtMs(item) ?? 0;
}
