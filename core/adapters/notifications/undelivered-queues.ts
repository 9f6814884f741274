import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Undelivered, UndeliveredQueues } from '../../ports/index.ts';

/** A queue with its last one, by their addresses. */
export const redrivenQueues = z.array(
  z.object({ name: z.string(), queueUrl: z.string().min(1), undeliveredUrl: z.string().min(1) }),
);
export type RedrivenQueue = z.infer<typeof redrivenQueues>[number];

const batchSize = 10;
const takenSeconds = 60;
const giveUpMs = 5_000;

/** The last queues in SQS, which moves no messages by itself out of those that an event rule or a function fills. */
export class SqsUndeliveredQueues implements UndeliveredQueues {
  readonly names: readonly string[];
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queues: ReadonlyMap<string, RedrivenQueue>;

  constructor(client: Pick<SQSClient, 'send'>, queues: readonly RedrivenQueue[]) {
    this.#client = client;
    this.#queues = new Map(queues.map((queue) => [queue.name, queue]));
    this.names = [...this.#queues.keys()];
  }

  async take(name: string): Promise<readonly Undelivered[]> {
    const { Messages: messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#of(name).undeliveredUrl,
        MaxNumberOfMessages: batchSize,
        VisibilityTimeout: takenSeconds,
        // EventBridge says in attributes why it could not deliver.
        MessageAttributeNames: ['All'],
      }),
      inTime(),
    );
    return messages.map(({ Body: body = '', ReceiptHandle: receipt = '', MessageAttributes: said = {} }) => ({
      body,
      receipt,
      said: said['ERROR_MESSAGE']?.StringValue ?? said['ERROR_CODE']?.StringValue,
    }));
  }

  async sendBack(name: string, { body, receipt }: Undelivered): Promise<void> {
    const { queueUrl, undeliveredUrl } = this.#of(name);
    await this.#client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }), inTime());
    await this.#client.send(new DeleteMessageCommand({ QueueUrl: undeliveredUrl, ReceiptHandle: receipt }), inTime());
  }

  async leave(name: string, { receipt }: Undelivered): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#of(name).undeliveredUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout: 0,
      }),
      inTime(),
    );
  }

  #of(name: string): RedrivenQueue {
    const queue = this.#queues.get(name);
    if (queue) return queue;
    throw new Error(`There is no queue '${name}'; there is ${this.names.join(', ')}.`);
  }
}

const inTime = () => ({ abortSignal: AbortSignal.timeout(giveUpMs) });
