import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metric, metricNamespace, serviceDimension } from '../../core/contract/metrics.ts';
import type { ResourceNames } from '../names.ts';
import { runbookPage } from './undelivered-alarm.ts';

/** Hours after which an inbox item that nobody has settled rings, unless the stack says otherwise. */
export const defaultEscalationAlarmHours = 4;

/**
 * Rings while an inbox item has waited for longer than that. The sweep counts it; one that does not run rings by itself,
 * when its queue fills.
 *
 * @param hours more than 0
 */
export function alarmWhenNobodyAnswers(scope: Construct, id: string, names: ResourceNames, hours: number): Alarm {
  if (!(hours > 0)) throw new Error(`escalationAlarmHours is ${hours}; it must be more than 0.`);
  return new Alarm(scope, id, {
    alarmName: names.own('escalation-waits'),
    alarmDescription: `A run has waited for a person for more than ${hours} hours. What to do: ${runbookPage('escalation-waits')}`,
    metric: new Metric({
      namespace: metricNamespace,
      metricName: metric.oldestOpenEscalation,
      dimensionsMap: { [serviceDimension]: 'sweep' },
      statistic: 'max',
      period: Duration.minutes(15),
    }),
    threshold: Duration.minutes(hours * 60).toSeconds(),
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.IGNORE,
  });
}
