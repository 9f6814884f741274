import type { Approval } from '../../model/approval.ts';
import type { Compensation } from '../../model/compensation.ts';
import type { Happening, TraceEvent, TraceEventType } from '../../model/trace.ts';
import { seqOfRevision } from '../../model/trace.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import { isFinal } from '../../model/run.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import { isoTime } from '../iso-time.ts';
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
  'run.restarted': 5,
  'run.cancelRequested': 6,
  'run.takenBack': 7,
};
const rankOfSteps = 1;

/**
 * The events of one plan revision, in their order. Pure: the same items give the same bytes, whoever asks and however often.
 * The order is that of revisions first; within one it is that of times, and where these are equal that of what leads to what.
 *
 * @param run its request, when the revision is 0; its head, when the revision is the newest one; its head again, for what people have wished of it
 */
export function assembleTrace(
  items: RevisionItems,
  run: {
    readonly request: RunRequest | undefined;
    readonly head: RunHead | undefined;
    readonly wishes: Wishes;
  },
): TraceEvent[] {
  const { plan, revision } = items;
  const waves = plan ? wavesOf(plan) : new Map<string, number>();
  const made = [...wishedBefore(items, run.wishes), ...planHappenings(items)];
  const then = [
    ...(plan?.steps ?? []).flatMap((step) => stepHappenings(step, waves.get(step.id) ?? 1, items)),
    ...noteHappenings(items),
    ...(run.head && !plan?.takesBack ? wished(run.wishes) : []),
  ];
  const begun = run.request ? [started(run.request)] : [];
  const over = run.head && isFinal(run.head.status) ? [ending(run.head, run.head.status)] : [];
  // What was made of a plan comes after it, whatever the clocks say.
  return [...begun, ...made, ...then.toSorted(byTime), ...over].map(({ atMs, ...happening }, index) => ({
    seq: revision * seqOfRevision + index + 1,
    at: isoTime(atMs),
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

function canceledBy({ atMs, by, reason }: NonNullable<RunHead['cancelRequested']>): Happening {
  return { type: 'run.cancelRequested', atMs, by, reason };
}

type Wishes = Pick<RunHead, 'cancelRequested' | 'compensation'>;

/** The wish to undo what the run has done comes before the first revision that does. */
function wishedBefore({ plan, previous }: RevisionItems, wishes: Wishes): Happening[] {
  return plan?.takesBack !== undefined && previous?.takesBack === undefined ? wished(wishes) : [];
}

function wished({ cancelRequested, compensation }: Wishes): Happening[] {
  return [
    ...(cancelRequested ? [canceledBy(cancelRequested)] : []),
    ...(compensation ? [takenBack(compensation)] : []),
  ];
}

function takenBack({ atMs, by, reason, ending: end }: Compensation): Happening {
  return { type: 'run.takenBack', atMs, by, reason, ending: end };
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
    const key = keyOf(decided);
    if (told.has(key)) return [];
    told.add(key);
    return noted(note, items);
  });
}

function keyOf(decided: TraceNote['decided']): string {
  switch (decided.kind) {
    case 'wait':
      return `${decided.untilMs} ${decided.reason}`;
    case 'restart':
      return `restart ${decided.generation}`;
    case 'ask':
      return decided.escalationId;
  }
}

function noted({ decided, atMs }: TraceNote, { escalations, approvals }: RevisionItems): Happening[] {
  if (decided.kind === 'wait') {
    return [{ type: 'run.waited', atMs, until: isoTime(decided.untilMs), reason: decided.reason }];
  }
  if (decided.kind === 'restart') {
    const { generation, count, cause, untilMs } = decided;
    const until = untilMs === undefined ? {} : { until: isoTime(untilMs) };
    return [{ type: 'run.restarted', atMs, generation, count, cause, ...until }];
  }
  const { escalationId, escalation: kind, reason, stepId, failureClass, use } = decided;
  const { settled, tried } = escalations.get(escalationId) ?? {};
  const approval = use && approvals.get(use.binding);
  return [
    ...(use && stepId !== undefined ? [requested(use, stepId, escalationId, atMs)] : []),
    ...(use && approval && stepId !== undefined ? [decidedBy(approval, use.action)] : []),
    {
      ...({ type: 'escalation.opened', atMs, escalationId, kind, reason } as const),
      ...(stepId === undefined ? {} : { stepId }),
      ...(failureClass === undefined ? {} : { failureClass }),
      ...(tried === undefined ? {} : { tried }),
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
