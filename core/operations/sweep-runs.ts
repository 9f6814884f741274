import type { RunHead } from '../model/run.ts';
import { statusUnderWay } from '../model/run.ts';
import { dueMsOf, isDelayed } from '../model/run-due.ts';
import type { RunRef } from '../ports/index.ts';
import type { ReviveDependencies } from './revive-run.ts';
import { askAboutDeadRun, reviveRun, waitsAsDead } from './revive-run.ts';
import { changeHead } from './wake-run.ts';

/**
 * What the sweep did about a run. `started`: its execution was started, which is nothing where it runs. `revived`: its
 * execution is over and was not reported, or nobody was asked. `asked`: its inbox item was written. `left`: nothing.
 */
type Done = 'started' | 'revived' | 'asked' | 'left';

export interface Swept {
  readonly runs: Readonly<Record<Done, number>>;
  /** Runs that are for the next sweep, because something failed. */
  readonly failures: readonly { readonly run: RunRef; readonly error: Error }[];
  /** True when there was no time for all of them. */
  readonly more: boolean;
}

const atOnce = 10;

/**
 * Finds runs that ought to have moved and have not, and moves them. Nobody is asked whether an execution runs: starting
 * it tells, and is harmless. What goes wrong with one run keeps no other from being looked at.
 *
 * @param untilMs no further runs are looked at from then on
 */
export async function sweepRuns(dependencies: ReviveDependencies, untilMs: number): Promise<Swept> {
  const { runs, clock } = dependencies.ports;
  const counts = { started: 0, revived: 0, asked: 0, left: 0 };
  const failures: { run: RunRef; error: Error }[] = [];
  const sweep = async (run: RunRef): Promise<void> => {
    try {
      counts[await sweepRun(run, dependencies)] += 1;
    } catch (error) {
      failures.push({ run, error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  let batch: RunRef[] = [];
  for await (const run of runs.scanOverdue(clock.now())) {
    batch.push(run);
    if (batch.length < atOnce) continue;
    await Promise.all(batch.map(sweep));
    batch = [];
    if (clock.now() >= untilMs) return { runs: counts, failures, more: true };
  }
  await Promise.all(batch.map(sweep));
  return { runs: counts, failures, more: false };
}

async function sweepRun(run: RunRef, dependencies: ReviveDependencies): Promise<Done> {
  const { ports } = dependencies;
  const head = await ports.runs.readHead(run);
  // The index is a hint.
  if (!head || !isOverdue(head, ports.clock.now())) return 'left';
  if (head.status === 'escalated') return sweepEscalated(head, dependencies);
  const due = isDelayed(head) ? await changeHead(head, ports, withoutDelay(head)) : head;
  if (due.generation !== head.generation) return 'left';
  if ((await ports.engine.start(due)) === 'started') return 'started';
  return revive(due, 'its execution is closed, and nobody has reported how it ended', dependencies);
}

/** What a run that waits for a person needs is an inbox item, and no execution. */
async function sweepEscalated(head: RunHead, dependencies: ReviveDependencies): Promise<Done> {
  const { ports } = dependencies;
  const { tenantId, waitingFor } = head;
  const escalationId = waitingFor?.kind === 'human' ? waitingFor.escalationId : '';
  const item = await ports.runs.readEscalation(tenantId, escalationId);
  if (item?.status === 'open') {
    await changeHead(head, ports, ({ version }) =>
      version === head.version ? { inboxSeenVersion: version + 1 } : undefined,
    );
    return 'left';
  }
  if (!waitsAsDead(head)) return revive(head, `nobody was asked what it waits for (${escalationId})`, dependencies);
  await askAboutDeadRun(head, ports);
  return 'asked';
}

async function revive(
  { tenantId, runId, generation }: RunHead,
  why: string,
  dependencies: ReviveDependencies,
): Promise<Done> {
  const cause = `${runId}-g${generation} stopped: ${why}`;
  await reviveRun({ tenantId, runId, generation, cause }, dependencies);
  return 'revived';
}

/** The restart's time has come. Written before the start, so that a sweep that dies in between is found by the next ones. */
function withoutDelay({ generation }: RunHead): (current: RunHead) => Partial<RunHead> | undefined {
  return (current) => {
    if (current.generation !== generation || !isDelayed(current) || !current.restarts) return undefined;
    const { delayed: _, ...restarts } = current.restarts;
    return { status: statusUnderWay(current), waitingFor: undefined, restarts };
  };
}

function isOverdue(head: RunHead, nowMs: number): boolean {
  const dueMs = dueMsOf(head);
  return dueMs !== undefined && dueMs <= nowMs;
}
