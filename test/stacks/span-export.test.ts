import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, expect, it } from 'vitest';
import { headKey, idempotencyKey, ledgerKey, noteKey, planKey } from '../../core/contract/keys.ts';
import { Roles } from './roles.ts';
import { buildApp, fixtureProject, ofType, synthesise } from './synthesised.ts';
import type { Synthesised } from './synthesised.ts';
import { arn } from './values.ts';

const spans = { endpoint: 'https://collector.example.com:4318', headersSecret: 'COLLECTOR' };
let built: Synthesised;
let roles: Roles;
beforeAll(async () => {
  built = await synthesise(fixtureProject, { spans });
  roles = new Roles(built);
});

it('lets one function read what traces are made of, the queue of ended runs and its own secret, and nothing else', () => {
  const exporter = roles.named('export-spans');
  const reads = ['BatchGetItem', 'GetItem', 'Query'];
  for (const key of [headKey('acme', 'run-1'), planKey('acme', 'run-1', 1), noteKey('acme', 'run-1', 1, 1)]) {
    expect(roles.table(exporter, key.PK).toSorted()).toEqual(reads);
  }
  const ledger = { tenantId: 'acme', skill: 'Notes:v1', runId: 'run-1', stepId: 'a', direction: 'F' } as const;
  expect(roles.table(exporter, ledgerKey(ledger).PK).toSorted()).toEqual(['BatchGetItem', 'GetItem']);
  expect(roles.table(exporter, idempotencyKey('acme', 'hash').PK)).toEqual([]);
  expect(roles.secret(exporter, 'holdfast/COLLECTOR')).toEqual(['GetSecretValue']);
  expect(roles.secret(exporter, 'holdfast/OTHER')).toEqual([]);
  const queue = arn('sqs', 'holdfast-ended-runs');
  for (const name of ['decide', 'inbox', 'sweep', 'export-spans']) {
    const user = roles.named(name);
    expect(roles.may(user, { action: 'sqs:ReceiveMessage', resource: queue }), name).toBe(name === 'export-spans');
  }
});

it('is told of every end of an execution of a run by a rule, and has no part in the run', () => {
  const rules = ofType(built.platform, 'AWS::Events::Rule').map(([, rule]) => JSON.stringify(rule.Properties));
  expect(rules.filter((rule) => rule.includes('SUCCEEDED') && rule.includes('ABORTED'))).toHaveLength(1);
});

it('has no finding of cdk-nag', async () => {
  const { app } = await buildApp({ spans });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});

it('refuses an address that is not https, and is there only where it was asked for', async () => {
  await expect(buildApp({ spans: { endpoint: 'http://collector.example.com' } })).rejects.toThrow(
    'spans.endpoint is no https address',
  );
  const without = new Roles(await synthesise());
  expect(() => without.named('export-spans')).toThrow("nothing that is called 'export-spans'");
});
