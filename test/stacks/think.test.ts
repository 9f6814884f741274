import { beforeAll, describe, expect, it } from 'vitest';
import { awsExecutePorts } from '../../core/adapters/aws.ts';
import { skillFunctions } from '../../core/authz/catalogue.ts';
import {
  argumentsBlobKey,
  breakerKey,
  dayAccountKey,
  documentPartition,
  escalationKey,
  headKey,
  idempotencyKey,
  ledgerKey,
  planKey,
  resultBlobKey,
  runAccountKey,
} from '../../core/contract/keys.ts';
import { env } from '../../core/contract/env.ts';
import { tenantDayBudgetFromEnv } from '../../core/contract/tenant-day-budget.ts';
import { modelPrices } from '../../core/model/model-prices.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import type { Request } from './policy.ts';
import { roleOf } from './policy.ts';
import { Roles } from './roles.ts';
import type { AppOptions, Resource, Synthesised } from './synthesised.ts';
import { buildApp, fixtureProject, synthesise } from './synthesised.ts';
import { account, arn, region, textOf } from './values.ts';

const profileArn = `arn:aws:bedrock:${region}:${account}:application-inference-profile/abc123`;
const platformModels = [
  ...['bedrock:amazon.nova-pro-v1:0', 'bedrock:eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ...[`bedrock:${profileArn}`, 'openai:gpt-5-mini'],
];

/** Every agent asks the models of the platform. */
let common: Synthesised;
let roles: Roles;
/** The platform has none; one agent has its own. */
let single: Synthesised;
let without: Synthesised;
beforeAll(async () => {
  common = await synthesise(fixtureProject, { models: platformModels });
  roles = new Roles(common);
  single = await synthesise(fixtureProject, { ownModels: { garage: ['anthropic:claude-sonnet-4-5'] } });
  without = await synthesise();
});

const think = (of = roles): Resource => of.named('skill-model-v1');
const others = (of = roles): [string, Resource][] => of.users().filter(([name]) => name !== 'holdfast-skill-model-v1');
const environmentOf = (one: Resource, built: Synthesised): Record<string, string> => {
  const { Variables: variables = {} } = (one.Properties['Environment'] ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, textOf(value, built.platform, [built.data])]),
  );
};
const foundation = (model: string, inRegion = region): string =>
  `arn:aws:bedrock:${inRegion}::foundation-model/${model}`;
const asking = (resource: string, profile?: string): Request => ({
  action: 'bedrock:InvokeModel',
  resource,
  ...(profile === undefined ? {} : { context: { 'bedrock:InferenceProfileArn': [profile] } }),
});
const claude = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const systemProfile = arn('bedrock', `inference-profile/eu.${claude}`);

describe('a platform without models', () => {
  it('has no function of model steps, and nobody who may ask one or pay for it', () => {
    const bare = new Roles(without);
    expect(bare.users().map(([name]) => name)).not.toContain('holdfast-skill-model-v1');
    for (const [name, user] of bare.users()) {
      expect(bare.may(user, asking(foundation('amazon.nova-pro-v1:0'))), name).toBe(false);
      expect(bare.table(user, runAccountKey('acme', 'run-1').PK), name).not.toContain('PutItem');
    }
    const decide = environmentOf(bare.named('decide'), without);
    expect(decide).not.toHaveProperty(env.models);
    expect(() => skillFunctions(decide).arnOf(modelSkillId)).toThrow(modelSkillId);
  });
});

describe('the function of model steps', () => {
  it('is one, with a role that nobody else has', () => {
    expect(others()).toHaveLength(roles.users().length - 1);
    expect(others().map(([, user]) => roleOf(user))).not.toContain(roleOf(think()));
  });

  it('is told all that its ports need, and the models of the platform, as are those who plan with them', () => {
    expect(() => awsExecutePorts(environmentOf(think(), common))).not.toThrow();
    for (const name of ['skill-model-v1', 'decide', 'api']) {
      expect(environmentOf(roles.named(name), common)[env.models], name).toBe(platformModels.join(','));
    }
  });

  it('is told the budgets and prices of the deployment, which are refused before it is deployed when they are wrong', async () => {
    const models = ['openai:own'];
    const price = { models, input: 1, output: 2, pricedOn: '2026-11-01', source: 'my contract' };
    const openAiBaseUrl = 'https://models.example.com/v1';
    const thinking = { tenantDayBudget: { usd: 25 }, modelPrices: [price], openAiBaseUrl };
    const built = await synthesise(fixtureProject, { models, thinking });
    const told = environmentOf(think(new Roles(built)), built);
    expect(tenantDayBudgetFromEnv(told)).toEqual({ usdMicros: 25_000_000 });
    expect(modelPrices(told[env.modelPrices]).own).toEqual([price]);
    expect(told['OPENAI_BASE_URL']).toBe(openAiBaseUrl);
    const wrong: [AppOptions, string][] = [
      [{ models, thinking: { tenantDayBudget: { usd: -1 } } }, 'HOLDFAST_TENANT_DAY_BUDGET is wrong'],
      [{ models, thinking: { modelPrices: [{ ...price, input: -1 }] } }, 'HOLDFAST_MODEL_PRICES is not usable'],
      [{ models: ['gpt-5-mini'] }, "names 'gpt-5-mini', which is no model"],
    ];
    for (const [options, said] of wrong) await expect(buildApp(options)).rejects.toThrow(said);
  });

  it('has the time of the longest model step, and a little more', () => {
    expect(think().Properties['Timeout']).toBeGreaterThan(120);
  });

  it('keeps its own ledger and blobs, and sees nothing of skills, runs and escalations', () => {
    const reach = (skill: string): string[] => [
      ...roles.table(think(), ledgerKey({ tenantId: 'acme', skill, runId: 'r', stepId: 's', direction: 'F' }).PK),
      ...roles.blob(think(), argumentsBlobKey('acme', skill, 'h')),
      ...roles.blob(think(), resultBlobKey('acme', skill, 'h')),
    ];
    expect(reach(modelSkillId)).toEqual(['GetItem', 'PutItem', 'GetObject', 'GetObject', 'PutObject']);
    for (const { id } of common.project.skills) expect(reach(id), id).toEqual([]);
    const foreign = [
      ...[headKey('acme', 'r').PK, planKey('acme', 'r', 1).PK, escalationKey('acme', 'esc-1').PK],
      ...[idempotencyKey('acme', 'h').PK, ...[modelSkillId, 'Notes:v1'].map((id) => documentPartition('acme', id))],
    ];
    for (const partition of foreign) expect(roles.table(think(), partition), partition).toEqual([]);
  });

  it('shares the breakers of all models, and sees those of what skills depend on; no skill sees that of a model', () => {
    for (const breaker of ['model:openai:gpt-5-mini', 'room-api']) {
      expect(roles.table(think(), breakerKey(breaker).PK)).toEqual(['GetItem', 'PutItem']);
    }
    const { PK } = breakerKey('model:openai:gpt-5-mini');
    // A person isolates and closes them through the API; Decide sees whether an alternative is down.
    const reads = ['GetItem', 'BatchGetItem'];
    const allowed = new Map([
      ['holdfast-api', [...reads, 'PutItem']],
      ['holdfast-decide', reads],
    ]);
    for (const [name, user] of others()) expect(roles.table(user, PK), name).toEqual(allowed.get(name) ?? []);
  });

  it('alone writes what is spent', () => {
    const partitions = [runAccountKey('acme', 'run-1').PK, dayAccountKey('acme', '2026-11-27').PK];
    for (const partition of partitions) {
      expect(roles.table(think(), partition)).toEqual(['GetItem', 'PutItem']);
      for (const [name, user] of others()) expect(roles.table(user, partition), name).not.toContain('PutItem');
    }
  });

  it('starts no run, wakes none, invokes no function, and sends neither messages nor mails', () => {
    const forbidden: Request[] = [
      { action: 'states:StartExecution', resource: arn('states', 'stateMachine:holdfast-run-garage') },
      { action: 'states:SendTaskSuccess', resource: arn('states', 'stateMachine:holdfast-run-garage') },
      { action: 'lambda:InvokeFunction', resource: `${arn('lambda', 'function:holdfast-skill-notes-v1')}:7` },
      { action: 'sqs:SendMessage', resource: arn('sqs', 'holdfast-escalations') },
      { action: 'ses:SendEmail', resource: arn('ses', 'identity/example.com') },
    ];
    for (const request of forbidden) expect(roles.may(think(), request), request.action).toBe(false);
  });
});

describe('models of Bedrock', () => {
  it('are asked by this function when they are named, those behind a profile in every region, and by no other', () => {
    const allowed = [
      asking(foundation('amazon.nova-pro-v1:0')),
      asking(systemProfile),
      ...['eu-west-1', 'eu-central-1', ''].map((one) => asking(foundation(claude, one))),
      asking(profileArn),
      asking(foundation('meta.llama4-scout-17b-instruct-v1:0', 'eu-north-1'), profileArn),
    ];
    for (const request of allowed) {
      expect(roles.may(think(), request), request.resource).toBe(true);
      for (const [name, user] of others()) expect(roles.may(user, request), name).toBe(false);
    }
  });

  it('are not asked when they are not named, nor streamed, nor changed', () => {
    const forbidden = [
      asking(foundation('amazon.nova-pro-v1:01')),
      asking(foundation('meta.llama4-scout-17b-instruct-v1:0')),
      asking(foundation('meta.llama4-scout-17b-instruct-v1:0'), `${profileArn}4`),
      asking(arn('bedrock', `inference-profile/us.${claude}`)),
      ...['InvokeModelWithResponseStream', 'InvokeModelWithBidirectionalStream', 'CreateInferenceProfile'].map(
        (action) => ({ action: `bedrock:${action}`, resource: foundation(claude) }),
      ),
    ];
    for (const request of forbidden) expect(roles.may(think(), request), JSON.stringify(request)).toBe(false);
  });

  it('are not allowed where only models of other providers are named', () => {
    const other = new Roles(single);
    expect(other.may(think(other), asking(foundation(claude)))).toBe(false);
  });
});

describe('keys of providers', () => {
  it('are read by this function, for the providers that are named, and by no other', () => {
    const cases = [
      { of: roles, own: 'OPENAI_API_KEY', foreign: 'ANTHROPIC_API_KEY' },
      { of: new Roles(single), own: 'ANTHROPIC_API_KEY', foreign: 'OPENAI_API_KEY' },
    ];
    for (const { of, own, foreign } of cases) {
      expect(of.secret(think(of), `holdfast/${own}`)).toEqual(['GetSecretValue']);
      for (const name of [`holdfast/${foreign}`, `holdfast/${own}S`, own, 'holdfast/ROOM_API_KEY']) {
        expect(of.secret(think(of), name), name).toEqual([]);
      }
      for (const [name, user] of others(of)) expect(of.secret(user, `holdfast/${own}`), name).toEqual([]);
    }
  });

  it('are none where only models of Bedrock are named', async () => {
    const bedrock = new Roles(await synthesise(fixtureProject, { models: ['bedrock:amazon.nova-pro-v1:0'] }));
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'ROOM_API_KEY']) {
      expect(bedrock.secret(think(bedrock), `holdfast/${name}`)).toEqual([]);
    }
  });
});

describe('the state machines of an agent', () => {
  const invoking = (resource: string): Request => ({ action: 'lambda:InvokeFunction', resource });
  const thinkArn = arn('lambda', 'function:holdfast-skill-model-v1');
  /** Names of the machines and functions that may invoke some version of the function. */
  const invokers = (of: Roles, version = '7'): string[] =>
    of.users().flatMap(([name, user]) => (of.may(user, invoking(`${thinkArn}:${version}`)) ? [name] : []));
  const machinesOf = (...agents: string[]): string[] =>
    agents.flatMap((agent) => [`holdfast-burst-${agent}`, `holdfast-run-${agent}`]).toSorted();

  it('invoke every version of it when the agent has models: those of the platform, or its own', () => {
    for (const version of ['7', '1']) {
      expect(invokers(roles, version).toSorted()).toEqual(machinesOf('front-desk', 'garage'));
      expect(invokers(new Roles(single), version).toSorted()).toEqual(machinesOf('garage'));
    }
  });

  it('do not when the agent wants none, whatever the platform has', async () => {
    const built = await synthesise(fixtureProject, { models: platformModels, ownModels: { garage: [] } });
    expect(invokers(new Roles(built)).toSorted()).toEqual(machinesOf('front-desk'));
  });

  it('do not invoke it without naming its version', () => {
    for (const [name, user] of roles.users()) expect(roles.may(user, invoking(thinkArn)), name).toBe(false);
  });

  it('find it where Decide and the API say that it is', () => {
    for (const built of [common, single]) {
      const of = new Roles(built);
      for (const name of ['decide', 'api']) {
        const found = skillFunctions(environmentOf(of.named(name), built)).arnOf(modelSkillId);
        expect(found).toBe(`${thinkArn}:7`);
        expect(of.may(of.named('burst-garage'), invoking(found))).toBe(true);
      }
    }
  });
});
