import { Problem } from '../contract/problems.ts';
import type { Escalation, EscalationKind } from '../model/escalation.ts';
import { escalationIdOf } from '../model/escalation.ts';
import type { FinalRunStatus, RunHead } from '../model/run.ts';
import { isEnding, isFinal, statusUnderWay } from '../model/run.ts';
import type { EscalationRef, Ports, RunRef, RunStore } from '../ports/index.ts';
import { changeEscalation } from './change-escalation.ts';
import { noteOf } from './trace/note-decision.ts';

export type WakePorts = Pick<Ports, 'runs' | 'engine' | 'clock' | 'ids'>;

/** A burst writes its head once a second, so a conflict is rare and a second one rarer. */
const tries = 20;

/** The head of a run. Throws the problem `unknown-run`, also for a run of another tenant. */
export async function headOf(run: RunRef, ports: { readonly runs: Pick<RunStore, 'readHead'> }): Promise<RunHead> {
  const head = await ports.runs.readHead(run);
  if (head) return head;
  throw new Problem('unknown-run', `There is no run '${run.runId}'. List the runs there are with GET /v1/runs.`);
}

/**
 * Changes the head with a conditional write, again on what is stored now when somebody was faster.
 * `change` gives undefined when nothing is to be written. Returns the head as it then is.
 */
export async function changeHead(
  run: RunRef,
  ports: WakePorts,
  change: (head: RunHead) => Partial<RunHead> | undefined | Promise<Partial<RunHead> | undefined>,
): Promise<RunHead> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const head = await headOf(run, ports);
    const changed = await change(head);
    if (!changed) return head;
    if (changed.generation !== undefined && head.status === 'escalated') await noteQuestion(head, ports);
    const next = {
      ...head,
      ...changed,
      version: head.version + 1,
      writeToken: ports.ids.token(),
      updatedAtMs: ports.clock.now(),
    };
    if ((await ports.runs.writeHead(next, head.version)).written) return next;
  }
  throw contended(run);
}

/**
 * What has asked may die, or be stopped for a while, before it notes that it did. After the run has moved on nobody would
 * note it, and after its end a note would contradict its seal. Repeating it is harmless.
 */
export async function noteQuestion(head: RunHead, { runs }: Pick<Ports, 'runs'>): Promise<void> {
  if (head.waitingFor?.kind !== 'human') return;
  const notice = await runs.readEscalation(head.tenantId, head.waitingFor.escalationId);
  const note = notice && noteOf(head, { notice });
  if (note) await runs.createNote(note);
}

/** What a head needs so that a new execution takes the run over from one that waits: the next generation is due. */
export function nextGeneration(head: RunHead): Pick<RunHead, 'generation' | 'burstsInGeneration'> {
  return { generation: head.generation + 1, burstsInGeneration: 0 };
}

/**
 * Sees to it that an execution carries the generation that the head names. Starting a running one is harmless; one
 * that is closed although the run is not over has died, and the next generation takes its place.
 */
export async function ensureRunning(run: RunHead, ports: WakePorts): Promise<RunHead> {
  let head = run;
  for (let attempt = 0; attempt < tries && !isFinal(head.status); attempt += 1) {
    const { generation } = head;
    if ((await start(head, ports)) === 'started') return head;
    head = await changeHead(head, ports, (current) =>
      isFinal(current.status) || current.generation > generation ? undefined : nextGeneration(current),
    );
  }
  if (isFinal(head.status)) return head;
  throw contended(run);
}

/**
 * Tells a run that one that it has begun is over, whatever it is doing: if it waits, its next generation looks at once; if it is
 * about to wait, its next write of the head fails, and it looks again. Repeating it is harmless.
 */
export async function wakeParent(parent: RunRef, ports: WakePorts): Promise<void> {
  // What waits for a person looks when that person has decided.
  const isLeftAlone = ({ status }: RunHead): boolean => isFinal(status) || status === 'escalated';
  const head = await changeHead(parent, ports, (current) => {
    if (isLeftAlone(current)) return undefined;
    return current.status === 'waiting' ? { ...nextGeneration(current), status: statusUnderWay(current) } : {};
  });
  if (!isLeftAlone(head)) await ensureRunning(head, ports);
}

async function start(head: RunHead, ports: WakePorts): Promise<'started' | 'alreadyRan'> {
  const { tenantId, agent, runId, generation } = head;
  try {
    return await ports.engine.start({ tenantId, agent, runId, generation });
  } catch (cause) {
    throw new Problem(
      'engine-unavailable',
      `The state machine of agent '${agent}' could not be started for run '${runId}'. The run is stored and loses nothing; repeat the call.`,
      { retryAfterSeconds: 1, cause },
    );
  }
}

/** Escalations of these kinds end with what is done about the run; the others ask for something that only a person knows. */
export const settledByMoving = new Set<EscalationKind>(['failure', 'budget', 'denied', 'deadRun']);

/**
 * Settles the inbox items of generations that are over and lets the executions that wait for them end: each finds out
 * when it is woken. Items that only a person can answer stay open, and the next generation reports them again.
 * Repeating it is harmless.
 */
export async function settleEscalations(head: RunHead, by: string, reason: string, ports: WakePorts): Promise<void> {
  const { tenantId, runId, generation, waitingFor } = head;
  const settle = async (escalationId: string, before: number): Promise<void> =>
    settleOne({ tenantId, escalationId }, { atMs: ports.clock.now(), by, reason }, ports, {
      concerns: (current) => current.generation < before,
      settles: (current) =>
        settledByMoving.has(current.kind) ||
        (head.lookAgain ?? []).includes(current.stepId ?? '') ||
        // Of a run that is to end, nothing is used any more.
        (current.kind === 'approval' && isEnding(head)),
    });
  if (waitingFor?.kind === 'human') await settle(waitingFor.escalationId, generation);
  // The execution that a dead run was reported for is over by itself.
  for (const dead of [generation - 1, generation]) {
    if (dead > 0) await settle(escalationIdOf(runId, 'deadRun', '', dead), generation + 1);
  }
}

/** Settles an inbox item whose question has been answered, and wakes the execution that waits for it. Repeating it is harmless. */
export async function settleEscalation(
  ref: EscalationRef,
  settled: Settled,
  ports: WakePorts,
  concerns: WhichItems['concerns'] = () => true,
): Promise<void> {
  await settleOne(ref, settled, ports, { concerns, settles: () => true });
}

type Settled = NonNullable<Escalation['settled']>;

interface WhichItems {
  /** Items for which this is not so are left alone. */
  readonly concerns: (current: Escalation) => boolean;
  /** Of the others, those for which this is not so stay open, but their execution is let go. */
  readonly settles: (current: Escalation) => boolean;
}

async function settleOne(ref: EscalationRef, settled: Settled, ports: WakePorts, which: WhichItems): Promise<void> {
  let concerns = true;
  const item = await changeEscalation(ref, ports, (current) => {
    concerns = which.concerns(current);
    if (!concerns || current.status !== 'open' || !which.settles(current)) return undefined;
    const { atMs, by, reason } = settled;
    const set = { status: 'settled', settled, claim: undefined, deciding: undefined } as const;
    return { set, act: { kind: 'settled', by, atMs, text: reason } };
  });
  if (concerns && item?.taskToken !== undefined) await ports.engine.succeedTask(item.taskToken);
}

/** The problem `run-over`. */
export function runOver(runId: string, status: FinalRunStatus, ending: string | undefined, wish: string): Problem {
  const why = ending === undefined ? '' : ` (${ending})`;
  return new Problem(
    'run-over',
    `Run '${runId}' is ${status}${why} and cannot be ${wish}; only a run that is not over can. Start a new run.`,
  );
}

/** The problem `already-settled`. `how` continues the sentence that begins with the escalation. */
export function alreadySettled({ escalationId, runId }: Escalation, how: string): Problem {
  return new Problem(
    'already-settled',
    `Escalation '${escalationId}' ${how}. What was decided stands, and this call has decided nothing. GET /v1/runs/${runId} shows where its run is now.`,
  );
}

/** How an inbox item was closed. */
export function settledAs({ settled }: Escalation): string {
  return settled
    ? `was settled by ${settled.by} at ${new Date(settled.atMs).toISOString()} (${settled.reason})`
    : 'is settled';
}

/** The problem `run-contended`. */
export function contended(run: RunRef): Problem {
  return new Problem(
    'run-contended',
    `Run '${run.runId}' was changed ${tries} times while this call tried to change it. Nothing is lost; try again.`,
    { retryAfterSeconds: 1 },
  );
}
