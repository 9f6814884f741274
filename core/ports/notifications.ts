import type { InboxNotification } from '../model/inbox-notification.ts';

/** The way to people who do not look at the inbox by themselves. */
export interface Notifications {
  /** Takes a notification for delivery, at least once, to every channel. Throws when it was not taken. */
  send(notification: InboxNotification): Promise<void>;
}
