import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { BundledFunction } from './bundled-function.ts';
import type { InboxQueue } from './inbox-queue.ts';

/** At once, per queue: the inbox must not take the whole account's concurrency from running skills. */
const batchesAtOnce = 5;

/** Feeds the inbox function from its queues. A message that fails goes back alone, not with its batch. */
export function feedInbox(inbox: BundledFunction, queues: readonly InboxQueue[]): void {
  for (const { queue } of queues) {
    inbox.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, maxConcurrency: batchesAtOnce, reportBatchItemFailures: true }),
    );
  }
}
