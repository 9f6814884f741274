import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { startFauxqs } from 'fauxqs';

const batchSize = 10;

/** Real queues on loopback, each with its last one, whose messages come back after a second. */
export async function startQueues(names: readonly string[], deliveries = 2) {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  for (const name of names) {
    server.createQueue(`${name}-dlq`);
    const deadLetterTargetArn = server.inspectQueue(`${name}-dlq`)?.arn;
    const redrive = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: deliveries });
    server.createQueue(name, { attributes: { VisibilityTimeout: '1', RedrivePolicy: redrive } });
  }
  const urlOf = (name: string): string => `${endpoint}/000000000000/${name}`;
  return {
    client,
    endpoint,
    urlOf,
    /** Queues with their last ones, as the API is told of them. */
    redriven: names.map((name) => ({ name, queueUrl: urlOf(name), undeliveredUrl: urlOf(`${name}-dlq`) })),
    /** A topic to which the queue has subscribed. */
    topicOf(name: string): string {
      const { topicArn } = server.createTopic(`${name}-topic`);
      server.subscribe({ topic: `${name}-topic`, queue: name, attributes: { RawMessageDelivery: 'true' } });
      return topicArn;
    },
    async fill(name: string, bodies: readonly string[]): Promise<void> {
      for (let start = 0; start < bodies.length; start += batchSize) {
        const batch = bodies.slice(start, start + batchSize);
        const entries = batch.map((body, index) => ({ Id: String(index), MessageBody: body }));
        await client.send(new SendMessageBatchCommand({ QueueUrl: urlOf(name), Entries: entries }));
      }
    },
    /** Messages of a queue, whoever is looking at them. */
    size(name: string): number {
      const messages = server.inspectQueue(name)?.messages;
      if (!messages) throw new Error(`There is no queue ${name}.`);
      return messages.ready.length + messages.delayed.length + messages.inflight.length;
    },
    async stop(): Promise<void> {
      client.destroy();
      await server.stop();
    },
  };
}

/** A function that takes each message of a batch in by itself, as Lambda's batch processors do. */
export const batchOf =
  (consume: (body: string) => Promise<unknown>) =>
  async ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const { body, messageId } of records) {
      await consume(body).catch(() => batchItemFailures.push({ itemIdentifier: messageId }));
    }
    return { batchItemFailures };
  };
