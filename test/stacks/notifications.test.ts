import { readdirSync } from 'node:fs';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { deliveryPorts, notificationsFrom, undeliveredFrom } from '../../core/adapters/delivery.ts';
import { headKey } from '../../core/contract/keys.ts';
import { Roles } from './roles.ts';
import type { Resource, Synthesised, Template } from './synthesised.ts';
import { buildApp, fixtureProject, ofType, synthesise } from './synthesised.ts';
import { arn, textOf } from './values.ts';

const notifications = { topic: true, webhook: { url: 'https://hooks.example.com/T1' } };
let built: Synthesised;
let roles: Roles;
let without: Synthesised;
beforeAll(async () => {
  built = await synthesise(fixtureProject, { notifications });
  roles = new Roles(built);
  without = await synthesise();
});

const environmentOf = (fn: Resource): Record<string, string> => {
  const { Variables: variables = {} } = (fn.Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, textOf(value, built.platform, [built.data])]),
  );
};
const may = (name: string, action: string, resource: string): boolean =>
  roles.may(roles.named(name), { action, resource });

describe('a platform that tells people', () => {
  it('lets the inbox and the sweep put notifications into the queue, and one function take them out', () => {
    const queue = arn('sqs', 'holdfast-notifications');
    for (const name of ['api', 'decide', 'inbox', 'sweep', 'notify']) {
      // The API redrives what could not be delivered.
      expect(may(name, 'sqs:SendMessage', queue), name).toBe(['inbox', 'sweep', 'api'].includes(name));
      expect(may(name, 'sqs:ReceiveMessage', queue), name).toBe(name === 'notify');
    }
    for (const name of ['inbox', 'sweep'])
      expect(notificationsFrom(environmentOf(roles.named(name))), name).toBeDefined();
    expect(notificationsFrom(environmentOf(roles.named('api')))).toBeUndefined();
  });

  it('lets that function publish to its topic, read its secret and reach nothing else', () => {
    expect(may('notify', 'sns:Publish', arn('sns', 'holdfast-notifications'))).toBe(true);
    expect(may('inbox', 'sns:Publish', arn('sns', 'holdfast-notifications'))).toBe(false);
    expect(roles.secret(roles.named('notify'), 'holdfast/WEBHOOK_SECRET')).toEqual(['GetSecretValue']);
    expect(roles.secret(roles.named('notify'), 'holdfast/OTHER')).toEqual([]);
    expect(roles.table(roles.named('notify'), headKey('acme', 'run-1').PK)).toEqual([]);
    expect(deliveryPorts(environmentOf(roles.named('notify')))).toMatchObject({
      webhook: { url: 'https://hooks.example.com/T1', secretName: 'WEBHOOK_SECRET' },
      topic: expect.anything(),
    });
  });

  it('has no finding of cdk-nag', async () => {
    const { app } = await buildApp({ notifications });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  it('refuses an address that is not https', async () => {
    await expect(buildApp({ notifications: { webhook: { url: 'http://hooks.example.com' } } })).rejects.toThrow(
      'notifications.webhook.url is no https address',
    );
  });

  it('is one that was asked for: otherwise there is neither queue, topic nor function', () => {
    const of = new Roles(without);
    expect(() => of.named('notify')).toThrow("nothing that is called 'notify'");
    expect(ofType(without.platform, 'AWS::SNS::Topic')).toEqual([]);
  });
});

describe('messages that nobody could take in', () => {
  it('are given another try by the API, which reads no queue that is being worked on', () => {
    for (const queue of ['escalations', 'dead-letters', 'notifications']) {
      const [live, last] = [arn('sqs', `holdfast-${queue}`), arn('sqs', `holdfast-${queue}-undelivered`)];
      expect(
        ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'].map((one) => may('api', one, live)),
      ).toEqual([true, false, false]);
      expect(
        ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'].map((one) => may('api', one, last)),
      ).toEqual([false, true, true]);
    }
    expect(undeliveredFrom(environmentOf(roles.named('api')))?.names).toEqual([
      'escalations',
      'dead-letters',
      'notifications',
    ]);
  });

  it('end in a queue with an alarm, from whatever source they come', () => {
    const queues = [built.data, built.platform].flatMap((template) =>
      ofType(template, 'AWS::SQS::Queue').map(([id, queue]) => ({ template, id, queue })),
    );
    const watched = [built.data, built.platform].flatMap((template) => alarmed(template));
    const last = queues.filter(({ queue }) => queue.Properties['RedrivePolicy'] === undefined);
    expect(
      last.map(({ queue }) => String(queue.Properties['QueueName'])).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual([
      'holdfast-dead-letters-undelivered',
      'holdfast-escalations-undelivered',
      'holdfast-notifications-undelivered',
      'holdfast-sweep-missed',
    ]);
    expect(watched.toSorted()).toEqual(last.map(({ id }) => id).toSorted());
    const alarms = [built.data, built.platform].flatMap((template) => ofType(template, 'AWS::CloudWatch::Alarm'));
    const named = alarms.map(([, { Properties }]) => {
      const page = String(Properties['AlarmName']).replace('holdfast-', '');
      expect(Properties['AlarmDescription']).toContain(`docs/runbook/${page}.md`);
      return `${page}.md`;
    });
    expect(named.toSorted()).toEqual(readdirSync(new URL('../../docs/runbook', import.meta.url)).toSorted());
    // Whoever reads a queue, is called in the background or is the target of a rule has one of these at its end.
    const targets = JSON.stringify(built.platform.Resources);
    for (const [, rule] of ofType(built.platform, 'AWS::Events::Rule')) {
      for (const target of rule.Properties['Targets'] as Record<string, unknown>[])
        expect(target['DeadLetterConfig'], targets).toBeDefined();
    }
  });
});

describe('an inbox item that nobody answers', () => {
  const alarmOf = ({ platform }: Synthesised) =>
    ofType(platform, 'AWS::CloudWatch::Alarm').find(([, { Properties: alarm }]) => alarm['Namespace'] === 'Holdfast');

  it('rings after 4 hours, or after those that were asked for, by what the sweep counts', async () => {
    expect(alarmOf(built)?.[1].Properties).toMatchObject({
      ...{ AlarmName: 'holdfast-escalation-waits', MetricName: 'OldestOpenEscalationAge', Threshold: 4 * 3_600 },
      ...{ Dimensions: [{ Name: 'service', Value: 'sweep' }], Statistic: 'Maximum', Period: 900 },
      ...{ ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' },
    });
    const half = await synthesise(fixtureProject, { escalationAlarmHours: 0.5 });
    expect(alarmOf(half)?.[1].Properties['Threshold']).toBe(1_800);
    await expect(buildApp({ escalationAlarmHours: 0 })).rejects.toThrow('escalationAlarmHours is 0');
  });
});

/** Logical ids of the queues whose filling rings. */
function alarmed(template: Template): string[] {
  const ofQueues = ofType(template, 'AWS::CloudWatch::Alarm').filter(
    ([, { Properties: alarm }]) => alarm['Namespace'] === 'AWS/SQS',
  );
  return ofQueues.map(([, { Properties: alarm }]) => {
    expect(alarm).toMatchObject({
      ...{ MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1, TreatMissingData: 'notBreaching' },
    });
    const [{ Value: name }] = alarm['Dimensions'] as [{ Value: { 'Fn::GetAtt': [string, string] } }];
    return name['Fn::GetAtt'][0];
  });
}
