import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ResourceNames } from '../names.ts';
import { alarmWhenFilled } from './undelivered-alarm.ts';

/** Longest that the inbox may work on a batch. */
export const inboxSeconds = 60;
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: at least six times the function's timeout. */
const visibilityPerTimeout = 6;
const deliveriesBeforeDeadLetter = 5;

const hardened = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(14),
  removalPolicy: RemovalPolicy.RETAIN,
};

/** A queue that the inbox reads, with a queue for what it could not take in. */
export class InboxQueue extends Construct {
  readonly queue: Queue;
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: { readonly names: ResourceNames; readonly name: string }) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      ...hardened,
      queueName: props.names.own(`${props.name}-undelivered`),
    });
    const lastQueue = `${props.name}-undelivered`;
    alarmWhenFilled(this.undelivered, this.undelivered, props.names.own(lastQueue), lastQueue);
    this.queue = new Queue(this, 'Queue', {
      ...hardened,
      queueName: props.names.own(props.name),
      visibilityTimeout: Duration.seconds(visibilityPerTimeout * inboxSeconds),
      deadLetterQueue: { queue: this.undelivered, maxReceiveCount: deliveriesBeforeDeadLetter },
    });
  }
}
