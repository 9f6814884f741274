import { Stack, Validations } from 'aws-cdk-lib';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { buildApp, ownProject } from './synthesised.ts';

describe('cdk-nag and the validation of templates', () => {
  it('find nothing in the stacks that is not acknowledged with a reason', async () => {
    const { app } = await buildApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  it('find nothing new in a platform whose agents ask models of every provider, by id, profile and ARN', async () => {
    const arn = 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123';
    const named = ['amazon.nova-pro-v1:0', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', arn];
    const { app } = await buildApp({
      models: [...named.map((id) => `bedrock:${id}`), 'openai:gpt-5-mini', 'anthropic:claude-sonnet-4-5'],
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  it('find nothing new in a platform whose agents hand parts of their goals on', async () => {
    const { app } = await buildApp({ source: ownProject });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  it('find nothing new in a platform with the console, under the name of CloudFront or a domain of its own', async () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/one';
    for (const domain of [undefined, { name: 'console.example.com', certificateArn }]) {
      const { app } = await buildApp({ console: domain ? { domain } : {} });
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      expect(() => app.synth()).not.toThrow();
    }
  });

  it('would find a queue that answers without TLS, and a property that does not exist', async () => {
    const { app } = await buildApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const stored = app.node.findChild('HoldfastData');
    if (!(stored instanceof Stack)) throw new Error('HoldfastData is not a stack.');
    const careless = new Queue(stored, 'Careless');
    (careless.node.defaultChild as CfnQueue).addPropertyOverride('VisibilityTimout', 30);
    expect(() => app.synth()).toThrow(/VisibilityTimout[^]*AwsSolutions-SQS4|AwsSolutions-SQS4[^]*VisibilityTimout/);
  });
});
