import type { Approval } from '../../model/approval.ts';
import type { Happening, TraceEvent, TraceEventType } from '../../model/trace.ts';
import { seqOfRevision } from '../../model/trace.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import { isFinal } from '../../model/run.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import { planHappenings, wavesOf } from './plan-events.ts';
import type { RevisionItems } from './revision-items.ts';
import { stepHappenings } from './step-events.ts';

/** Where what was noted beside the steps stands among what happened to them in the same moment. */
const ranks: Partial<Readonly<Record<TraceEventType, number>>> = {
  'approval.decided': -1,
  'escalation.resolved': 0,
  'approval.requested': 2,
  'escalation.opened': 3,
  'run.waited': 4,
  'run.cancelRequested': 5,
};
const rankOfSteps = 1;

/**
 * The events of one plan revision, in their order. Pure: the same items give the same bytes, whoever asks and however often.
 * The order is that of revisions first; within one it is that of times, and where these are equal that of what leads to what.
 *
 * @param run its request, when the revision is 0; its head, when the revision is the newest one
 */
export function assembleTrace(
  items: RevisionItems,
  run: { readonly request: RunRequest | undefined; readonly head: RunHead | undefined },
): TraceEvent[] {
  const { plan, revision } = items;
  const waves = plan ? wavesOf(plan) : new Map<string, number>();
  const made = planHappenings(items);
  const then = [
    ...(plan?.steps ?? []).flatMap((step) => stepHappenings(step, waves.get(step.id) ?? 1, items)),
    ...noteHappenings(items),
    ...(run.head?.cancelRequested ? [cancelRequested(run.head.cancelRequested)] : []),
  ];
  const begun = run.request ? [started(run.request)] : [];
  const over = run.head && isFinal(run.head.status) ? [ending(run.head, run.head.status)] : [];
  // What was made of a plan comes after it, whatever the clocks say.
  return [...begun, ...made, ...then.toSorted(byTime), ...over].map(({ atMs, ...happening }, index) => ({
    seq: revision * seqOfRevision + index + 1,
    at: new Date(atMs).toISOString(),
    revision,
    ...happening,
  }));
}

/** Sorting is stable: what is equal here stays in the order of the plan, and of one step in its own. */
function byTime(a: Happening, b: Happening): number {
  return a.atMs - b.atMs || (ranks[a.type] ?? rankOfSteps) - (ranks[b.type] ?? rankOfSteps);
}

function started(request: RunRequest): Happening {
  const { agent, goal, playbook, input, labels, requestedBy, parent, createdAtMs: atMs } = request;
  return {
    ...{ type: 'run.started', atMs, agent, goal, input, labels, requestedBy },
    ...(playbook === undefined ? {} : { playbook }),
    ...(parent === undefined ? {} : { parent }),
  };
}

function cancelRequested({ atMs, by, reason }: NonNullable<RunHead['cancelRequested']>): Happening {
  return { type: 'run.cancelRequested', atMs, by, reason };
}

function ending(head: RunHead, status: Extract<TraceEvent, { type: 'run.ended' }>['status']): Happening {
  const atMs = head.updatedAtMs;
  if (status === 'completed') return { type: 'run.completed', atMs };
  return { type: 'run.ended', atMs, status, ending: head.ending ?? `the run is ${status}` };
}

/** A decision that was taken again, because a crash let nobody know of it, is told once. */
function noteHappenings(items: RevisionItems): Happening[] {
  const told = new Set<string>();
  return items.notes.flatMap((note) => {
    const { decided } = note;
    const key = decided.kind === 'wait' ? `${decided.untilMs} ${decided.reason}` : decided.escalationId;
    if (told.has(key)) return [];
    told.add(key);
    return noted(note, items);
  });
}

function noted({ decided, atMs }: TraceNote, { escalations, approvals }: RevisionItems): Happening[] {
  if (decided.kind === 'wait') {
    return [{ type: 'run.waited', atMs, until: new Date(decided.untilMs).toISOString(), reason: decided.reason }];
  }
  const { escalationId, escalation: kind, reason, stepId, failureClass, use } = decided;
  const settled = escalations.get(escalationId)?.settled;
  const approval = use && approvals.get(use.binding);
  return [
    ...(use && stepId !== undefined ? [requested(use, stepId, escalationId, atMs)] : []),
    ...(use && approval && stepId !== undefined ? [decidedBy(approval, use.action)] : []),
    {
      ...({ type: 'escalation.opened', atMs, escalationId, kind, reason } as const),
      ...(stepId === undefined ? {} : { stepId }),
      ...(failureClass === undefined ? {} : { failureClass }),
    },
    ...(settled
      ? [
          {
            type: 'escalation.resolved',
            atMs: settled.atMs,
            escalationId,
            by: settled.by,
            reason: settled.reason,
          } as const,
        ]
      : []),
  ];
}

type AskedUse = NonNullable<Extract<TraceNote['decided'], { kind: 'ask' }>['use']>;

function requested(
  { skill, action, argsHash, doubted, reasons }: AskedUse,
  stepId: string,
  escalationId: string,
  atMs: number,
): Happening {
  return { type: 'approval.requested', atMs, stepId, skill, action, escalationId, argsHash, doubted, reasons };
}

function decidedBy({ atMs, stepId, skill, verdict, by, reason, escalationId }: Approval, action: string): Happening {
  return { type: 'approval.decided', atMs, stepId, skill, action, verdict, by, reason, escalationId };
}
