import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { BlobBucket } from '../constructs/blob-bucket.ts';
import { InboxQueue } from '../constructs/inbox-queue.ts';
import { RunTable } from '../constructs/run-table.ts';
import type { ResourceNames } from '../names.ts';

export interface DataStackProps extends StackProps {
  readonly names: ResourceNames;
}

/** What must outlive every deployment. */
export class DataStack extends Stack {
  readonly table: RunTable;
  readonly blobs: BlobBucket;
  readonly escalations: InboxQueue;
  readonly deadLetters: InboxQueue;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { names } = props;
    const encryptionKey = new Key(this, 'Key', {
      description: 'Holdfast: runs, ledgers, arguments and results',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table = new RunTable(this, 'RunTable', { encryptionKey });
    this.blobs = new BlobBucket(this, 'Blobs', { encryptionKey });
    this.escalations = new InboxQueue(this, 'Escalations', { names, name: 'escalations' });
    this.deadLetters = new InboxQueue(this, 'DeadLetters', { names, name: 'dead-letters' });

    // The rule is in the other stack and needs these queues, so it is named here by convention.
    const rule = this.formatArn({ service: 'events', resource: 'rule', resourceName: names.deadRunsRule });
    for (const queue of [this.deadLetters.queue, this.deadLetters.undelivered]) {
      queue.addToResourcePolicy(
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          principals: [new ServicePrincipal('events.amazonaws.com')],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule } },
        }),
      );
    }
  }
}
