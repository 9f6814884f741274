import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { env } from '../../core/contract/env.ts';
import { spanTargetFrom } from '../../core/contract/span-export.ts';
import type { ResourceNames } from '../names.ts';
import type { BundledFunction } from './bundled-function.ts';
import { grantNamedSecrets } from './grant-reach.ts';
import { InboxQueue } from './inbox-queue.ts';

/** A collector of OpenTelemetry to which finished runs are pushed as spans. */
export interface SpanExportSettings {
  /** Its OTLP/HTTP address without the path, e.g. `https://collector.example.com:4318`. */
  readonly endpoint: string;
  /** Name of a secret with its headers, `api-key=…,x-team=…`: `<prefix>/<NAME>` in Secrets Manager. @default none */
  readonly headersSecret?: string;
}

/** Longest that one batch of runs may take. */
export const exportSeconds = 60;
const batchesAtOnce = 2;
const endedStatuses = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Pushes the spans of a run when its execution has ended. The run knows nothing of it, so a collector that is slow or down holds
 * nothing up; what it does not take ends in the queue's own queue.
 */
export class ExportSpans extends Construct {
  readonly inbox: InboxQueue;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly names: ResourceNames;
      readonly exporter: BundledFunction;
      readonly settings: SpanExportSettings;
    },
  ) {
    super(scope, id);
    const { names, exporter, settings } = props;
    const { endpoint, headersSecret } = settings;
    const target = spanTargetFrom({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    if (!target?.url.startsWith('https:')) {
      throw new Error('spans.endpoint is no https address. Correct it, or leave it out.');
    }
    this.inbox = new InboxQueue(this, 'Ended', { names, name: 'ended-runs' });
    const machines = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: names.runMachinePrefix,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new Rule(this, 'Rule', {
      ruleName: names.own('ended-runs'),
      description: 'Runs whose execution has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        account: [Aws.ACCOUNT_ID],
        detail: { status: endedStatuses, stateMachineArn: [{ prefix: machines }] },
      },
      targets: [new SqsQueue(this.inbox.queue, { deadLetterQueue: this.inbox.undelivered })],
    });
    exporter.addEventSource(
      new SqsEventSource(this.inbox.queue, {
        batchSize: 1,
        maxConcurrency: batchesAtOnce,
        reportBatchItemFailures: true,
      }),
    );
    exporter.addEnvironment('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
    if (headersSecret === undefined) return;
    grantNamedSecrets(exporter, names, [headersSecret]);
    exporter.addEnvironment(env.spanHeadersSecret, headersSecret);
  }
}
