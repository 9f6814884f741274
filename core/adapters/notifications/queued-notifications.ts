import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Channel, Delivery } from '../../contract/notifying.ts';
import type { InboxNotification } from '../../model/inbox-notification.ts';
import type { Notifications } from '../../ports/index.ts';

const giveUpMs = 5_000;

/** Notifications go into a queue, from which they are delivered: one message for each channel. */
export class QueuedNotifications implements Notifications {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;
  readonly #channels: readonly Channel[];

  constructor(options: {
    readonly client: Pick<SQSClient, 'send'>;
    readonly queueUrl: string;
    readonly channels: readonly Channel[];
  }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
    this.#channels = options.channels;
  }

  async send(notification: InboxNotification): Promise<void> {
    for (const channel of this.#channels) {
      const delivery: Delivery = { channel, notification };
      const command = new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(delivery) });
      await this.#client.send(command, { abortSignal: AbortSignal.timeout(giveUpMs) });
    }
  }
}
