import type { Limits } from '../contract/limits.ts';
import type { DeadExecution } from '../contract/machine.ts';
import { escalationIdOf } from '../model/escalation.ts';
import type { Restarts, RunHead } from '../model/run.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import { isDelayed } from '../model/run-due.ts';
import type { Ports } from '../ports/index.ts';
import { causeOf } from './death-cause.ts';
import { openEscalation } from './open-escalation.ts';
import { progressOf } from './run-progress.ts';
import { noteOfDeath } from './trace/note-decision.ts';
import { changeHead, settleEscalation } from './wake-run.ts';

export interface ReviveDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'engine' | 'clock' | 'ids'>;
  readonly limits: Pick<Limits, 'restarts' | 'restartWaitMs'>;
}

/** An execution that is over although its run is not. */
export interface Death {
  readonly tenantId: string;
  readonly runId: string;
  readonly generation: number;
  /** How it ended, for people. */
  readonly cause: string;
}

/**
 * What a death came to. `delayed`: the sweep will start the next generation. `left`: a person has been asked, and the
 * answer starts the next generation. `stale`: the run is over or has moved on.
 */
export type Revived = 'restarted' | 'delayed' | 'escalated' | 'left' | 'stale';

/** A death so long after the one before is another matter. */
const forgottenMs = 86_400_000;
const waitGrowth = 4;
const keptCauseCharacters = 200;
const keptReasonCharacters = 300;
const noticeCharacters = 1_000;

/** As `reviveRun`, for what the dead-letters queue says of an execution. */
export function reportDeadRun(execution: DeadExecution, dependencies: ReviveDependencies): Promise<Revived> {
  const { tenantId, runId, generation } = execution.input;
  return reviveRun({ tenantId, runId, generation, cause: causeOf(execution) }, dependencies);
}

/**
 * Sets a run going again whose execution has died, in the next generation: the first time at once, then after waits
 * that grow. Once it has died more often than it may be restarted, without getting any further in between, a person
 * is asked. Deaths may be reported twice, late and in any order, and a report that broke off is completed by its
 * repetition. Throws StoreUnavailable, the problem `run-contended`, and what the engine throws.
 */
export async function reviveRun(death: Death, dependencies: ReviveDependencies): Promise<Revived> {
  const { ports } = dependencies;
  if (!(await ports.runs.readHead(death))) return 'stale';
  let left = false;
  const head = await changeHead(death, ports, async (current) => {
    left = false;
    if (isFinal(current.status) || current.generation > death.generation || waitsAsDead(current)) return undefined;
    left = await hasAsked(current, ports);
    return left ? undefined : afterDeath(current, death, dependencies);
  });
  if (left) return 'left';
  return carryOut(head, death, ports);
}

/** Sees to it that what the head says is so. Nothing of it does harm when it was done before. */
async function carryOut(head: RunHead, death: Death, ports: ReviveDependencies['ports']): Promise<Revived> {
  if (!isFinal(head.status) && waitsAsDead(head)) {
    await askAboutDeadRun(head, ports);
    await note(head, ports);
    return 'escalated';
  }
  // A report that broke off after the run had moved on may have left it open.
  if (isFinal(head.status) || head.generation > death.generation) await settleDeadRun(head, death.generation, ports);
  if (isFinal(head.status) || head.restarts?.generation !== head.generation) return 'stale';
  await note(head, ports);
  if (isDelayed(head)) return 'delayed';
  // One that has died already is reported by itself.
  await ports.engine.start(head);
  return 'restarted';
}

/** A trace has no other word of it. Repeating it is harmless: what is noted twice is told once. */
async function note(head: RunHead, { runs, clock }: Pick<Ports, 'runs' | 'clock'>): Promise<void> {
  // Not the time of the death: of what comes after the end of a run, its seal says nothing.
  const noted = noteOfDeath(head, clock.now());
  if (noted) await runs.createNote(noted);
}

/** True for a run about which a person was asked because its executions died. */
export function waitsAsDead({ status, waitingFor }: RunHead): boolean {
  return status === 'escalated' && waitingFor?.kind === 'human' && waitingFor.escalation === 'deadRun';
}

/** True when an inbox item is open whose answer starts the next generation: the run needs no execution until then. */
async function hasAsked({ tenantId, status, waitingFor }: RunHead, { runs }: Pick<Ports, 'runs'>): Promise<boolean> {
  if (status !== 'escalated' || waitingFor?.kind !== 'human') return false;
  return (await runs.readEscalation(tenantId, waitingFor.escalationId))?.status === 'open';
}

async function afterDeath(
  head: RunHead,
  { generation, cause }: Death,
  { ports, limits }: ReviveDependencies,
): Promise<Partial<RunHead>> {
  const nowMs = ports.clock.now();
  const { mark: progress, unread } = await progressOf(head, ports);
  const before = head.restarts;
  const again = before?.progress === progress && nowMs - before.atMs < forgottenMs ? before : undefined;
  const count = (again?.count ?? 0) + 1;
  const said = unread === undefined ? cause : `${cause} (${unread})`;
  const causes = [...(again?.causes ?? []), said.slice(0, keptCauseCharacters)];
  const restarts: Restarts = { count, progress, atMs: nowMs, generation, causes };

  if (count > limits.restarts) {
    const escalationId = escalationIdOf(head.runId, 'deadRun', '', generation);
    const reason = summaryOf(restarts, causes.slice(-1)).slice(0, keptReasonCharacters);
    return {
      ...{ generation, restarts, status: 'escalated' },
      waitingFor: { kind: 'human', escalationId, escalation: 'deadRun', reason },
    };
  }
  const next = { generation: generation + 1, burstsInGeneration: 0 };
  const waitMs = count === 1 ? 0 : limits.restartWaitMs * waitGrowth ** (count - 2);
  if (waitMs === 0) {
    return {
      ...next,
      restarts: { ...restarts, generation: next.generation },
      status: statusUnderWay(head),
      waitingFor: undefined,
    };
  }
  // Spread, because what kills one run may have killed many at once.
  const untilMs = nowMs + Math.round(waitMs * (1 + ports.ids.fraction()));
  const reason = `restart ${count} of ${limits.restarts} after its execution died: ${causes.at(-1) ?? ''}`;
  return {
    ...next,
    restarts: { ...restarts, generation: next.generation, delayed: true },
    status: 'waiting',
    waitingFor: { kind: 'time', untilMs, reason: reason.slice(0, keptReasonCharacters) },
  };
}

/** Writes the inbox item of a run that waits for a person because its executions died. Repeating it is harmless. */
export async function askAboutDeadRun(head: RunHead, ports: ReviveDependencies['ports']): Promise<void> {
  const { tenantId, runId, agent, generation, waitingFor, restarts } = head;
  if (waitingFor?.kind !== 'human') return;
  const { escalationId } = waitingFor;
  const reason = restarts ? summaryOf(restarts, restarts.causes) : waitingFor.reason;
  const notice = { tenantId, runId, agent, generation, escalationId, kind: 'deadRun' } as const;
  await openEscalation(
    { notice: { ...notice, reason: reason.slice(0, noticeCharacters), openedAtMs: ports.clock.now() } },
    ports,
  );
}

async function settleDeadRun(
  { tenantId, runId }: RunHead,
  generation: number,
  ports: ReviveDependencies['ports'],
): Promise<void> {
  const escalationId = escalationIdOf(runId, 'deadRun', '', generation);
  const settled = { atMs: ports.clock.now(), by: 'holdfast', reason: 'the run has moved on' };
  await settleEscalation({ tenantId, escalationId }, settled, ports);
}

function summaryOf({ count }: Restarts, causes: readonly string[]): string {
  const listed =
    causes.length === 1 ? `The last one: ${causes[0]}` : causes.map((one, at) => `${at + 1}. ${one}`).join(' ');
  return `${count} executions of the run died without getting any further. ${listed}`;
}
