import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemorySecretStore } from '../../core/adapters/memory/index.ts';
import { QueuedNotifications, SnsTopic } from '../../core/adapters/notifications/index.ts';
import { systemHttp } from '../../core/adapters/system/index.ts';
import { notificationsFrom } from '../../core/adapters/delivery.ts';
import { env } from '../../core/contract/env.ts';
import { delivery } from '../../core/contract/notifying.ts';
import type { InboxNotification } from '../../core/model/inbox-notification.ts';
import { isSignedBy } from '../../core/model/webhook-signature.ts';
import { deliverNotification } from '../../core/operations/deliver-notification.ts';
import type { DeliveryDependencies } from '../../core/operations/deliver-notification.ts';
import { startEventSource } from '../../local/event-sources.ts';
import { batchOf, startQueues } from './queues.ts';

interface Received {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A receiver that answers with one status after the other, the last one for good. */
async function startReceiver(statuses: readonly number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ body, headers: request.headers });
      response.writeHead(statuses[received.length - 1] ?? statuses.at(-1) ?? 200, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`;
  return { url, received, stop: () => new Promise((resolve) => server.close(resolve)) };
}

const notification: InboxNotification = {
  ...{ id: 'n-1', event: 'opened', tenantId: 'acme', escalationId: 'esc-1', runId: 'run-1', agent: 'payer' },
  ...{ kind: 'approval', reason: 'step pay needs an approval', openedAtMs: 0 },
};
const secret = 'a-secret-of-the-webhook';
const stops: (() => Promise<unknown>)[] = [];
let queues: Awaited<ReturnType<typeof startQueues>>;
beforeEach(async () => {
  queues = await startQueues(['notifications'], 3);
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await queues.stop();
});

async function deliveringTo(statuses: readonly number[], more: Partial<DeliveryDependencies> = {}) {
  const receiver = await startReceiver(statuses);
  stops.push(receiver.stop);
  const dependencies: DeliveryDependencies = {
    ...{ http: systemHttp, secrets: new MemorySecretStore({ WEBHOOK_SECRET: secret }), topic: undefined },
    clock: { now: () => Date.now(), sleep: async () => undefined },
    webhook: { url: receiver.url, secretName: 'WEBHOOK_SECRET' },
    ...more,
  };
  const errors: string[] = [];
  const consume = batchOf(async (body) => {
    try {
      await deliverNotification(delivery.parse(JSON.parse(body)), dependencies);
    } catch (error) {
      errors.push((error as Error).message);
      throw error;
    }
  });
  const source = startEventSource(queues.urlOf('notifications'), queues.endpoint, consume, () => undefined);
  stops.push(() => source.stop());
  const client = queues.client;
  const notifications = new QueuedNotifications({
    ...{ client, queueUrl: queues.urlOf('notifications'), channels: ['webhook'] },
  });
  return { ...receiver, notifications, errors };
}

it('a webhook gets a message that a chat shows, signed, with the id that repetitions have too', async () => {
  const { notifications, received } = await deliveringTo([200]);
  await notifications.send(notification);
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 5_000 });
  const [{ body, headers } = { body: '', headers: {} }] = received;
  expect(headers['x-holdfast-id']).toBe('n-1');
  expect(isSignedBy(secret, body, String(headers['x-holdfast-signature']), Date.now() / 1_000)).toBe(true);
  expect(JSON.parse(body)).toMatchObject({
    text: 'A run of payer needs a person (approval): step pay needs an approval',
    blocks: [{ type: 'section' }, { type: 'context' }],
    notification: { id: 'n-1', event: 'opened', escalationId: 'esc-1', openedAt: '1970-01-01T00:00:00.000Z' },
  });
  await vi.waitFor(() => expect(queues.size('notifications')).toBe(0));
});

it('a webhook that is down is tried again until it answers', async () => {
  const { notifications, received, errors } = await deliveringTo([503, 302, 204]);
  await notifications.send(notification);
  await vi.waitFor(() => expect(queues.size('notifications')).toBe(0), { timeout: 15_000 });
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ headers }) => headers['x-holdfast-id']))).toEqual(new Set(['n-1']));
  // A redirect is not followed, and the address, which may hold a secret, is in no message.
  expect(errors).toEqual(['The webhook answered 503.', 'The webhook answered 302.']);
});

it('what a webhook never takes ends in the last queue', async () => {
  const { notifications, received } = await deliveringTo([500]);
  await notifications.send(notification);
  await vi.waitFor(() => expect(queues.size('notifications-dlq')).toBe(1), { timeout: 15_000 });
  expect([received.length, queues.size('notifications')]).toEqual([3, 0]);
});

it('nothing is sent unsigned: without its secret a delivery fails', async () => {
  const { notifications, received, errors } = await deliveringTo([200], { secrets: new MemorySecretStore({}) });
  await notifications.send(notification);
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(0), { timeout: 5_000 });
  expect(received).toEqual([]);
  expect(errors[0]).toContain('WEBHOOK_SECRET');
});

it('a topic gets the same as data, with attributes to choose by', async () => {
  const topicArn = queues.topicOf('notifications');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SNSClient({ endpoint: queues.endpoint, region: 'us-east-1', credentials });
  stops.push(async () => client.destroy());
  await deliverNotification(
    { channel: 'topic', notification: { ...notification, reason: 'zwölf\nZeilen' } },
    {
      ...{ http: systemHttp, secrets: new MemorySecretStore({}), webhook: undefined },
      clock: { now: () => 0, sleep: async () => undefined },
      topic: new SnsTopic(topicArn, client),
    },
  );
  const { Messages: [message] = [] } = await queues.client.send(
    new ReceiveMessageCommand({ QueueUrl: queues.urlOf('notifications'), MessageAttributeNames: ['All'] }),
  );
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({ id: 'n-1', event: 'opened', escalationId: 'esc-1' });
  expect(message?.MessageAttributes).toMatchObject({
    event: { StringValue: 'opened' },
    tenantId: { StringValue: 'acme' },
  });
});

it.each([
  [{}, false],
  [{ [env.notificationsQueueUrl]: 'http://q' }, false],
  [{ [env.notificationsQueueUrl]: 'http://q', [env.notificationChannels]: '' }, false],
  [{ [env.notificationChannels]: 'webhook' }, false],
  [{ [env.notificationsQueueUrl]: 'http://q', [env.notificationChannels]: 'topic,webhook' }, true],
])('with %j, somebody is told: %s', (environment, told) => {
  expect(notificationsFrom(environment) !== undefined).toBe(told);
});

it('a channel that is none is named', () => {
  const environment = { [env.notificationsQueueUrl]: 'http://q', [env.notificationChannels]: 'pigeon' };
  expect(() => notificationsFrom(environment)).toThrow("names 'pigeon'; there is topic and webhook");
});
