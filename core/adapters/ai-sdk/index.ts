import type { ModelClient, SecretStore } from '../../ports/index.ts';
import { AiSdkModelClient } from './model-client.ts';
import type { AwsCredentials } from './providers.ts';

export { allowedPrefixes } from './providers.ts';
export type { AwsCredentials } from './providers.ts';

/**
 * Language models of Bedrock, Anthropic, OpenAI and whoever speaks like OpenAI.
 *
 * @param options.settings OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, AWS_REGION, the AWS
 *   credentials and AWS_ENDPOINT_URL_BEDROCK_RUNTIME: usually the environment. A key that is set to nothing means
 *   that the server wants none.
 * @param options.secrets where a key is that the settings do not hold, under the same name
 * @param options.awsCredentials who signs for Bedrock, instead of what the settings or the SDK's chain say
 */
export function createModelClient(options: {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly secrets: SecretStore | undefined;
  readonly fetch?: typeof fetch;
  readonly awsCredentials?: AwsCredentials;
}): ModelClient {
  return new AiSdkModelClient({ ...options, fetch: options.fetch ?? fetch });
}
