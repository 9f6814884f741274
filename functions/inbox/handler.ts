import type { SQSRecord } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import { limitsFromEnv } from '../../core/contract/limits.ts';
import { consumeMessage } from '../../core/operations/consume-message.ts';
import type { Ports } from '../../core/ports/index.ts';
import { consumeRecords } from '../consume-records.ts';
import { countedPorts } from '../counted-ports.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('inbox');

let ports: Ports | undefined;

/** Consumes the escalations and the dead-letters queue; a message that fails is tried again and then dead-lettered. */
export const handler = traced(consumeRecords(logger, consume));

async function consume(record: SQSRecord): Promise<void> {
  const at = (ports ??= countedPorts(awsPorts(process.env, tableClient())));
  const result = await consumeMessage(record.body, { ports: at, limits: limitsFromEnv(process.env) });
  logger.info('message consumed', { messageId: record.messageId, result });
}
