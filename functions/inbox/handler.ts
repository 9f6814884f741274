import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import { deadExecution, escalationMessage } from '../../core/contract/machine.ts';
import { openEscalation, reportDeadRun } from '../../core/operations/open-escalation.ts';
import type { Ports } from '../../core/ports/index.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('inbox');
const batch = new BatchProcessor(EventType.SQS);

let ports: Ports | undefined;

/** Consumes the escalations and the dead-letters queue; a message that fails is tried again and then dead-lettered. */
export const handler = traced((event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, consume, batch, { context, throwOnFullBatchFailure: false }),
);

async function consume(record: SQSRecord): Promise<void> {
  const at = (ports ??= awsPorts(process.env, tableClient()));
  const body: unknown = JSON.parse(record.body);
  const asked = escalationMessage.safeParse(body);
  const result = asked.success
    ? await openEscalation(asked.data, at)
    : await reportDeadRun(deadExecution.parse(body), at);
  logger.info('message consumed', { messageId: record.messageId, result });
}
