import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { About } from './run-scope.ts';
import { aboutOf, within } from './run-scope.ts';
import type { RunLogger } from './telemetry.ts';

const batch = new BatchProcessor(EventType.SQS);

/**
 * Handles the messages of a queue each by itself: those for which `consume` throws are logged, tried again, and then
 * dead-lettered.
 */
export function consumeRecords(logger: RunLogger, consume: (record: SQSRecord) => Promise<void>) {
  const each = (record: SQSRecord): Promise<void> =>
    within(aboutMessage(record.body), async () => {
      try {
        await consume(record);
      } catch (error) {
        logger.error('message not consumed', { messageId: record.messageId, error });
        throw error;
      }
    });
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    processPartialResponse(event, each, batch, { context, throwOnFullBatchFailure: false });
}

/** Which run a message is about: a notice, a notification, or what is said about an execution. */
function aboutMessage(body: string): About {
  try {
    const { notice, notification, detail } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const { input } = (detail ?? {}) as { readonly input?: unknown };
    return aboutOf(notice ?? notification ?? (typeof input === 'string' ? JSON.parse(input) : undefined));
  } catch {
    // Whoever consumes it says what is wrong with it.
    return {};
  }
}
