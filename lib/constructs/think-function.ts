import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { env } from '../../core/contract/env.ts';
import { tenantDayBudgetFromEnv } from '../../core/contract/tenant-day-budget.ts';
import { modelPrices } from '../../core/model/model-prices.ts';
import type { ModelPrice } from '../../core/model/model-prices.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import { skillFolder } from '../../core/model/names.ts';
import { acknowledgePatterns } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';

/** How models are asked and paid for. */
export interface ThinkSettings {
  /** What each tenant may spend on models in a day (UTC). @default no limit */
  readonly tenantDayBudget?: { readonly usd?: number; readonly tokens?: number };
  /** Prices that count before those that this version knows. @default none */
  readonly modelPrices?: readonly ModelPrice[];
  /** Address of a server that speaks like OpenAI, for the models that begin with `openai:`. @default OpenAI's own */
  readonly openAiBaseUrl?: string;
}

export interface ThinkFunctionProps {
  readonly names: ResourceNames;
  readonly bundleDir: string;
  /** Every model that an agent may be spoken for by: `bedrock:…`, `anthropic:…`, `openai:…`. */
  readonly models: readonly string[];
  readonly settings: ThinkSettings;
  readonly environment: Readonly<Record<string, string>>;
}

/** Longest model step, and what lies around it. */
const thinkSeconds = 135;

/** Secrets that hold the keys of providers which do not take AWS credentials. */
const keyOf: Readonly<Record<string, string>> = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY' };

/** The function of model steps. It may ask the models that agents name, and reads the keys of their providers only. */
export class ThinkFunction extends BundledFunction {
  constructor(scope: Construct, id: string, props: ThinkFunctionProps) {
    const { names, bundleDir, models } = props;
    super(scope, id, {
      functionName: names.skillFunction(skillFolder(modelSkillId)),
      description: 'Asks language models',
      bundleDir,
      bundle: 'think',
      timeoutSeconds: thinkSeconds,
      environment: {
        ...props.environment,
        ...environmentOf(props.settings),
        [env.secretsPrefix]: names.secretsPrefix,
      },
    });
    const providers = new Set(models.map((model) => model.split(':')[0] ?? ''));
    const keys = [...providers].flatMap((provider) => keyOf[provider] ?? []);
    if (keys.length > 0) {
      const resources = keys.map((name) =>
        Stack.of(this).formatArn({
          service: 'secretsmanager',
          resource: 'secret',
          resourceName: `${names.secretsPrefix}/${name}-??????`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      );
      this.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
    }
    const bedrock = models.flatMap((model) => (model.startsWith('bedrock:') ? [model.slice('bedrock:'.length)] : []));
    if (bedrock.length > 0) this.#allowBedrock(bedrock);
  }

  /**
   * A cross-region profile (`us.anthropic.…`) asks the model behind it in other regions, which needs to be allowed too.
   * Which model is behind a profile that is named by its ARN is not known here, so that is allowed through the profile only.
   */
  #allowBedrock(ids: readonly string[]): void {
    const { partition, account } = Stack.of(this);
    const profileArns = ids.filter((id) => id.startsWith('arn:') && id.includes('inference-profile/'));
    const resources = ids.flatMap((id) => {
      if (id.startsWith('arn:')) return [id];
      const model = id.replace(/^(?:us|eu|apac|jp|au|global|us-gov)\./, '');
      const foundation = `arn:${partition}:bedrock:*::foundation-model/${model}`;
      return model === id
        ? [foundation]
        : [foundation, `arn:${partition}:bedrock:*:${account}:inference-profile/${id}`];
    });
    this.addToRolePolicy(new PolicyStatement({ actions: ['bedrock:InvokeModel'], resources }));
    acknowledgePatterns(this.ownRole, resources, 'The models are named; a profile chooses the region.');
    if (profileArns.length === 0) return;
    const anyModel = `arn:${partition}:bedrock:*::foundation-model/*`;
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['bedrock:InvokeModel'],
        resources: [anyModel],
        conditions: { StringEquals: { 'bedrock:InferenceProfileArn': profileArns } },
      }),
    );
    acknowledgePatterns(this.ownRole, [anyModel], 'Only through the profiles that are named.');
  }
}

/** Throws for a budget or a price that the function would not take. */
function environmentOf({ tenantDayBudget, modelPrices: prices, openAiBaseUrl }: ThinkSettings): Record<string, string> {
  const environment = {
    ...(tenantDayBudget ? { [env.tenantDayBudget]: JSON.stringify(tenantDayBudget) } : {}),
    ...(prices ? { [env.modelPrices]: JSON.stringify(prices) } : {}),
    ...(openAiBaseUrl === undefined ? {} : { OPENAI_BASE_URL: openAiBaseUrl }),
  };
  tenantDayBudgetFromEnv(environment);
  modelPrices(environment[env.modelPrices]);
  return environment;
}
