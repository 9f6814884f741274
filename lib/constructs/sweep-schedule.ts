import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import type { BundledFunction } from './bundled-function.ts';
import { alarmWhenFilled } from './undelivered-alarm.ts';

const everyMinutes = 5;
/** Below the time between two sweeps; two that overlap do no harm. */
export const sweepSeconds = 240;

/**
 * Invokes the sweep every few minutes. A sweep that was not delivered or that failed is not repeated, since the next one
 * does the same; what was lost is kept in a queue for whoever looks into it.
 */
export class SweepSchedule extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { names, sweep }: { readonly names: ResourceNames; readonly sweep: BundledFunction },
  ) {
    super(scope, id);
    const missed = new Queue(this, 'Missed', {
      queueName: names.own('sweep-missed'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(missed, 'AwsSolutions-SQS3', 'It is the dead-letter queue of the schedule and of its function.');
    alarmWhenFilled(missed, missed, names.own('sweep-missed'), 'sweep-missed');
    sweep.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(everyMinutes),
      onFailure: new SqsDestination(missed),
    });
    new Rule(this, 'Rule', {
      ruleName: names.own('sweep'),
      description: 'Looks for runs that stopped moving',
      schedule: Schedule.rate(Duration.minutes(everyMinutes)),
      targets: [
        new LambdaFunction(sweep, {
          deadLetterQueue: missed,
          retryAttempts: 0,
          maxEventAge: Duration.minutes(everyMinutes),
        }),
      ],
    });
  }
}
