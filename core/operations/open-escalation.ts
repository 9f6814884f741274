import type { Escalation, EscalationNotice } from '../model/escalation.ts';
import { canonicalJson } from '../model/json.ts';
import type { RunHead } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import { settleEscalation } from './wake-run.ts';

type EscalationPorts = Pick<Ports, 'runs' | 'engine' | 'clock' | 'ids' | 'notifications'>;

/** What a run waits for, with the token of the execution that waits, once there is one. */
interface Asked {
  readonly notice: EscalationNotice;
  readonly taskToken?: string;
}

/** What opening came to. `stale`: the run no longer waits for it, and its execution was let go. */
export type Consumed = 'opened' | 'unchanged' | 'stale';

const tries = 10;

/**
 * Writes the inbox item that a run waits for: first without a token, as soon as its head says so, and once more for the
 * message of its execution. From the first on it can be answered. Idempotent: messages may come twice and out of order. A
 * message whose run has moved on wakes its execution, which finds out by itself that it is fenced. Throws StoreUnavailable.
 */
export async function openEscalation(asked: Asked, ports: EscalationPorts): Promise<Consumed> {
  const { notice, taskToken } = asked;
  const { runs } = ports;
  let current = await runs.readEscalation(notice.tenantId, notice.escalationId);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    // Looked at after the item: an answer moves the head first, so one that comes later makes the write fail.
    const head = await runs.readHead(notice);
    if (!head || !waitsFor(head, notice)) {
      if (taskToken !== undefined) await ports.engine.succeedTask(taskToken);
      return 'stale';
    }
    if (current && isSame(current, asked)) return 'unchanged';
    const written = await runs.writeEscalation(opened(current, asked, ports), current?.version);
    if (written.written) return afterwards(head, asked, ports);
    current = written.current;
  }
  throw new Error(`Escalation ${notice.escalationId} changed ${tries} times while it was being written.`);
}

/** The run may have moved on between the look and the write, and then nobody else would close the item. */
async function afterwards(before: RunHead, { notice, taskToken }: Asked, ports: EscalationPorts): Promise<Consumed> {
  const now = await ports.runs.readHead(notice);
  if (now && waitsFor(now, notice)) return 'opened';
  // This message's own token: the item may hold another one by now.
  if (taskToken !== undefined) await ports.engine.succeedTask(taskToken);
  // Whoever has answered it meanwhile closes it, with what they had to say.
  if (now && wasAnswered(before, now, notice)) return 'stale';
  const settled = { atMs: ports.clock.now(), by: 'holdfast', reason: 'the run moved on before it could wait' };
  await settleEscalation(notice, settled, ports, ({ generation }) => generation === notice.generation);
  return 'stale';
}

function waitsFor(head: RunHead, notice: EscalationNotice): boolean {
  return (
    head.generation === notice.generation &&
    head.waitingFor?.kind === 'human' &&
    head.waitingFor.escalationId === notice.escalationId
  );
}

function wasAnswered(before: RunHead, { answered }: RunHead, { escalationId }: EscalationNotice): boolean {
  return answered?.escalationId === escalationId && canonicalJson(answered) !== canonicalJson(before.answered ?? null);
}

function opened(current: Escalation | undefined, { notice, taskToken }: Asked, ports: EscalationPorts): Escalation {
  const isOpen = current?.status === 'open';
  // Nobody is told of what is answered before its execution waits.
  const isNews = !isOpen || (taskToken !== undefined && current.taskToken === undefined);
  return {
    // Whoever works on it goes on doing so. What was settled and comes again is a new matter with an old history.
    ...(isOpen ? current : { lastAct: current?.lastAct, ...assigned(notice) }),
    ...(isNews && ports.notifications ? { unannounced: true } : {}),
    ...notice,
    // The case was opened when it was first reported; a later report only brings a newer token.
    openedAtMs: isOpen ? current.openedAtMs : notice.openedAtMs,
    status: 'open',
    version: (current?.version ?? 0) + 1,
    writeToken: ports.ids.token(),
    ...(taskToken === undefined ? {} : { taskToken }),
  };
}

function assigned({ times }: EscalationNotice): Partial<Escalation> {
  const [first] = times?.contacts ?? [];
  return first === undefined ? {} : { assignedTo: first };
}

/** True for a report that was consumed before, or that is older than what is known. */
function isSame(current: Escalation, { notice, taskToken }: Asked): boolean {
  if (current.generation > notice.generation) return true;
  if (current.status !== 'open' || current.generation !== notice.generation) return false;
  return taskToken === undefined || current.taskToken === taskToken;
}
