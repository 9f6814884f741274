import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Where a page of the runbook is. */
export const runbookPage = (name: string): string => `docs/runbook/${name}.md`;

/**
 * Rings as long as there is a message that nobody could take in.
 *
 * @param runbook the page `docs/runbook/<runbook>.md`, which says what to do
 */
export function alarmWhenFilled(scope: Construct, queue: Queue, alarmName: string, runbook: string): Alarm {
  return queue
    .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'max' })
    .createAlarm(scope, 'Filled', {
      alarmName,
      alarmDescription: `Messages that nobody could take in wait in the last queue. What to do: ${runbookPage(runbook)}`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
}
