import { Problem } from '../contract/problems.ts';
import type { Escalation } from '../model/escalation.ts';
import type { InboxNotification } from '../model/inbox-notification.ts';
import type { InboxTimer, TimerKind } from '../model/inbox-timer.ts';
import { afterTimer, nextTimer, platformActor, timesOf } from '../model/inbox-timer.ts';
import { canonicalJson, sha256 } from '../model/json.ts';
import type { EscalationRef, Ports } from '../ports/index.ts';
import { approveStep } from './approve-step.ts';
import { changeEscalation } from './change-escalation.ts';
import { beginDeciding } from './claim-escalation.ts';

export type TimerPorts = Pick<Ports, 'runs' | 'ledger' | 'engine' | 'clock' | 'ids' | 'notifications'>;

const events: Readonly<Record<TimerKind, InboxNotification['event']>> = {
  announce: 'opened',
  remind: 'reminded',
  handOver: 'handedOver',
  lapse: 'lapsed',
};
/** One for each contact, and those of the whole item. */
const mostAtOnce = 25;

/**
 * Does to an inbox item what its timers say by now. People are told first, under an id that a repetition has too, and then
 * it is written down that they were: whoever dies in between is repeated, and nobody is left untold. Gives how many
 * timers fired.
 */
export async function fireTimers(ref: EscalationRef, ports: TimerPorts): Promise<number> {
  for (let fired = 0; fired < mostAtOnce; fired += 1) {
    const item = await ports.runs.readEscalation(ref.tenantId, ref.escalationId);
    const timer = item && nextTimer(item);
    if (!item || !timer || timer.atMs > ports.clock.now()) return fired;
    await fire(item, timer, ports);
  }
  return mostAtOnce;
}

async function fire(item: Escalation, { kind }: InboxTimer, ports: TimerPorts): Promise<void> {
  const nowMs = ports.clock.now();
  const { set } = afterTimer(item, kind, nowMs);
  await ports.notifications?.send(notificationOf({ ...item, ...set }, kind));
  if (kind === 'lapse' && item.kind === 'approval') return reject(item, ports);
  await changeEscalation(item, ports, (current) => {
    const stands = nextTimer(current)?.kind === kind && current.asked?.contact === item.asked?.contact;
    return stands ? afterTimer(current, kind, nowMs) : undefined;
  });
}

/** Silence is no consent. Somebody who has claimed or answered the item in this moment goes first. */
async function reject(item: Escalation, ports: TimerPorts): Promise<void> {
  const hours = Math.round((timesOf(item).defaultAfterMs ?? 0) / 360_000) / 10;
  const reason = `nobody has decided within ${hours} hours, and then the answer is no`;
  try {
    const escalation = await beginDeciding(item, { by: platformActor, alone: false }, ports);
    if (escalation.status !== 'open') return;
    await approveStep({ escalation, by: platformActor, request: { resolution: 'reject', reason } }, { ports });
  } catch (error) {
    if (error instanceof Problem && overtaken.has(error.code)) return;
    throw error;
  }
}

const overtaken = new Set(['escalation-claimed', 'already-settled']);

function notificationOf(item: Escalation, kind: TimerKind): InboxNotification {
  const { tenantId, escalationId, runId, agent, reason, stepId, assignedTo, openedAtMs, asked } = item;
  const { defaultAfterMs } = timesOf(item);
  const event = events[kind];
  return {
    id: sha256(canonicalJson([tenantId, escalationId, openedAtMs, event, asked?.contact ?? 0])).slice(0, 32),
    ...{ event, tenantId, escalationId, runId, agent, kind: item.kind, reason, openedAtMs },
    ...(stepId === undefined ? {} : { stepId }),
    ...(assignedTo === undefined ? {} : { assignedTo }),
    ...(defaultAfterMs === undefined ? {} : { lapsesAtMs: openedAtMs + defaultAfterMs }),
  };
}
