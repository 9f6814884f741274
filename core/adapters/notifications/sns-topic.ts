import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Topic } from '../../ports/index.ts';

const giveUpMs = 10_000;

/** An SNS topic. */
export class SnsTopic implements Topic {
  readonly #topicArn: string;
  readonly #client: Pick<SNSClient, 'send'>;

  constructor(topicArn: string, client: Pick<SNSClient, 'send'> = new SNSClient({ maxAttempts: 3 })) {
    this.#topicArn = topicArn;
    this.#client = client;
  }

  async publish({ subject, body, attributes }: Parameters<Topic['publish']>[0]): Promise<void> {
    const named = Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]);
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Subject: subject,
        Message: body,
        MessageAttributes: Object.fromEntries(named) as Record<string, { DataType: string; StringValue: string }>,
      }),
      { abortSignal: AbortSignal.timeout(giveUpMs) },
    );
  }
}
