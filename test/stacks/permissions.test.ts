import { beforeAll, describe, expect, it } from 'vitest';
import {
  argumentsBlobKey,
  breakerKey,
  dayAccountKey,
  dueIndexPartition,
  openIndexPartition,
  escalationKey,
  headKey,
  idempotencyKey,
  ledgerKey,
  planKey,
  resultBlobKey,
  sealBlobKey,
  runAccountKey,
} from '../../core/contract/keys.ts';
import { skillFolder } from '../../core/model/names.ts';
import type { Request, Statement } from './policy.ts';
import { isAllowed, roleOf, statementsOfRole } from './policy.ts';
import type { Resource, Synthesised, Template } from './synthesised.ts';
import { ofType, synthesise } from './synthesised.ts';
import { arn, region, textOf } from './values.ts';

let built: Synthesised;
let statements: (resource: Resource) => Statement[];

beforeAll(async () => {
  built = await synthesise();
  statements = (resource) => statementsOfRole(roleOf(resource), built.platform, [built.data]);
});

const named = (property: string, name: string): Resource => {
  const found = Object.values(built.platform.Resources).find((resource) => resource.Properties?.[property] === name);
  if (!found) throw new Error(`The platform has nothing whose ${property} is '${name}'.`);
  return found;
};
const fn = (name: string): Resource => named('FunctionName', `holdfast-${name}`);
const skillFn = (skill: string): Resource => fn(`skill-${skillFolder(skill)}`);
const machine = (name: string): Resource => named('StateMachineName', `holdfast-${name}`);
const may = (resource: Resource, request: Request): boolean => isAllowed(statements(resource), request);

const functionArn = (name: string): string => arn('lambda', `function:holdfast-${name}`);
const machineArn = (name: string): string => arn('states', `stateMachine:holdfast-${name}`);
const only = (template: Template, type: string): string => {
  const [[id] = [], ...more] = ofType(template, type);
  if (id === undefined || more.length > 0)
    throw new Error(`Expected one ${type}, found ${more.length + (id ? 1 : 0)}.`);
  return id;
};
const tableArn = (): string => arn('dynamodb', `table/${only(built.data, 'AWS::DynamoDB::Table')}`);
const tableActions = [
  'GetItem',
  'BatchGetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchWriteItem',
];
const itemRequest = (action: string, partition: string): Request => ({
  action: `dynamodb:${action}`,
  resource: tableArn(),
  context: { 'dynamodb:LeadingKeys': [partition] },
});
const reach = (resource: Resource, partition: string): string[] =>
  tableActions.filter((action) => may(resource, itemRequest(action, partition)));

const ledgerOf = (skill: string): string =>
  ledgerKey({ tenantId: 'acme', skill, runId: 'run-1', stepId: 's', direction: 'F' }).PK;
const runItems = (): string[] => [headKey('acme', 'run-1').PK, planKey('acme', 'run-1', 1).PK];

describe('roles', () => {
  it('gives every function and every state machine a role of its own', () => {
    const users = [
      ...ofType(built.platform, 'AWS::Lambda::Function'),
      ...ofType(built.platform, 'AWS::StepFunctions::StateMachine'),
    ];
    const roles = users.map(([, resource]) => roleOf(resource));
    // api, decide, inbox, sweep, token-claims, one for each skill, and two machines for each agent
    expect(roles).toHaveLength(5 + built.project.skills.length + 2 * built.project.agents.length);
    expect(new Set(roles).size).toBe(roles.length);
    expect(ofType(built.platform, 'AWS::IAM::Role')).toHaveLength(roles.length);
    expect(ofType(built.data, 'AWS::IAM::Role')).toEqual([]);
  });

  it('lets no role take every action of a service, nor any resource but for traces and log deliveries', () => {
    for (const [id] of ofType(built.platform, 'AWS::IAM::Role')) {
      for (const { effect, actions, resources } of statementsOfRole(id, built.platform, [built.data])) {
        expect(effect).toBe('Allow');
        for (const action of actions) {
          expect(action, id).not.toContain('*');
          if (resources.includes('*'))
            expect(action, id).toMatch(/^(xray:|logs:\w*(Delivery|Deliveries|Polic|DescribeLogGroups))/);
        }
      }
    }
  });

  it('lets a key be used through the table or the bucket only', () => {
    const resource = arn('kms', `key/${only(built.data, 'AWS::KMS::Key')}`);
    const request = { action: 'kms:Decrypt', resource };
    const through = (service: string): Request => ({
      ...request,
      context: { 'kms:ViaService': [`${service}.${region}.amazonaws.com`] },
    });
    expect(may(fn('decide'), through('dynamodb'))).toBe(true);
    expect(may(fn('decide'), through('s3'))).toBe(true);
    expect(may(fn('decide'), through('secretsmanager'))).toBe(false);
    expect(may(fn('decide'), request)).toBe(false);
  });
});

describe('the state machines of an agent', () => {
  it('can invoke every version of exactly the skills that the agent was granted', () => {
    const asked = built.project.agents.flatMap((agent) =>
      built.project.skills.flatMap((skill) =>
        ['run', 'burst'].flatMap((kind) =>
          ['7', '6', '1'].map((version) => {
            const resource = `${functionArn(`skill-${skillFolder(skill.id)}`)}:${version}`;
            const allowed = may(machine(`${kind}-${agent.name}`), { action: 'lambda:InvokeFunction', resource });
            return { agent: agent.name, skill: skill.id, kind, version, allowed };
          }),
        ),
      ),
    );
    const granted: Record<string, readonly string[]> = {
      'front-desk': ['RoomBooking:v1', 'RoomBooking:v2', 'Notes:v1'],
      garage: ['CarDesk:v1', 'Notes:v1'],
    };
    expect(Object.keys(granted)).toEqual(built.project.agents.map((agent) => agent.name));
    expect(asked).toHaveLength(2 * 4 * 2 * 3);
    for (const { agent, skill, allowed, ...rest } of asked) {
      expect({ agent, skill, ...rest, allowed }).toEqual({
        agent,
        skill,
        ...rest,
        allowed: granted[agent]?.includes(skill),
      });
    }
  });

  it('cannot invoke a function without naming its version', () => {
    for (const agent of built.project.agents) {
      for (const name of ['decide', ...built.project.skills.map((skill) => `skill-${skill.folder}`)]) {
        for (const kind of ['run', 'burst']) {
          const request = { action: 'lambda:InvokeFunction', resource: functionArn(name) };
          expect(may(machine(`${kind}-${agent.name}`), request)).toBe(false);
        }
      }
    }
  });

  it('invoke no function of the platform but Decide, and that from a burst', () => {
    const request = (name: string): Request => ({
      action: 'lambda:InvokeFunction',
      resource: `${functionArn(name)}:7`,
    });
    for (const agent of built.project.agents) {
      expect(may(machine(`burst-${agent.name}`), request('decide'))).toBe(true);
      expect(may(machine(`run-${agent.name}`), request('decide'))).toBe(false);
      for (const name of ['api', 'inbox', 'sweep', 'token-claims']) {
        expect(may(machine(`burst-${agent.name}`), request(name))).toBe(false);
        expect(may(machine(`run-${agent.name}`), request(name))).toBe(false);
      }
    }
  });

  it('start their own bursts and their own next generation, and nothing of another agent', () => {
    const [a, b] = built.project.agents.map((agent) => agent.name);
    const run = machine(`run-${a}`);
    const start = (action: string, name: string): boolean =>
      may(run, { action: `states:${action}`, resource: machineArn(name) });
    expect(start('StartSyncExecution', `burst-${a}`)).toBe(true);
    expect(start('StartExecution', `run-${a}`)).toBe(true);
    expect(start('StartSyncExecution', `burst-${b}`)).toBe(false);
    expect(start('StartExecution', `run-${b}`)).toBe(false);
    expect(start('StopExecution', `run-${a}`)).toBe(false);
    for (const action of ['StartExecution', 'StartSyncExecution']) {
      expect(may(machine(`burst-${a}`), { action: `states:${action}`, resource: machineArn(`run-${a}`) })).toBe(false);
    }
  });

  it('send to the escalations queue from the run machine, and to no other queue', () => {
    for (const { name } of built.project.agents) {
      const send = (queue: string): Request => ({
        action: 'sqs:SendMessage',
        resource: arn('sqs', `holdfast-${queue}`),
      });
      expect(may(machine(`run-${name}`), send('escalations'))).toBe(true);
      expect(may(machine(`burst-${name}`), send('escalations'))).toBe(false);
      expect(may(machine(`run-${name}`), send('dead-letters'))).toBe(false);
    }
  });

  it('touch neither the table nor the blobs', () => {
    for (const { name } of built.project.agents) {
      for (const kind of ['run', 'burst']) expect(reach(machine(`${kind}-${name}`), ledgerOf('Notes:v1'))).toEqual([]);
    }
  });
});

describe('the function of a skill', () => {
  it('reads and writes its own ledger, of any tenant, and no item of another skill or of a run', () => {
    for (const skill of built.project.skills) {
      for (const other of built.project.skills) {
        expect(reach(skillFn(skill.id), ledgerOf(other.id))).toEqual(skill === other ? ['GetItem', 'PutItem'] : []);
      }
      const foreign = [...runItems(), escalationKey('acme', 'esc-1').PK, idempotencyKey('acme', 'hash').PK];
      for (const partition of foreign) expect(reach(skillFn(skill.id), partition)).toEqual([]);
    }
  });

  it('is not fooled by a version whose number begins like its own', () => {
    expect(reach(skillFn('RoomBooking:v1'), ledgerOf('RoomBooking:v10'))).toEqual([]);
  });

  it('reads its own arguments and results, writes its own results, and deletes nothing', () => {
    const bucket = bucketArn();
    const blobActions = ['GetObject', 'PutObject', 'DeleteObject'];
    const blobs = (skill: string, key: string): string[] =>
      blobActions.filter((action) => may(skillFn(skill), { action: `s3:${action}`, resource: `${bucket}/${key}` }));
    for (const skill of built.project.skills) {
      for (const other of built.project.skills) {
        const own = skill === other;
        expect(blobs(skill.id, argumentsBlobKey('acme', other.id, 'hash'))).toEqual(own ? ['GetObject'] : []);
        expect(blobs(skill.id, resultBlobKey('acme', other.id, 'hash'))).toEqual(own ? ['GetObject', 'PutObject'] : []);
      }
    }
  });

  it('starts no run, wakes none, invokes no function and sends no message', () => {
    const forbidden = [
      { action: 'states:StartExecution', resource: machineArn('run-front-desk') },
      { action: 'states:SendTaskSuccess', resource: machineArn('run-front-desk') },
      { action: 'lambda:InvokeFunction', resource: `${functionArn('skill-notes-v1')}:7` },
      { action: 'sqs:SendMessage', resource: arn('sqs', 'holdfast-escalations') },
    ];
    for (const request of forbidden) expect(may(skillFn('Notes:v1'), request)).toBe(false);
  });
});

describe('the functions of the platform', () => {
  it('let Decide read and write runs and ledgers, open and close inbox items, let go what waits for them, and start nothing', () => {
    for (const partition of runItems()) {
      expect(reach(fn('decide'), partition)).toEqual(['GetItem', 'BatchGetItem', 'PutItem', 'Query']);
    }
    expect(reach(fn('decide'), ledgerOf('Notes:v1'))).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
    expect(reach(fn('decide'), escalationKey('acme', 'esc-1').PK)).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
    for (const { name } of built.project.agents) {
      const resource = machineArn(`run-${name}`);
      expect(may(fn('decide'), { action: 'states:SendTaskSuccess', resource })).toBe(true);
      expect(may(fn('decide'), { action: 'states:StartExecution', resource })).toBe(false);
    }
    const blob = (key: string): string => `${bucketArn()}/${key}`;
    expect(may(fn('decide'), { action: 's3:PutObject', resource: blob(argumentsBlobKey('t', 'Notes:v1', 'h')) })).toBe(
      true,
    );
    expect(may(fn('decide'), { action: 's3:GetObject', resource: blob(resultBlobKey('t', 'Notes:v1', 'h')) })).toBe(
      true,
    );
    expect(may(fn('decide'), { action: 's3:PutObject', resource: blob(resultBlobKey('t', 'Notes:v1', 'h')) })).toBe(
      false,
    );
    // Whoever seals can write no other seal over it unseen: it could not read it back, and its name is its content.
    const seal = blob(sealBlobKey('t', 'run-1', 'h'));
    expect(may(fn('decide'), { action: 's3:PutObject', resource: seal })).toBe(true);
    for (const name of ['decide', 'inbox', 'sweep', 'skill-notes-v1']) {
      expect(may(fn(name), { action: 's3:GetObject', resource: seal }), name).toBe(false);
    }
    for (const name of ['api', 'inbox', 'sweep', 'skill-notes-v1']) {
      expect(may(fn(name), { action: 's3:PutObject', resource: seal }), name).toBe(false);
    }
    expect(may(fn('api'), { action: 's3:GetObject', resource: seal })).toBe(true);
  });

  it('let the API start runs of the agents, wake those that wait, list by the index and never scan', () => {
    for (const { name } of built.project.agents) {
      for (const action of ['states:StartExecution', 'states:SendTaskSuccess']) {
        expect(may(fn('api'), { action, resource: machineArn(`run-${name}`) })).toBe(true);
        expect(may(fn('api'), { action, resource: machineArn(`burst-${name}`) })).toBe(false);
      }
    }
    const index = { resource: `${tableArn()}/index/GSI1`, context: { 'dynamodb:LeadingKeys': ['T#acme#0'] } };
    expect(may(fn('api'), { ...index, action: 'dynamodb:Query' })).toBe(true);
    expect(may(fn('api'), { ...index, action: 'dynamodb:Scan' })).toBe(false);
    for (const partition of runItems()) {
      expect(reach(fn('api'), partition)).toEqual(['GetItem', 'BatchGetItem', 'PutItem', 'Query']);
    }
    for (const partition of [escalationKey('acme', 'esc-1').PK, idempotencyKey('acme', 'hash').PK]) {
      expect(reach(fn('api'), partition)).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
    }
  });

  it('let the API see what runs and tenants have spent, and change nothing of it; no skill sees it', () => {
    for (const partition of [runAccountKey('acme', 'run-1').PK, dayAccountKey('acme', '2026-11-27').PK]) {
      expect(reach(fn('api'), partition)).toEqual(['GetItem', 'BatchGetItem']);
      for (const name of ['decide', 'inbox', 'sweep', 'skill-notes-v1']) expect(reach(fn(name), partition)).toEqual([]);
    }
  });

  it('let the API note in any ledger what a person attests or approves, show what was asked, and touch nothing else of a skill', () => {
    for (const skill of built.project.skills) {
      expect(reach(fn('api'), ledgerOf(skill.id))).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
      const blobs = (key: string): string[] =>
        ['GetObject', 'PutObject', 'DeleteObject'].filter((action) =>
          may(fn('api'), { action: `s3:${action}`, resource: `${bucketArn()}/${key}` }),
        );
      expect(blobs(resultBlobKey('acme', skill.id, 'hash'))).toEqual(['GetObject', 'PutObject']);
      expect(blobs(argumentsBlobKey('acme', skill.id, 'hash'))).toEqual(['GetObject']);
      const resource = `${functionArn(`skill-${skillFolder(skill.id)}`)}:7`;
      expect(may(fn('api'), { action: 'lambda:InvokeFunction', resource })).toBe(false);
    }
  });

  it('let the API show, isolate and close every breaker, Decide see every one, and the inbox and the sweep none', () => {
    for (const breaker of ['room-api', 'nobody', 'model:openai:gpt-5-mini']) {
      const { PK } = breakerKey(breaker);
      expect(reach(fn('api'), PK)).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
      // A step is not moved to what is down as well.
      expect(reach(fn('decide'), PK)).toEqual(['GetItem', 'BatchGetItem']);
      for (const name of ['inbox', 'sweep', 'token-claims']) expect(reach(fn(name), PK), name).toEqual([]);
    }
  });

  it('let the inbox read both queues, and the sweep none', () => {
    for (const queue of ['escalations', 'dead-letters']) {
      const resource = arn('sqs', `holdfast-${queue}`);
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage']) {
        expect(may(fn('inbox'), { action, resource })).toBe(true);
        expect(may(fn('sweep'), { action, resource })).toBe(false);
      }
    }
  });

  it.each(['inbox', 'sweep'])(
    'let the %s write escalations and heads, start runs, and see ledgers; the sweep alone rejects what nobody approved',
    (name) => {
      for (const partition of [escalationKey('acme', 'esc-1').PK, ...runItems()])
        expect(reach(fn(name), partition)).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
      const ofLedgers = ['GetItem', 'BatchGetItem', ...(name === 'sweep' ? ['PutItem'] : [])];
      expect(reach(fn(name), ledgerOf('Notes:v1'))).toEqual(ofLedgers);
      expect(reach(fn(name), idempotencyKey('acme', 'hash').PK)).toEqual([]);
      for (const agent of built.project.agents) {
        for (const action of ['states:StartExecution', 'states:SendTaskSuccess']) {
          expect(may(fn(name), { action, resource: machineArn(`run-${agent.name}`) })).toBe(true);
          expect(may(fn(name), { action, resource: machineArn(`burst-${agent.name}`) })).toBe(false);
        }
      }
      for (const action of ['states:StopExecution', 'states:DescribeExecution'])
        expect(may(fn(name), { action, resource: machineArn('run-garage') })).toBe(false);
    },
  );

  it('let the sweep list what is due and what is open, and nobody else; it lists nothing else and never scans', () => {
    const index = (name: string, partition: string) => ({
      resource: `${tableArn()}/index/${name}`,
      context: { 'dynamodb:LeadingKeys': [partition] },
    });
    const due = index('GSI2', dueIndexPartition(0));
    expect(may(fn('sweep'), { ...due, action: 'dynamodb:Query' })).toBe(true);
    expect(may(fn('sweep'), { ...due, action: 'dynamodb:Scan' })).toBe(false);
    expect(may(fn('sweep'), { ...index('GSI1', 'T#acme#0'), action: 'dynamodb:Query' })).toBe(false);
    const open = index('GSI3', openIndexPartition(0));
    expect(may(fn('sweep'), { ...open, action: 'dynamodb:Query' })).toBe(true);
    for (const name of ['api', 'decide', 'inbox', 'skill-notes-v1']) {
      for (const listed of [due, open])
        expect(may(fn(name), { ...listed, action: 'dynamodb:Query' }), name).toBe(false);
    }
  });

  it('let the function that fills tokens reach nothing at all', () => {
    expect(
      statements(fn('token-claims'))
        .flatMap((statement) => statement.actions)
        .toSorted(),
    ).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
  });
});

/** The bucket of blobs is the versioned one. */
function bucketArn(): string {
  const [[id] = [], ...more] = ofType(built.data, 'AWS::S3::Bucket').filter(
    ([, bucket]) => bucket.Properties['VersioningConfiguration'] !== undefined,
  );
  if (id === undefined || more.length > 0) throw new Error('Expected one versioned bucket.');
  return textOf({ 'Fn::GetAtt': [id, 'Arn'] }, built.data);
}
