import type { DeadExecution, EscalationMessage } from '../contract/machine.ts';
import type { Escalation, EscalationNotice } from '../model/escalation.ts';
import { escalationIdOf } from '../model/escalation.ts';
import type { RunHead } from '../model/run.ts';
import { isFinal } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { settleEscalation } from './wake-run.ts';

type EscalationPorts = Pick<Ports, 'runs' | 'engine' | 'clock' | 'ids'>;

/** What consuming a message came to. `stale`: the run no longer waits for it, and its execution was let go. */
export type Consumed = 'opened' | 'unchanged' | 'stale' | 'ignored';

const tries = 10;

/**
 * Writes the inbox item that an execution waits for. Idempotent: messages may come twice and out of order. A message
 * whose run has moved on wakes its execution, which finds out by itself that it is fenced.
 */
export async function openEscalation(message: EscalationMessage, ports: EscalationPorts): Promise<Consumed> {
  const { notice, taskToken } = message;
  const head = await ports.runs.readHead(notice);
  if (!head || !waitsFor(head, notice)) {
    await ports.engine.succeedTask(taskToken);
    return 'stale';
  }
  const consumed = await put(notice, taskToken, ports);
  // The run may have moved on between the look and the write, and then nobody else would close the item.
  const now = await ports.runs.readHead(notice);
  if (now && waitsFor(now, notice)) return consumed;
  await settleStale(notice, taskToken, ports);
  return 'stale';
}

/** Writes the inbox item of a run whose execution failed, timed out or was aborted while the run was not over. */
export async function reportDeadRun(execution: DeadExecution, ports: EscalationPorts): Promise<Consumed> {
  const { tenantId, runId, agent, generation } = execution.input;
  const head = await ports.runs.readHead({ tenantId, runId });
  if (!head || isFinal(head.status) || head.generation > generation) return 'ignored';
  const reason = `execution ${execution.name} ended as ${execution.status}${execution.cause ? `: ${execution.cause}` : ''}`;
  const notice: EscalationNotice = {
    ...{ tenantId, runId, agent, generation, reason: reason.slice(0, 1_000) },
    escalationId: escalationIdOf(runId, 'deadRun', '', generation),
    kind: 'deadRun',
    openedAtMs: ports.clock.now(),
  };
  return put(notice, undefined, ports);
}

async function settleStale(notice: EscalationNotice, taskToken: string, ports: EscalationPorts): Promise<void> {
  // This message's own token: the item may hold another one by now.
  await ports.engine.succeedTask(taskToken);
  const settled = { atMs: ports.clock.now(), by: 'holdfast', reason: 'the run moved on before it could wait' };
  await settleEscalation(notice, settled, ports, ({ generation }) => generation === notice.generation);
}

function waitsFor(head: RunHead, notice: EscalationNotice): boolean {
  return (
    head.generation === notice.generation &&
    head.waitingFor?.kind === 'human' &&
    head.waitingFor.escalationId === notice.escalationId
  );
}

async function put(notice: EscalationNotice, taskToken: string | undefined, ports: EscalationPorts): Promise<Consumed> {
  const { runs, ids } = ports;
  let current = await runs.readEscalation(notice.tenantId, notice.escalationId);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (current && isSame(current, notice, taskToken)) return 'unchanged';
    const next: Escalation = {
      ...notice,
      // The case was opened when it was first reported; a later report only brings a newer token.
      openedAtMs: current?.status === 'open' ? current.openedAtMs : notice.openedAtMs,
      status: 'open',
      version: (current?.version ?? 0) + 1,
      writeToken: ids.token(),
      ...(taskToken === undefined ? {} : { taskToken }),
    };
    const written = await runs.writeEscalation(next, current?.version);
    if (written.written) return 'opened';
    current = written.current;
  }
  throw new Error(`Escalation ${notice.escalationId} changed ${tries} times while it was being written.`);
}

/** True for a message that was consumed before, or that is older than what is known. */
function isSame(current: Escalation, notice: EscalationNotice, taskToken: string | undefined): boolean {
  if (current.generation > notice.generation) return true;
  return current.status === 'open' && current.taskToken === taskToken && current.generation === notice.generation;
}
