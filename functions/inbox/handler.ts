import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import { limitsFromEnv } from '../../core/contract/limits.ts';
import { deadExecution, escalationMessage } from '../../core/contract/machine.ts';
import { fireTimers } from '../../core/operations/fire-timers.ts';
import { openEscalation } from '../../core/operations/open-escalation.ts';
import { reportDeadRun } from '../../core/operations/revive-run.ts';
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
    : await reportDeadRun(deadExecution.parse(body), { ports: at, limits: limitsFromEnv(process.env) });
  // Whoever wants to be told is told at once; what this leaves undone is done by the sweep.
  if (asked.success && result !== 'stale') await fireTimers(asked.data.notice, at);
  logger.info('message consumed', { messageId: record.messageId, result });
}
