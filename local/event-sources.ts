import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export interface EventSource {
  stop(): Promise<void>;
}

const waitSeconds = 20;
const batchSize = 10;
const afterErrorMs = 1_000;

/**
 * Feeds a queue to a function, as a Lambda event source mapping with partial batch responses does: messages that the
 * function names as failed stay in the queue, come again after their visibility timeout, and end in its DLQ.
 */
export function startEventSource(
  queueUrl: string,
  endpoint: string,
  invoke: (event: SQSEvent) => Promise<SQSBatchResponse>,
  onError: (error: unknown) => void,
): EventSource {
  const client = new SQSClient({ endpoint });
  const stopping = new AbortController();
  const { signal } = stopping;

  const poll = async (): Promise<void> => {
    const received = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: batchSize,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    const messages = received.Messages ?? [];
    if (messages.length === 0) return;
    const response = await invoke({ Records: messages.map((message) => recordOf(message, queueUrl)) });
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const taken = messages.filter((message) => !failed.has(message.MessageId ?? ''));
    if (taken.length === 0) return;
    const entries = taken.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  };

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await poll();
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await new Promise((resolve) => setTimeout(resolve, afterErrorMs));
      }
    }
  };
  const running = loop();
  return {
    async stop() {
      stopping.abort();
      await running;
      client.destroy();
    },
  };
}

function recordOf(message: Message, queueUrl: string): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queueUrl.split('/').at(-1) ?? ''}`,
    awsRegion: 'us-east-1',
  };
}
