import * as z from 'zod';
import type { Duration } from './duration.ts';
import { durationMs } from './duration.ts';

export const mostContacts = 10;

/** What an agent says about the inbox items of its runs. */
export interface WrittenInbox {
  /** People or teams, as they are shown and notified of; the first is asked first. Nobody by name when left out. */
  readonly contacts?: readonly string[];
  /** After which whoever is asked is reminded, once; `'4h'` when left out. */
  readonly remindAfter?: Duration;
  /** After which the next contact is asked; `'8h'` when left out. */
  readonly handOverAfter?: Duration;
  /**
   * After which nobody's answer decides: an approval is rejected, and of any other kind the last contact is asked, since
   * nothing can be decided. Never when left out.
   */
  readonly defaultAfter?: Duration;
}

/** The same as it is judged. */
export const inboxTimes = z.object({
  contacts: z.array(z.string()).max(mostContacts),
  remindAfterMs: z.int().positive(),
  handOverAfterMs: z.int().positive(),
  defaultAfterMs: z.int().positive().optional(),
});
export type InboxTimes = z.infer<typeof inboxTimes>;

/** Throws a RangeError for a duration that `defineAgent` would refuse. */
export function inboxTimesOf({ contacts = [], remindAfter, handOverAfter, defaultAfter }: WrittenInbox): InboxTimes {
  return {
    contacts: [...contacts],
    remindAfterMs: durationMs(remindAfter ?? '4h'),
    handOverAfterMs: durationMs(handOverAfter ?? '8h'),
    ...(defaultAfter === undefined ? {} : { defaultAfterMs: durationMs(defaultAfter) }),
  };
}

export const defaultInboxTimes: InboxTimes = Object.freeze(inboxTimesOf({}));
