import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { env } from '../../core/contract/env.ts';
import { defaultWebhookSecret } from '../../core/contract/notifying.ts';
import type { Channel } from '../../core/contract/notifying.ts';
import type { ResourceNames } from '../names.ts';
import type { BundledFunction } from './bundled-function.ts';
import { InboxQueue } from './inbox-queue.ts';

/** Who is told of inbox items, besides whoever looks at the inbox. */
export interface NotificationSettings {
  /** An SNS topic of this stack, to which people and programs subscribe. @default false */
  readonly topic?: boolean;
  /** An address that is called with a signed message, which Slack and what imitates it show. @default none */
  readonly webhook?: {
    readonly url: string;
    /** Name of the secret that signs: `<prefix>/<NAME>` in Secrets Manager. @default WEBHOOK_SECRET */
    readonly secretName?: string;
  };
}

/** Longest that one batch of notifications may take: ten webhooks that do not answer. */
export const notifySeconds = 60;
/** At once: a webhook is somebody else's. */
const batchesAtOnce = 2;

/** The queue of notifications with the function that delivers them. What is not taken ends in the queue's own queue. */
export class NotifyPeople extends Construct {
  readonly inbox: InboxQueue;
  readonly #channels: readonly Channel[];

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly names: ResourceNames;
      readonly notify: BundledFunction;
      readonly settings: NotificationSettings;
    },
  ) {
    super(scope, id);
    const { names, notify, settings } = props;
    const { topic, webhook } = settings;
    this.#channels = [...(topic ? ['topic' as const] : []), ...(webhook ? ['webhook' as const] : [])];
    this.inbox = new InboxQueue(this, 'Notifications', { names, name: 'notifications' });
    notify.addEventSource(
      new SqsEventSource(this.inbox.queue, {
        batchSize: 5,
        maxConcurrency: batchesAtOnce,
        reportBatchItemFailures: true,
      }),
    );
    if (topic) this.#addTopic(names, notify);
    if (webhook) addWebhook(names, notify, webhook);
  }

  /** Lets a function tell people, through the queue. */
  grantNotify(fn: BundledFunction): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.inbox.queue.queueArn] }));
    fn.addEnvironment(env.notificationsQueueUrl, this.inbox.queue.queueUrl);
    fn.addEnvironment(env.notificationChannels, this.#channels.join(','));
  }

  #addTopic(names: ResourceNames, notify: BundledFunction): void {
    const topic = new Topic(this, 'Topic', {
      topicName: names.own('notifications'),
      enforceSSL: true,
      masterKey: Alias.fromAliasName(this, 'TopicKey', 'alias/aws/sns'),
    });
    notify.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
    notify.addEnvironment(env.notificationsTopicArn, topic.topicArn);
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn, description: 'Topic of inbox notifications' });
  }
}

function addWebhook(
  names: ResourceNames,
  notify: BundledFunction,
  { url, secretName = defaultWebhookSecret }: NonNullable<NotificationSettings['webhook']>,
): void {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') {
    throw new Error('notifications.webhook.url is no https address. Correct it, or leave the webhook out.');
  }
  const secret = Stack.of(notify).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    // Secrets Manager adds a hyphen and six characters to the name.
    resourceName: `${names.secretsPrefix}/${secretName}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  notify.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret] }));
  notify.addEnvironment(env.webhookUrl, url);
  notify.addEnvironment(env.webhookSecret, secretName);
  notify.addEnvironment(env.secretsPrefix, names.secretsPrefix);
}
