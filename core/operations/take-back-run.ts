import type { RunAccepted, TakeBackRequest } from '../contract/api.ts';
import type { Escalation } from '../model/escalation.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import { compensationWanted } from './compensation-wanted.ts';
import type { WakePorts } from './wake-run.ts';
import { alreadySettled, changeHead, ensureRunning, nextGeneration, settledAs, settleEscalation } from './wake-run.ts';

interface TakeBackCall {
  readonly escalation: Escalation;
  /** Who says so. */
  readonly by: string;
  readonly request: TakeBackRequest;
}

/**
 * Takes a run back that waits for a person: its effects are undone, and it ends as failed. A call that
 * died on the way is completed by its repetition. Throws the problems `already-settled` and `run-contended`.
 */
export async function takeBackRun({ escalation, by, request }: TakeBackCall, ports: WakePorts): Promise<RunAccepted> {
  const { runId, escalationId } = escalation;
  if (escalation.status !== 'open') throw alreadySettled(escalation, settledAs(escalation));
  const reason = `${request.reason}; it waited because ${escalation.reason}`;
  const head = await changeHead(escalation, ports, (current) => {
    const waits = current.waitingFor?.kind === 'human' && current.waitingFor.escalationId === escalationId;
    // One that waits again asks about what undoes it.
    const asksAgain = current.compensation !== undefined && waits && current.status === 'escalated';
    const isMine =
      !asksAgain && current.compensation?.by === by && current.compensation.reason.startsWith(request.reason);
    const wanted = compensationWanted(current, { atMs: ports.clock.now(), by, reason, ending: 'failed' });
    if (isFinal(current.status) || (!wanted && !isMine)) {
      const how = current.compensation ? `is being taken back for ${current.compensation.by}` : `is ${current.status}`;
      throw alreadySettled(escalation, `is open, but its run ${how}; resume it when something of that failed`);
    }
    if (!wanted) return undefined;
    if (!waits || current.status !== 'escalated') {
      throw alreadySettled(escalation, 'is open, but its run no longer waits for it');
    }
    return { ...wanted, ...nextGeneration(current), restarts: undefined, status: statusUnderWay(wanted) };
  });
  const settled = { atMs: ports.clock.now(), by, reason: `taken back by ${by}: ${request.reason}` };
  await settleEscalation(escalation, settled, ports);
  return { runId, status: (await ensureRunning(head, ports)).status };
}
