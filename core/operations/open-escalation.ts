import type { EscalationMessage } from '../contract/machine.ts';
import type { Escalation, EscalationNotice } from '../model/escalation.ts';
import type { RunHead } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { settleEscalation } from './wake-run.ts';

type EscalationPorts = Pick<Ports, 'runs' | 'engine' | 'clock' | 'ids' | 'notifications'>;

/** What consuming a message came to. `stale`: the run no longer waits for it, and its execution was let go. */
export type Consumed = 'opened' | 'unchanged' | 'stale';

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
  const consumed = await writeOpen(notice, taskToken, ports);
  // The run may have moved on between the look and the write, and then nobody else would close the item.
  const now = await ports.runs.readHead(notice);
  if (now && waitsFor(now, notice)) return consumed;
  await settleStale(notice, taskToken, ports);
  return 'stale';
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

/** Writes an inbox item as open, unless it is or a newer generation has written it. Repeating it is harmless. */
export async function writeOpen(
  notice: EscalationNotice,
  taskToken: string | undefined,
  ports: EscalationPorts,
): Promise<Consumed> {
  const { runs, ids } = ports;
  let current = await runs.readEscalation(notice.tenantId, notice.escalationId);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (current && isSame(current, notice, taskToken)) return 'unchanged';
    const next: Escalation = {
      // Whoever works on it goes on doing so. What was settled and comes again is a new matter with an old history.
      ...(current?.status === 'open' ? current : { lastAct: current?.lastAct }),
      ...(current?.status === 'open' ? {} : freshlyAsked(notice, ports)),
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

/** What an item begins with. */
function freshlyAsked({ times }: EscalationNotice, { notifications }: EscalationPorts): Partial<Escalation> {
  const [first] = times?.contacts ?? [];
  return {
    ...(first === undefined ? {} : { assignedTo: first }),
    ...(notifications === undefined ? {} : { unannounced: true }),
  };
}

/** True for a message that was consumed before, or that is older than what is known. */
function isSame(current: Escalation, notice: EscalationNotice, taskToken: string | undefined): boolean {
  if (current.generation > notice.generation) return true;
  return current.status === 'open' && current.taskToken === taskToken && current.generation === notice.generation;
}
