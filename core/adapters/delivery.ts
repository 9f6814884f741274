import { SQSClient } from '@aws-sdk/client-sqs';
import { env } from '../contract/env.ts';
import { channelsFrom, defaultWebhookSecret } from '../contract/notifying.ts';
import type { Clock, Http, Notifications, SecretStore, Topic, UndeliveredQueues } from '../ports/index.ts';
import { QueuedNotifications, redrivenQueues, SnsTopic, SqsUndeliveredQueues } from './notifications/index.ts';
import { secretStore } from './secrets/index.ts';
import { systemClock, systemHttp } from './system/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The way to whoever wants to be told; undefined where nobody does. Throws for a channel that is none. */
export function notificationsFrom(environment: Environment): Notifications | undefined {
  const queueUrl = environment[env.notificationsQueueUrl];
  const channels = channelsFrom(environment);
  if (!queueUrl || channels.length === 0) return undefined;
  return new QueuedNotifications({ client: createSqsClient(environment), queueUrl, channels });
}

/** The last queues, where the environment names any. Throws for an environment that names them wrongly. */
export function undeliveredFrom(environment: Environment): UndeliveredQueues | undefined {
  const given = environment[env.redriveQueues];
  if (!given) return undefined;
  return new SqsUndeliveredQueues(createSqsClient(environment), redrivenQueues.parse(JSON.parse(given)));
}

/**
 * Region, credentials and endpoint come from the environment of the SDK. Addresses of the queues of an emulator name a host
 * that does not resolve; a client with an endpoint does not look at it.
 */
function createSqsClient(environment: Environment): SQSClient {
  const endpoint = environment['AWS_ENDPOINT_URL_SQS'];
  return new SQSClient({ maxAttempts: 3, ...(endpoint ? { endpoint } : {}) });
}

/** What the function that delivers notifications needs. */
export function deliveryPorts(environment: Environment): {
  readonly http: Http;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly topic: Topic | undefined;
  readonly webhook: { readonly url: string; readonly secretName: string } | undefined;
} {
  const topicArn = environment[env.notificationsTopicArn];
  const url = environment[env.webhookUrl];
  const secretName = environment[env.webhookSecret] || defaultWebhookSecret;
  return {
    http: systemHttp,
    secrets: secretStore(environment, systemClock),
    clock: systemClock,
    topic: topicArn ? new SnsTopic(topicArn) : undefined,
    webhook: url ? { url, secretName } : undefined,
  };
}
