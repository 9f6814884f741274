import type { SQSRecord } from 'aws-lambda';
import { deliveryPorts } from '../../core/adapters/delivery.ts';
import { delivery } from '../../core/contract/notifying.ts';
import { deliverNotification } from '../../core/operations/deliver-notification.ts';
import type { DeliveryDependencies } from '../../core/operations/deliver-notification.ts';
import { consumeRecords } from '../consume-records.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('notify');

let dependencies: DeliveryDependencies | undefined;

/** Consumes the notifications queue: what a channel does not take is tried again and then dead-lettered. */
export const handler = traced(consumeRecords(logger, deliver));

async function deliver(record: SQSRecord): Promise<void> {
  dependencies ??= deliveryPorts(process.env);
  const wanted = delivery.parse(JSON.parse(record.body));
  await deliverNotification(wanted, dependencies);
  logger.info('notification delivered', { channel: wanted.channel, id: wanted.notification.id });
}
