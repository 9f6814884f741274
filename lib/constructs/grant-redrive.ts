import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { env } from '../../core/contract/env.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { InboxQueue } from './inbox-queue.ts';

/** Lets a function give messages that nobody could take in another try. It reads no queue that is being worked on. */
export function grantRedrive(fn: BundledFunction, queues: Readonly<Record<string, InboxQueue>>): void {
  const all = Object.entries(queues);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      resources: all.map(([, { undelivered }]) => undelivered.queueArn),
    }),
  );
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: all.map(([, { queue }]) => queue.queueArn) }),
  );
  const addresses = all.map(([name, { queue, undelivered }]) => ({
    name,
    queueUrl: queue.queueUrl,
    undeliveredUrl: undelivered.queueUrl,
  }));
  fn.addEnvironment(env.redriveQueues, Stack.of(fn).toJsonString(addresses));
}
