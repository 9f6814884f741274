import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { awsPorts } from '../../core/adapters/aws.ts';
import { skillFunctions } from '../../core/authz/catalogue.ts';
import { env } from '../../core/contract/env.ts';
import {
  approvalKey,
  argumentsBlobKey,
  breakerKey,
  dayAccountKey,
  documentPartition,
  escalationKey,
  headKey,
  idempotencyKey,
  ledgerKey,
  planKey,
  requestKey,
  resultBlobKey,
  runAccountKey,
} from '../../core/contract/keys.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import { readProject } from '../../lib/project.ts';
import type { Request } from './policy.ts';
import { roleOf } from './policy.ts';
import { Roles } from './roles.ts';
import type { ProjectSource, Resource, Synthesised } from './synthesised.ts';
import { ownProject, synthesise } from './synthesised.ts';
import { arn, textOf } from './values.ts';

/** Its `boss` may hand on to `worker`, its `heir` extends `boss`, and its `loner` has nothing to do with it. */
const delegatingProject: ProjectSource = {
  directory: join(import.meta.dirname, 'delegating-project'),
  settings: {},
};

let small: Synthesised;
let roles: Roles;
/** The project of this repository, with models. */
let own: Synthesised;
let without: Synthesised;
beforeAll(async () => {
  small = await synthesise(delegatingProject);
  roles = new Roles(small);
  own = await synthesise(ownProject, { models: ['openai:gpt-5-mini'] });
  without = await synthesise();
});

const functionName = 'holdfast-skill-agent-v1';
const delegate = (of = roles): Resource => of.named('skill-agent-v1');
const delegateArn = arn('lambda', `function:${functionName}`);
const invoking = (resource: string): Request => ({ action: 'lambda:InvokeFunction', resource });
const runMachine = (agent: string): string => arn('states', `stateMachine:holdfast-run-${agent}`);
/** The users that may do this, by name. */
const those = (of: Roles, request: Request): string[] =>
  of
    .users()
    .flatMap(([name, user]) => (of.may(user, request) ? [name] : []))
    .toSorted();
/** Agents whose run machines a user may move in that way. */
const agentsFor = (of: Roles, { project }: Synthesised, user: Resource, action: string): string[] =>
  project.agents.flatMap(({ name }) => (of.may(user, { action, resource: runMachine(name) }) ? [name] : [])).toSorted();
const environmentOf = (one: Resource, built: Synthesised): Record<string, string> => {
  const { Variables: variables = {} } = (one.Properties['Environment'] ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, textOf(value, built.platform, [built.data])]),
  );
};
const machinesOf = (...agents: string[]): string[] =>
  agents.flatMap((agent) => [`holdfast-burst-${agent}`, `holdfast-run-${agent}`]).toSorted();

describe('a platform whose agents hand nothing on', () => {
  it('has no function for it, and its Decide starts nothing', () => {
    const bare = new Roles(without);
    expect(bare.users().map(([name]) => name)).not.toContain(functionName);
    expect(agentsFor(bare, without, bare.named('decide'), 'states:StartExecution')).toEqual([]);
    for (const name of ['decide', 'api']) {
      const functions = skillFunctions(environmentOf(bare.named(name), without));
      expect(() => functions.arnOf(agentSkillId), name).toThrow(agentSkillId);
    }
  });
});

describe('the state machines of an agent', () => {
  it('invoke the function when the agent may hand on, by its own grants or by those of one that it extends', () => {
    for (const version of ['7', '1']) {
      expect(those(roles, invoking(`${delegateArn}:${version}`))).toEqual(machinesOf('boss', 'heir'));
    }
    expect(those(roles, invoking(delegateArn))).toEqual([]);
    expect(those(new Roles(own), invoking(`${delegateArn}:7`))).toEqual(machinesOf('reception'));
  });

  it('find it where Decide and the API say that it is', () => {
    for (const built of [small, own]) {
      const of = new Roles(built);
      for (const name of ['decide', 'api']) {
        const found = skillFunctions(environmentOf(of.named(name), built)).arnOf(agentSkillId);
        expect(found, name).toBe(`${delegateArn}:7`);
      }
    }
  });

  it('are not started by those of the agent that hands on: only by the function', () => {
    const start = { action: 'states:StartExecution', resource: runMachine('worker') };
    const others = ['holdfast-api', 'holdfast-inbox', 'holdfast-run-worker', 'holdfast-sweep'];
    expect(those(roles, start)).toEqual([...others, functionName].toSorted());
  });
});

describe('the function that hands on', () => {
  it('is one, with a role that nobody else has', () => {
    const others = roles.users().filter(([name]) => name !== functionName);
    expect(others).toHaveLength(roles.users().length - 1);
    expect(others.map(([, user]) => roleOf(user))).not.toContain(roleOf(delegate()));
  });

  it('starts and releases runs of agents that somebody may hand on to, and of no other', () => {
    for (const action of ['states:StartExecution', 'states:SendTaskSuccess']) {
      expect(agentsFor(roles, small, delegate(), action)).toEqual(['worker']);
      const ofOwn = new Roles(own);
      expect(agentsFor(ofOwn, own, delegate(ofOwn), action)).toEqual(['trip-planner', 'user-admin']);
    }
    const forbidden: Request[] = [
      ...['StopExecution', 'SendTaskFailure', 'StartSyncExecution', 'DescribeExecution'].map((action) => ({
        action: `states:${action}`,
        resource: runMachine('worker'),
      })),
      { action: 'states:StartExecution', resource: arn('states', 'stateMachine:holdfast-burst-worker') },
      invoking(`${delegateArn}:7`),
      { action: 'sqs:SendMessage', resource: arn('sqs', 'holdfast-escalations') },
      { action: 'ses:SendEmail', resource: arn('ses', 'identity/example.com') },
    ];
    for (const request of forbidden) expect(roles.may(delegate(), request), request.action).toBe(false);
  });

  it('begins and cancels runs, keeps its own ledger, and only sees those of skills', () => {
    const reach = (partition: string): string[] => roles.table(delegate(), partition);
    const ref = { tenantId: 'acme', runId: 'run-1', stepId: 's', direction: 'F' } as const;
    const written = [
      ...[headKey('acme', 'run-1').PK, requestKey('acme', 'run-1').PK, escalationKey('acme', 'esc-1').PK],
      ledgerKey({ ...ref, skill: agentSkillId }).PK,
    ];
    for (const partition of written)
      expect(reach(partition), partition).toEqual(['GetItem', 'BatchGetItem', 'PutItem']);
    for (const skill of ['Notes:v1', 'Agent:v10', modelSkillId]) {
      expect(reach(ledgerKey({ ...ref, skill }).PK), skill).toEqual(['GetItem', 'BatchGetItem']);
      expect(reach(approvalKey({ ...ref, skill }, 'b').PK), skill).toEqual(['GetItem', 'BatchGetItem']);
    }
    // Plans are beside the heads, so whoever may write these may write those.
    expect(planKey('acme', 'run-1', 1).PK).toBe(headKey('acme', 'run-1').PK);
  });

  it('sets aside what a run may spend, and touches neither the bill of the day nor anything else in the table', () => {
    expect(roles.table(delegate(), runAccountKey('acme', 'run-1').PK)).toEqual(['GetItem', 'PutItem']);
    const foreign = [
      ...[dayAccountKey('acme', '2026-11-27').PK, breakerKey('hotel-api').PK, idempotencyKey('acme', 'h').PK],
      ...[agentSkillId, 'Notes:v1'].map((id) => documentPartition('acme', id)),
    ];
    for (const partition of foreign) expect(roles.table(delegate(), partition), partition).toEqual([]);
  });

  it('reads what was given to it and what any step has given, writes what it gives itself, and deletes nothing', () => {
    const blobs = (skill: string): string[][] => [
      roles.blob(delegate(), argumentsBlobKey('acme', skill, 'h')),
      roles.blob(delegate(), resultBlobKey('acme', skill, 'h')),
    ];
    expect(blobs(agentSkillId)).toEqual([['GetObject'], ['GetObject', 'PutObject']]);
    expect(blobs('Notes:v1')).toEqual([[], ['GetObject']]);
  });

  it('reads no secret', () => {
    const of = new Roles(own);
    for (const name of ['PAYMENT_API_KEY', 'OPENAI_API_KEY']) {
      expect(of.secret(delegate(of), `holdfast/${name}`)).toEqual([]);
    }
  });

  it('is told all that its ports need, and which agents have models', () => {
    expect(() => awsPorts(environmentOf(delegate(), small))).not.toThrow();
    const of = new Roles(own);
    const told = environmentOf(delegate(of), own);
    expect(() => awsPorts(told)).not.toThrow();
    expect(told[env.models]).toBe('openai:gpt-5-mini');
  });

  it('has the time of its step, and a little more', () => {
    expect(delegate().Properties['Timeout']).toBeGreaterThan(20);
  });
});

describe('Decide', () => {
  it('starts runs of agents that hand on, which it wakes, and of no other', () => {
    expect(agentsFor(roles, small, roles.named('decide'), 'states:StartExecution')).toEqual(['boss', 'heir']);
    const of = new Roles(own);
    expect(agentsFor(of, own, of.named('decide'), 'states:StartExecution')).toEqual(['reception']);
  });
});

describe('a project', () => {
  it('says of each agent to whom it may hand on', async () => {
    const { agents } = await readProject(delegatingProject.directory);
    const handsOn = Object.fromEntries(agents.map(({ name, handsOnTo }) => [name, handsOnTo]));
    expect(handsOn).toEqual({ boss: ['worker'], heir: ['worker'], loner: [], worker: [] });
  });
});
