import * as z from 'zod';
import { inboxNotification } from '../model/inbox-notification.ts';
import { env } from './env.ts';

/** Ways to people: an SNS topic, and a web address. */
export const channels = ['topic', 'webhook'] as const;
export const channel = z.enum(channels);
export type Channel = z.infer<typeof channel>;

/** Body of a message on the notifications queue: one for each channel, so that one that is down keeps no other waiting. */
export const delivery = z.object({ channel, notification: inboxNotification });
export type Delivery = z.infer<typeof delivery>;

/** Name of the secret with which webhooks are signed, where none is given. */
export const defaultWebhookSecret = 'WEBHOOK_SECRET';

/** The channels of this process; none when nothing is configured. Throws for a name that is no channel. */
export function channelsFrom(environment: Readonly<Record<string, string | undefined>>): Channel[] {
  const names = (environment[env.notificationChannels] ?? '').split(',').filter((name) => name !== '');
  return names.map((name) => {
    const parsed = channel.safeParse(name);
    if (parsed.success) return parsed.data;
    throw new Error(`${env.notificationChannels} names '${name}'; there is ${channels.join(' and ')}.`);
  });
}
