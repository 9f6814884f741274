import type { Principal } from '../authz/principal.ts';
import type { RunAccepted } from '../contract/api.ts';
import { isFinal } from '../model/run.ts';
import type { WakePorts } from './wake-run.ts';
import { changeHead, ensureRunning, nextGeneration, runOver, settleEscalations } from './wake-run.ts';

/**
 * Asks for the end of a run. What it has begun is settled first, nothing new is begun, and a step in doubt still
 * waits for a person. Repeating it is harmless, also once the run is canceled. Throws the problems `unknown-run`,
 * `run-over` and `run-contended`.
 */
export async function cancelRun(
  call: { readonly principal: Principal; readonly runId: string; readonly reason: string | undefined },
  ports: WakePorts,
): Promise<RunAccepted> {
  const { principal, runId } = call;
  const by = principal.subject;
  const reason = call.reason ?? 'no reason given';
  const head = await changeHead({ tenantId: principal.tenantId, runId }, ports, (current) => {
    if (current.status === 'canceled') return undefined;
    if (isFinal(current.status)) throw runOver(runId, current.status, current.ending, 'canceled');
    if (current.cancelRequested) return undefined;
    const cancelRequested = { atMs: ports.clock.now(), by, reason };
    // A run that waits would learn of it only when the wait is over.
    const waits = current.status === 'waiting' || current.status === 'escalated';
    // What it does from now on is another matter than what its executions have died of.
    return {
      cancelRequested,
      restarts: undefined,
      ...(waits ? { ...nextGeneration(current), status: 'running' as const } : {}),
    };
  });
  if (isFinal(head.status)) return { runId, status: head.status };
  // Before anything is started, so that a call that dies here can be repeated.
  await settleEscalations(head, by, `the run was canceled: ${reason}`, ports);
  return { runId, status: (await ensureRunning(head, ports)).status };
}
