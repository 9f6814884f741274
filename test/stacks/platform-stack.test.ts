import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { awsExecutePorts, awsPorts } from '../../core/adapters/aws.ts';
import { skillFunctions } from '../../core/authz/catalogue.ts';
import { scopes } from '../../core/contract/api.ts';
import { endpoints } from '../../core/contract/endpoints.ts';
import { env } from '../../core/contract/env.ts';
import { limitsFromEnv } from '../../core/contract/limits.ts';
import { skillFolder } from '../../core/model/names.ts';
import { isAllowed, roleOf, statementsOfRole } from './policy.ts';
import type { Resource, Synthesised } from './synthesised.ts';
import { ofType, packageDir, synthesise } from './synthesised.ts';
import { arn, textOf, valueOf } from './values.ts';

let built: Synthesised;

beforeAll(async () => {
  built = await synthesise();
});

const inPlatform = (type: string): [string, Resource][] => ofType(built.platform, type);
const functions = (): [string, Resource][] => inPlatform('AWS::Lambda::Function');
const nameOf = (fn: Resource): string => String(fn.Properties['FunctionName']);
const functionNamed = (name: string): Resource => {
  const found = functions().find(([, fn]) => nameOf(fn) === `holdfast-${name}`);
  if (!found) throw new Error(`There is no function 'holdfast-${name}'.`);
  return found[1];
};
const environmentOf = (fn: Resource): Record<string, string> => {
  const { Variables: variables = {} } = (fn.Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, textOf(value, built.platform, [built.data])]),
  );
};

describe('functions', () => {
  it('run on Node.js 24 on arm64, with a timeout, tracing and a log that ends', () => {
    expect(functions().length).toBe(5 + built.project.skills.length);
    for (const [, fn] of functions()) {
      expect(fn.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: expect.any(Number),
        TracingConfig: { Mode: 'Active' },
      });
    }
    const logs = inPlatform('AWS::Logs::LogGroup');
    expect(logs.length).toBe(functions().length + 2 * built.project.agents.length + 1);
    for (const [, log] of logs) expect(log.Properties['RetentionInDays']).toEqual(expect.any(Number));
  });

  it('are killed after the longest action of their skill, and the API before its gateway gives up', () => {
    for (const skill of built.project.skills) {
      expect(functionNamed(`skill-${skill.folder}`).Properties['Timeout']).toBe(skill.functionSeconds);
    }
    expect(functionNamed('api').Properties['Timeout']).toBeLessThan(30);
  });

  it('know only environment values of the contract and the settings that their skill declares', () => {
    const contract = new Set<string>(Object.values(env));
    for (const [, fn] of functions()) {
      const skill = built.project.skills.find(({ folder }) => nameOf(fn) === `holdfast-skill-${folder}`);
      const others = Object.keys(environmentOf(fn)).filter((name) => !contract.has(name));
      expect(others).toEqual(skill?.settings ?? []);
    }
  });

  it('are told all that they need to reach the table, the blobs and the state machines', () => {
    for (const name of ['api', 'decide', 'inbox', 'sweep']) {
      expect(() => awsPorts(environmentOf(functionNamed(name)))).not.toThrow();
    }
    for (const { folder } of built.project.skills) {
      expect(() => awsExecutePorts(environmentOf(functionNamed(`skill-${folder}`)))).not.toThrow();
    }
    for (const name of ['decide', 'inbox', 'sweep']) {
      expect(limitsFromEnv(environmentOf(functionNamed(name))).burstsPerGeneration).toBe(500);
    }
    const prefix = environmentOf(functionNamed('api'))[env.runMachineArnPrefix];
    const runMachines = built.project.agents.map((agent) => `${prefix}${agent.name}`);
    for (const machineArn of runMachines) {
      expect(
        inPlatform('AWS::StepFunctions::StateMachine').map(([id]) => textOf({ Ref: id }, built.platform)),
      ).toContain(machineArn);
    }
  });

  it('find a published, kept version of every skill that the machines may invoke', () => {
    for (const name of ['decide', 'api']) {
      const found = skillFunctions(environmentOf(functionNamed(name)));
      for (const agent of built.project.agents) {
        const burst = inPlatform('AWS::StepFunctions::StateMachine').find(
          ([, { Properties }]) => Properties['StateMachineName'] === `holdfast-burst-${agent.name}`,
        );
        if (!burst) throw new Error(`${agent.name} has no burst machine.`);
        const statements = statementsOfRole(roleOf(burst[1]), built.platform, [built.data]);
        for (const skill of agent.skills) {
          const resource = found.arnOf(skill);
          expect(resource).toBe(`${arn('lambda', `function:holdfast-skill-${skillFolder(skill)}`)}:7`);
          expect(isAllowed(statements, { action: 'lambda:InvokeFunction', resource })).toBe(true);
        }
      }
    }
    const versions = inPlatform('AWS::Lambda::Version');
    expect(versions).toHaveLength(built.project.skills.length + 1);
    for (const [, version] of versions) expect(version.DeletionPolicy).toBe('Retain');
  });
});

describe('the inbox', () => {
  it('has six times its timeout until a message is seen again, and gives back failed ones alone', () => {
    const timeoutSeconds = Number(functionNamed('inbox').Properties['Timeout']);
    const sources = inPlatform('AWS::Lambda::EventSourceMapping');
    expect(sources).toHaveLength(2);
    for (const [, source] of sources) {
      expect(source.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
      expect(source.Properties['ScalingConfig']).toEqual({ MaximumConcurrency: 5 });
      const queueArn = textOf(source.Properties['EventSourceArn'], built.platform, [built.data]);
      const [, queue] =
        ofType(built.data, 'AWS::SQS::Queue').find(
          ([, { Properties }]) => arn('sqs', String(Properties['QueueName'])) === queueArn,
        ) ?? [];
      expect(Number(queue?.Properties['VisibilityTimeout'])).toBeGreaterThanOrEqual(6 * timeoutSeconds);
    }
  });
});

describe('the sweep', () => {
  const missed = (): string => arn('sqs', 'holdfast-sweep-missed');

  it('is invoked every five minutes and takes no longer', () => {
    const found = inPlatform('AWS::Events::Rule').find(([, { Properties }]) => Properties['Name'] === 'holdfast-sweep');
    const rule = found?.[1].Properties ?? {};
    expect(rule).toMatchObject({ ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' });
    const [target, ...more] = rule['Targets'] as { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[];
    expect(more).toEqual([]);
    expect(textOf(target?.Arn, built.platform)).toBe(arn('lambda', 'function:holdfast-sweep'));
    expect(textOf(target?.DeadLetterConfig.Arn, built.platform)).toBe(missed());
    expect(Number(functionNamed('sweep').Properties['Timeout'])).toBeLessThan(300);
  });

  it('is not repeated when it fails, since the next one comes, and what was missed is kept', () => {
    const [[, found] = [], ...more] = inPlatform('AWS::Lambda::EventInvokeConfig');
    expect(more).toEqual([]);
    const config = found?.Properties ?? {};
    expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 });
    const { OnFailure: onFailure } = config['DestinationConfig'] as { OnFailure: { Destination: unknown } };
    expect(textOf(onFailure.Destination, built.platform)).toBe(missed());
    const [[, queue] = [], ...others] = inPlatform('AWS::SQS::Queue');
    expect(others).toEqual([]);
    expect(queue?.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });
});

describe('state machines', () => {
  it('are the two files, with a value for each placeholder', () => {
    for (const [, machine] of inPlatform('AWS::StepFunctions::StateMachine')) {
      const { StateMachineName: name, StateMachineType: type, DefinitionS3Location: location } = machine.Properties;
      const kind = type === 'EXPRESS' ? 'burst' : 'run';
      expect(String(name)).toMatch(new RegExp(`^holdfast-${kind}-(front-desk|garage)$`));
      const agent = String(name).replace(`holdfast-${kind}-`, '');
      const file = readFileSync(join(packageDir, 'statemachines', `agent-${kind}.asl.json`), 'utf8');
      const { Key: key } = location as { Key: string };
      expect(readFileSync(join(built.outDir, `asset.${key}`), 'utf8')).toBe(file);

      const given = valueOf(machine.Properties['DefinitionSubstitutions'], built.platform, [built.data]);
      const placeholders = [...file.matchAll(/\$\{(\w+)\}/g)].map((match) => String(match[1]));
      expect(Object.keys(given as object).toSorted()).toEqual([...new Set(placeholders)].toSorted());
      expect(given).toEqual(
        kind === 'burst'
          ? { DecideFunctionArn: `${arn('lambda', 'function:holdfast-decide')}:7` }
          : {
              BurstMachineArn: arn('states', `stateMachine:holdfast-burst-${agent}`),
              RunMachineArn: arn('states', `stateMachine:holdfast-run-${agent}`),
              EscalationsQueueUrl: expect.stringMatching(/^https:\/\/sqs\..*\/holdfast-escalations$/),
            },
      );
    }
  });

  it('are traced, and log where no resource policy of the account is used up', () => {
    const machines = inPlatform('AWS::StepFunctions::StateMachine');
    expect(machines).toHaveLength(2 * built.project.agents.length);
    for (const [, { Properties: properties }] of machines) {
      expect(properties['TracingConfiguration']).toEqual({ Enabled: true });
      const { Destinations: destinations } = properties['LoggingConfiguration'] as { Destinations: unknown[] };
      expect(JSON.stringify(valueOf(destinations, built.platform))).toContain(
        `log-group:/aws/vendedlogs/states/${String(properties['StateMachineName'])}:`,
      );
    }
  });
});

describe('dead runs', () => {
  it('reach the dead-letters queue when an execution failed, timed out or was aborted, and cannot get lost on the way', () => {
    const rules = inPlatform('AWS::Events::Rule').filter(([, { Properties }]) => 'EventPattern' in Properties);
    const [[, rule] = [], ...more] = rules;
    expect(more).toEqual([]);
    const {
      EventPattern: pattern,
      Targets: targets,
      Name: name,
    } = valueOf(rule?.Properties, built.platform, [built.data]) as Record<string, unknown>;
    expect(pattern).toMatchObject({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [{ prefix: arn('states', 'stateMachine:holdfast-run-') }],
      },
    });
    const queueArns = ['holdfast-dead-letters', 'holdfast-dead-letters-undelivered'].map((queue) => arn('sqs', queue));
    expect(targets).toEqual([{ Id: 'DeadLetters', Arn: queueArns[0], DeadLetterConfig: { Arn: queueArns[1] } }]);
    for (const queueArn of queueArns) {
      expect(queueStatements(queueArn)).toContainEqual({
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': arn('events', `rule/${String(name)}`) } },
      });
    }
  });
});

describe('the front door', () => {
  it('asks for a token on every route but those of the endpoints that need no scope', () => {
    const routes = inPlatform('AWS::ApiGatewayV2::Route').map(([, { Properties: route }]) => [
      route['RouteKey'],
      route['AuthorizationType'] ?? 'NONE',
    ]);
    const open = Object.values(endpoints)
      .filter((endpoint) => endpoint.scope === undefined)
      .map((endpoint) => [`${endpoint.method} ${endpoint.path}`, 'NONE']);
    expect(open.length).toBeGreaterThan(0);
    expect(Object.fromEntries(routes)).toEqual({ ...Object.fromEntries(open), $default: 'JWT' });
  });

  it('is throttled and logs who called', () => {
    const [[, stage] = []] = inPlatform('AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties['DefaultRouteSettings']).toEqual({ ThrottlingBurstLimit: 200, ThrottlingRateLimit: 100 });
    expect(stage?.Properties['AccessLogSettings']).toMatchObject({ Format: expect.stringContaining('claims.tenant') });
  });

  it('takes tokens of a pool whose groups are the scopes and whose users cannot choose their tenant', () => {
    expect(inPlatform('AWS::Cognito::UserPoolGroup').map(([, group]) => group.Properties['GroupName'])).toEqual([
      ...scopes,
    ]);
    const [[, pool] = []] = inPlatform('AWS::Cognito::UserPool');
    expect(pool?.DeletionPolicy).toBe('Retain');
    expect(pool?.Properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Schema: expect.arrayContaining([expect.objectContaining({ Name: 'tenant', Mutable: false })]),
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0' } },
    });
    const [[, client] = []] = inPlatform('AWS::Cognito::UserPoolClient');
    expect(client?.Properties['WriteAttributes']).toEqual(['email']);
  });
});

function queueStatements(queueArn: string): unknown[] {
  return ofType(built.data, 'AWS::SQS::QueuePolicy')
    .flatMap(
      ([, policy]) => (valueOf(policy.Properties['PolicyDocument'], built.data) as { Statement: unknown[] }).Statement,
    )
    .filter((statement) => JSON.stringify(statement).includes(`"${queueArn}"`));
}
