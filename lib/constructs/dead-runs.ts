import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { ResourceNames } from '../names.ts';
import type { InboxQueue } from './inbox-queue.ts';

/** How an execution can end that nothing inside it could catch. */
const deadStatuses = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/** Sends every execution of a run that died to the dead-letters queue. */
export class DeadRuns extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { names, deadLetters }: { readonly names: ResourceNames; readonly deadLetters: InboxQueue },
  ) {
    super(scope, id);
    const machines = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: names.runMachinePrefix,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // A Rule with an SqsQueue target would write its own ARN into the policy of a queue of the other stack.
    new CfnRule(this, 'Rule', {
      name: names.deadRunsRule,
      description: 'Runs whose execution failed, timed out or was aborted',
      eventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        account: [Aws.ACCOUNT_ID],
        detail: { status: deadStatuses, stateMachineArn: [{ prefix: machines }] },
      },
      targets: [
        {
          id: 'DeadLetters',
          arn: deadLetters.queue.queueArn,
          deadLetterConfig: { arn: deadLetters.undelivered.queueArn },
        },
      ],
    });
  }
}
