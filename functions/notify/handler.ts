import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { deliveryPorts } from '../../core/adapters/delivery.ts';
import { delivery } from '../../core/contract/notifying.ts';
import { deliverNotification } from '../../core/operations/deliver-notification.ts';
import type { DeliveryDependencies } from '../../core/operations/deliver-notification.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('notify');
const batch = new BatchProcessor(EventType.SQS);

let dependencies: DeliveryDependencies | undefined;

/** Consumes the notifications queue: what a channel does not take is tried again and then dead-lettered. */
export const handler = traced((event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, deliver, batch, { context, throwOnFullBatchFailure: false }),
);

async function deliver(record: SQSRecord): Promise<void> {
  dependencies ??= deliveryPorts(process.env);
  const wanted = delivery.parse(JSON.parse(record.body));
  await deliverNotification(wanted, dependencies);
  logger.info('notification delivered', { channel: wanted.channel, id: wanted.notification.id });
}
