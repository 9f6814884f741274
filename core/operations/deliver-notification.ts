import type { Delivery } from '../contract/notifying.ts';
import type { InboxNotification } from '../model/inbox-notification.ts';
import { chatMessage, notificationLine } from '../model/notification-text.ts';
import { deliveryIdHeader, signatureHeader, signatureOf } from '../model/webhook-signature.ts';
import type { Clock, Http, SecretStore, Topic } from '../ports/index.ts';

export interface DeliveryDependencies {
  readonly http: Http;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Undefined where there is none. */
  readonly topic: Topic | undefined;
  readonly webhook: { readonly url: string; readonly secretName: string } | undefined;
}

const answerMs = 10_000;
/** SNS takes 100 characters of printable ASCII. */
const subjectCharacters = 100;

/** Tells one channel. Throws when it did not take the message: then it is for the next try. */
export async function deliverNotification(
  { channel, notification }: Delivery,
  dependencies: DeliveryDependencies,
): Promise<void> {
  if (channel === 'topic') return publish(notification, dependencies);
  return post(notification, dependencies);
}

/** What receivers get: a chat message, and the same as data. */
function bodyOf(notification: InboxNotification): string {
  return JSON.stringify({ ...chatMessage(notification), notification: viewOf(notification) });
}

async function publish(notification: InboxNotification, { topic }: DeliveryDependencies): Promise<void> {
  if (!topic) throw new Error('A notification is for a topic, and this deployment has none.');
  const { id, event, tenantId, agent, kind } = notification;
  const subject = notificationLine(notification).replace(/[^ -~]/gu, '?');
  await topic.publish({
    subject: subject.slice(0, subjectCharacters),
    body: JSON.stringify(viewOf(notification)),
    attributes: { id, event, tenantId, agent, kind },
  });
}

async function post(notification: InboxNotification, dependencies: DeliveryDependencies): Promise<void> {
  const { http, secrets, clock, webhook } = dependencies;
  if (!webhook) throw new Error('A notification is for a webhook, and this deployment has none.');
  const body = bodyOf(notification);
  const secret = await secrets.read(webhook.secretName);
  const answer = await http.fetch(webhook.url, {
    method: 'POST',
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(answerMs),
    headers: {
      'content-type': 'application/json',
      [deliveryIdHeader]: notification.id,
      [signatureHeader]: signatureOf(body, secret, Math.floor(clock.now() / 1000)),
    },
  });
  await answer.body?.cancel();
  // The address may hold a secret of its own, as those of Slack do.
  if (!answer.ok) throw new Error(`The webhook answered ${answer.status}.`);
}

function viewOf({ openedAtMs, lapsesAtMs, ...rest }: InboxNotification): object {
  return {
    ...rest,
    openedAt: new Date(openedAtMs).toISOString(),
    ...(lapsesAtMs === undefined ? {} : { lapsesAt: new Date(lapsesAtMs).toISOString() }),
  };
}
