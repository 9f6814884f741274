import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IVersion } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge, acknowledgePatterns, acknowledgeTracing } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import type { BundledFunction } from './bundled-function.ts';

export interface AgentMachinesProps {
  readonly names: ResourceNames;
  readonly agent: string;
  /** Folder with the two definitions. */
  readonly definitionsDir: string;
  readonly decide: IVersion;
  /** Functions of the skills that the agent was granted, and of its models. */
  readonly skills: readonly BundledFunction[];
  readonly escalations: IQueue;
}

/**
 * The pair of state machines of one agent. Their roles may invoke the granted skills and no other: whatever a plan
 * says, this is what the agent can do.
 */
export class AgentMachines extends Construct {
  readonly run: StateMachine;
  readonly burst: StateMachine;

  constructor(scope: Construct, id: string, props: AgentMachinesProps) {
    super(scope, id);
    const { names, agent, decide, escalations } = props;
    const runName = names.runMachine(agent);
    const runMachineArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: runName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // Versions only, and all of them: a run in flight calls the ones it was planned with.
    const skills = props.skills.map((skill) => `${skill.functionArn}:*`);

    const burstRole = this.#role('BurstRole');
    this.#allowInvoke(burstRole, [`${decide.lambda.functionArn}:*`, ...skills]);
    this.burst = this.#machine('Burst', {
      name: names.burstMachine(agent),
      file: join(props.definitionsDir, 'agent-burst.asl.json'),
      type: StateMachineType.EXPRESS,
      role: burstRole,
      values: { DecideFunctionArn: decide.functionArn },
    });

    const runRole = this.#role('RunRole');
    runRole.addToPolicy(allow(['states:StartSyncExecution'], [this.burst.stateMachineArn]));
    runRole.addToPolicy(allow(['states:StartExecution'], [runMachineArn]));
    runRole.addToPolicy(allow(['sqs:SendMessage'], [escalations.queueArn]));
    if (skills.length > 0) this.#allowInvoke(runRole, skills);
    this.run = this.#machine('Run', {
      name: runName,
      file: join(props.definitionsDir, 'agent-run.asl.json'),
      type: StateMachineType.STANDARD,
      role: runRole,
      values: {
        BurstMachineArn: this.burst.stateMachineArn,
        RunMachineArn: runMachineArn,
        EscalationsQueueUrl: escalations.queueUrl,
      },
    });
  }

  #role(id: string): Role {
    const account = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    return new Role(this, id, { assumedBy: new ServicePrincipal('states.amazonaws.com').withConditions(account) });
  }

  #allowInvoke(role: Role, versions: readonly string[]): void {
    role.addToPolicy(allow(['lambda:InvokeFunction'], versions));
    acknowledgePatterns(
      role,
      versions,
      'Runs in flight invoke the versions they began with, so every version is allowed.',
    );
  }

  #machine(
    id: string,
    machine: {
      readonly name: string;
      readonly file: string;
      readonly type: StateMachineType;
      readonly role: Role;
      readonly values: Readonly<Record<string, string>>;
    },
  ): StateMachine {
    const express = machine.type === StateMachineType.EXPRESS;
    const created = new StateMachine(this, id, {
      stateMachineName: machine.name,
      stateMachineType: machine.type,
      definitionBody: DefinitionBody.fromFile(machine.file),
      definitionSubstitutions: substitutions(machine.file, machine.values),
      role: machine.role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, `${id}Log`, {
          logGroupName: `/aws/vendedlogs/states/${machine.name}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: express ? LogLevel.ERROR : LogLevel.ALL,
      },
    });
    acknowledgeTracing(machine.role);
    if (express) {
      acknowledge(
        created,
        'AwsSolutions-SF1',
        'Every step of a burst is in the ledger; logging each event too would cost more than running the burst.',
      );
    }
    return created;
  }
}

function allow(actions: readonly string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [...resources] });
}

/** Values for the placeholders of a definition. Throws when one of them has no value, or a value has no place. */
function substitutions(file: string, values: Readonly<Record<string, string>>): Record<string, string> {
  const wanted = new Set([...readFileSync(file, 'utf8').matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map((match) => match[1]));
  const unknown = [...wanted].filter((name) => name === undefined || !Object.hasOwn(values, name));
  const unused = Object.keys(values).filter((name) => !wanted.has(name));
  if (unknown.length > 0 || unused.length > 0) {
    throw new Error(
      `The placeholders of ${file} are ${[...wanted].join(', ') || 'none'}; values are there for ${Object.keys(values).join(', ')}. Both lists must be equal.`,
    );
  }
  return { ...values };
}
