import type { NewAct } from './escalation-act.ts';
import type { Escalation } from './escalation.ts';
import { defaultInboxTimes } from './inbox-times.ts';
import type { InboxTimes } from './inbox-times.ts';

const timerKinds = ['announce', 'remind', 'handOver', 'lapse'] as const;
export type TimerKind = (typeof timerKinds)[number];

/** What is to happen to an open inbox item by itself, and when. */
export interface InboxTimer {
  readonly kind: TimerKind;
  readonly atMs: number;
}

type Waiting = Pick<
  Escalation,
  'status' | 'kind' | 'openedAtMs' | 'times' | 'asked' | 'lapsed' | 'unannounced' | 'claim' | 'assignedTo'
>;

/** Who acts when nobody does. */
export const platformActor = 'holdfast';

/** What happens next to an item if no person does anything; undefined when nothing does. */
export function nextTimer(item: Waiting): InboxTimer | undefined {
  if (item.status !== 'open') return undefined;
  const { openedAtMs, unannounced, lapsed } = item;
  if (unannounced) return { kind: 'announce', atMs: openedAtMs };
  const { contacts, remindAfterMs, handOverAfterMs, defaultAfterMs } = timesOf(item);
  const { contact, sinceMs, reminded } = askedOf(item);
  const timers: InboxTimer[] = [];
  if (!reminded) timers.push({ kind: 'remind', atMs: sinceMs + remindAfterMs });
  if (contact + 1 < contacts.length) timers.push({ kind: 'handOver', atMs: sinceMs + handOverAfterMs });
  if (defaultAfterMs !== undefined && !lapsed) {
    // Nothing is decided over the head of somebody who is at it.
    timers.push({ kind: 'lapse', atMs: Math.max(openedAtMs + defaultAfterMs, item.claim?.untilMs ?? 0) });
  }
  return timers.toSorted((a, b) => a.atMs - b.atMs)[0];
}

/** What a timer does to an item, besides that people are told. A lapsed approval is rejected as by a person. */
export function afterTimer(
  item: Waiting,
  kind: TimerKind,
  nowMs: number,
): { readonly set: Partial<Escalation>; readonly act?: NewAct } {
  const asked = askedOf(item);
  const { contacts } = timesOf(item);
  const mark = { by: platformActor, atMs: nowMs };
  switch (kind) {
    case 'announce':
      return { set: { unannounced: undefined } };
    case 'remind':
      return { set: { asked: { ...asked, reminded: true } }, act: { kind: 'reminded', ...mark, ...toWhom(item) } };
    case 'handOver': {
      const contact = asked.contact + 1;
      const set = { asked: { contact, sinceMs: nowMs }, assignedTo: contacts[contact] };
      return { set, act: { kind: 'handedOver', ...mark, ...toWhom(set) } };
    }
    case 'lapse': {
      const contact = Math.max(contacts.length - 1, 0);
      const assignedTo = contacts[contact] ?? item.assignedTo;
      const set = { lapsed: true as const, asked: { contact, sinceMs: nowMs, reminded: true as const }, assignedTo };
      return { set, act: { kind: 'lapsed', ...mark, ...toWhom(set) } };
    }
  }
}

export function timesOf({ times }: Pick<Escalation, 'times'>): InboxTimes {
  return times ?? defaultInboxTimes;
}

/** Whom an item is with, of its contacts, and since when. */
function askedOf({ asked, openedAtMs }: Pick<Escalation, 'asked' | 'openedAtMs'>): NonNullable<Escalation['asked']> {
  return asked ?? { contact: 0, sinceMs: openedAtMs };
}

function toWhom({ assignedTo }: { readonly assignedTo?: string | undefined }): { to?: string } {
  return assignedTo === undefined ? {} : { to: assignedTo };
}
