import type { Approval } from '../../model/approval.ts';
import { votesOf } from '../../model/approval.ts';
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

interface ToldRun {
  /** Of revision 0. */
  readonly request: RunRequest | undefined;
  /** Of the newest revision. */
  readonly head: RunHead | undefined;
  /** What people have wished of the run. */
  readonly wishes: Wishes;
}

/** An event and what it is a part of. Within one source of one revision later events only come behind earlier ones. */
export interface ToldEvent {
  /** `plan`, `step <place in the plan>`, `note <version of the head>`; `wishes` and `end` of the run as a whole. */
  readonly source: string;
  /** Among those of its source, from 0. */
  readonly ordinal: number;
  readonly event: TraceEvent;
}

/**
 * The events of one plan revision, in their order. Pure: the same items give the same bytes, whoever asks and however often.
 * The order is that of revisions first; within one it is that of times, and where these are equal that of what leads to what.
 */
export function assembleTrace(items: RevisionItems, run: ToldRun): TraceEvent[] {
  return toldEvents(items, run).map(({ event }) => event);
}

/** As `assembleTrace`, with what each event is a part of. */
export function toldEvents(items: RevisionItems, run: ToldRun): ToldEvent[] {
  const { plan, revision } = items;
  const waves = plan ? wavesOf(plan) : new Map<string, number>();
  const then = [
    ...(plan?.steps ?? []).flatMap((step, index) =>
      from(`step ${index}`, stepHappenings(step, waves.get(step.id) ?? 1, items)),
    ),
    ...noteHappenings(items),
    ...from('wishes', run.head && !plan?.takesBack ? wished(run.wishes) : []),
  ];
  const inOrder = [
    ...from('plan', run.request ? [started(run.request)] : []),
    ...from('wishes', wishedBefore(items, run.wishes)),
    ...from('plan', planHappenings(items)),
    // What was made of a plan comes after it, whatever the clocks say.
    ...then.toSorted(byTime),
    ...from('end', run.head && isFinal(run.head.status) ? [ending(run.head, run.head.status)] : []),
  ];
  return inOrder.map(({ source, ordinal, happening: { atMs, ...happening } }, index) => ({
    ...{ source, ordinal },
    event: { seq: revision * seqOfRevision + index + 1, at: isoTime(atMs), revision, ...happening },
  }));
}

interface Sourced extends Pick<ToldEvent, 'source' | 'ordinal'> {
  readonly happening: Happening;
  /** Where it is not that of its type. */
  readonly rank?: number;
}

function from(source: string, happenings: readonly Happening[]): Sourced[] {
  return happenings.map((happening, ordinal) => ({ source, ordinal, happening }));
}

/** Sorting is stable: what is equal here stays in the order of the plan, and of one step in its own. */
function byTime(a: Sourced, b: Sourced): number {
  return a.happening.atMs - b.happening.atMs || rankOf(a) - rankOf(b);
}

function rankOf({ rank, happening: { type } }: Sourced): number {
  return rank ?? ranks[type] ?? rankOfSteps;
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
function noteHappenings(items: RevisionItems): Sourced[] {
  const told = new Set<string>();
  return items.notes.flatMap((note) => {
    const { decided, version } = note;
    const key = keyOf(decided);
    if (told.has(key)) return [];
    told.add(key);
    return from(`note ${version}`, noted(note, items)).map((told) => behindQuestion(told, note));
  });
}

/** An answer of an earlier question comes before the next one of the same moment, and its own comes behind it. */
function behindQuestion(told: Sourced, { atMs }: TraceNote): Sourced {
  const { type } = told.happening;
  const isAnswer = type === 'approval.decided' || type === 'escalation.resolved';
  return isAnswer && told.happening.atMs === atMs ? { ...told, rank: ranks['escalation.opened'] ?? rankOfSteps } : told;
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
    {
      ...({ type: 'escalation.opened', atMs, escalationId, kind, reason } as const),
      ...(stepId === undefined ? {} : { stepId }),
      ...(failureClass === undefined ? {} : { failureClass }),
      ...(tried === undefined ? {} : { tried }),
    },
    ...(use && approval && stepId !== undefined ? decidedBy(approval, use.action) : []),
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

/** Where several people have to approve, each of them is told. */
function decidedBy(approval: Approval, action: string): Happening[] {
  const { stepId, skill, verdict, escalationId, by, reason, atMs } = approval;
  const told = { type: 'approval.decided', stepId, skill, action, escalationId } as const;
  return [
    ...votesOf(approval).map((vote): Happening => ({ ...told, ...vote, verdict: 'approved' })),
    ...(verdict === 'rejected' ? [{ ...told, by, reason, atMs, verdict }] : []),
  ];
}
