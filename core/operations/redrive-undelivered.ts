import type { RedriveReport } from '../contract/api.ts';
import { deadExecution, escalationMessage } from '../contract/machine.ts';
import { delivery } from '../contract/notifying.ts';
import type { Ports, Undelivered, UndeliveredQueues } from '../ports/index.ts';

type QueueReport = RedriveReport['queues'][number];

/** Below what a call of the API may take, with room for the messages at hand. */
const patienceMs = 20_000;
const shownReasonCharacters = 200;

/**
 * Gives messages that nobody could take in another try, once their cause is gone: each goes back to the queue it comes from.
 * What cannot be read would only come back, so it stays. A call that dies half-way has moved some of them twice
 * and lost none; what the messages ask for is done once all the same.
 *
 * @param limit messages of each queue to look at
 */
export async function redriveUndelivered(
  limit: number,
  { undelivered, clock }: Pick<Ports, 'undelivered' | 'clock'>,
): Promise<RedriveReport> {
  const untilMs = clock.now() + patienceMs;
  const queues: QueueReport[] = [];
  for (const name of undelivered?.names ?? []) {
    if (undelivered) queues.push(await redriveQueue(name, limit, undelivered, () => clock.now() >= untilMs));
  }
  return { queues };
}

async function redriveQueue(
  queue: string,
  limit: number,
  undelivered: UndeliveredQueues,
  isLate: () => boolean,
): Promise<QueueReport> {
  const reasons = new Map<string, number>();
  const left: Undelivered[] = [];
  let moved = 0;
  let more = true;
  while (moved + left.length < limit && !isLate()) {
    const messages = await undelivered.take(queue);
    if (messages.length === 0) {
      more = false;
      break;
    }
    for (const message of messages) {
      const flaw = flawOf(message.body);
      const reason = flaw ?? message.said ?? 'it was given up after several tries; the log of its function says why';
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (flaw !== undefined) left.push(message);
      else {
        await undelivered.sendBack(queue, message);
        moved += 1;
      }
    }
  }
  // Not before: they would be taken again.
  for (const message of left) await undelivered.leave(queue, message);
  const counted = [...reasons].map(([reason, messages]) => ({
    reason: reason.slice(0, shownReasonCharacters),
    messages,
  }));
  return { queue, moved, left: left.length, reasons: counted, more };
}

/** Why nobody can ever take a message in; undefined for one that could be. */
function flawOf(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'it is not JSON';
  }
  if (escalationMessage.safeParse(parsed).success || delivery.safeParse(parsed).success) return undefined;
  return isDeadExecution(parsed) ? undefined : 'it is no message of this platform';
}

function isDeadExecution(body: unknown): boolean {
  try {
    return deadExecution.safeParse(body).success;
  } catch {
    // What an execution began with is read as well, and may be anything.
    return false;
  }
}
