import type { Principal } from '../authz/principal.ts';
import type { RunAccepted } from '../contract/api.ts';
import { isFinal, statusUnderWay } from '../model/run.ts';
import { compensationWanted } from './compensation-wanted.ts';
import type { WakePorts } from './wake-run.ts';
import { changeHead, ensureRunning, nextGeneration, runOver, settleEscalations } from './wake-run.ts';

/**
 * Asks for the end of a run. What it has begun is settled first, nothing new is begun, and a step in doubt still
 * waits for a person. With `compensate`, what it has done is then undone, also when the run was to be canceled without
 * before. Repeating it is harmless, also once the run is canceled; a run that is being taken back goes on so. Throws the
 * problems `unknown-run`, `run-over` and `run-contended`.
 */
export async function cancelRun(
  call: {
    readonly principal: Pick<Principal, 'tenantId' | 'subject'>;
    readonly runId: string;
    readonly reason: string | undefined;
    readonly compensate?: boolean | undefined;
  },
  ports: WakePorts,
): Promise<RunAccepted> {
  const { principal, runId } = call;
  const by = principal.subject;
  const reason = call.reason ?? 'no reason given';
  const head = await changeHead({ tenantId: principal.tenantId, runId }, ports, (current) => {
    const isTakenBack = current.compensation !== undefined;
    if (current.status === 'canceled' && (isTakenBack || !call.compensate)) return undefined;
    if (isFinal(current.status)) {
      throw runOver(runId, current.status, current.ending, call.compensate ? 'taken back' : 'canceled');
    }
    if (isTakenBack || (current.cancelRequested && !call.compensate)) return undefined;
    const atMs = ports.clock.now();
    const wish = { atMs, by, reason, ending: 'canceled' } as const;
    const change = {
      // What it does from now on is another matter than what its executions have died of.
      restarts: undefined,
      cancelRequested: current.cancelRequested ?? { atMs, by, reason },
      ...(call.compensate ? compensationWanted(current, wish) : {}),
    };
    const status = statusUnderWay(change);
    // A run that waits would learn of it only when the wait is over.
    const waits = current.status === 'waiting' || current.status === 'escalated';
    if (waits) return { ...change, ...nextGeneration(current), status };
    return { ...change, ...(current.status === 'running' ? { status } : {}) };
  });
  if (isFinal(head.status)) return { runId, status: head.status };
  // Before anything is started, so that a call that dies here can be repeated.
  await settleEscalations(head, by, `the run was canceled: ${reason}`, ports);
  return { runId, status: (await ensureRunning(head, ports)).status };
}
