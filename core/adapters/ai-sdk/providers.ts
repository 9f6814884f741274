import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider';
import { ActionError } from '../../model/failure.ts';
import type { SecretStore } from '../../ports/index.ts';
import type { PromptForm } from './prompt.ts';

export type AwsCredentials = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}>;

export interface ProviderSettings {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly secrets: SecretStore | undefined;
  readonly awsCredentials?: AwsCredentials;
}

/** A model that is ready to be asked, with what messages about it have to know. */
export interface ReadyModel {
  readonly model: LanguageModelV4;
  readonly form: PromptForm;
  readonly providerOptions: SharedV4ProviderOptions;
  /** What a person sets when the provider lets nobody in. */
  readonly keyHint: string;
  /** Whether the server may not know `json_schema`; those that are known to do get it always. */
  readonly mayRefuseSchema: boolean;
  /** Values that no message may show. */
  readonly secretValues: readonly string[];
}

const openAiUrl = 'https://api.openai.com/v1';

const connectors: Readonly<
  Record<string, (id: string, options: ProviderSettings, send: typeof fetch) => Promise<ReadyModel>>
> = { bedrock, anthropic, openai };

export const allowedPrefixes: readonly string[] = Object.keys(connectors);

/**
 * The model that an id names. Only the provider that is asked for is loaded: that of Bedrock alone takes longer than the rest of a cold start.
 * Throws ActionError, not sent: class `bug` for an id that names no provider, `denied` when a key is missing.
 */
export async function connect(model: string, options: ProviderSettings, send: typeof fetch): Promise<ReadyModel> {
  // Ids of Bedrock have colons of their own.
  const colon = model.indexOf(':');
  const [prefix, id] = [model.slice(0, Math.max(colon, 0)), model.slice(colon + 1)];
  const connector = Object.hasOwn(connectors, prefix) ? connectors[prefix] : undefined;
  if (!connector || id === '') {
    throw new ActionError(
      `The model '${model}' names no provider. Write ${allowedPrefixes.map((each) => `'${each}:<id>'`).join(', ')}; 'openai:' is also for whoever speaks like OpenAI at OPENAI_BASE_URL.`,
      { class: 'bug', sendOutcome: 'notSent' },
    );
  }
  return connector(id, options, send);
}

async function openai(id: string, options: ProviderSettings, send: typeof fetch): Promise<ReadyModel> {
  const baseURL = options.settings['OPENAI_BASE_URL'] || openAiUrl;
  const isOpenAi = isHostOf(baseURL, ['api.openai.com', 'openai.azure.com']);
  // A server of one's own often wants no key.
  const key = await keyFor(`openai:${id}`, 'OPENAI_API_KEY', options, !isOpenAi);
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const provider = createOpenAICompatible({
    name: 'openai',
    baseURL,
    supportsStructuredOutputs: true,
    fetch: send,
    ...(key ? { apiKey: key } : {}),
    // OpenAI's newer models refuse the old name; servers that speak like it often know no other.
    ...(isOpenAi ? { transformRequestBody: withNewLimitName } : {}),
  });
  return {
    model: provider(id),
    form: 'joined',
    // Strictly held schemas have no free objects, which arguments of skills are.
    providerOptions: { openai: { strictJsonSchema: false } },
    keyHint: 'OPENAI_API_KEY, and whether it belongs to OPENAI_BASE_URL',
    mayRefuseSchema: true,
    secretValues: key ? [key] : [],
  };
}

function withNewLimitName({ max_tokens: limit, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { ...rest, max_completion_tokens: limit };
}

async function anthropic(id: string, options: ProviderSettings, send: typeof fetch): Promise<ReadyModel> {
  const key = await keyFor(`anthropic:${id}`, 'ANTHROPIC_API_KEY', options, false);
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const baseURL = options.settings['ANTHROPIC_BASE_URL'] || 'https://api.anthropic.com/v1';
  return {
    model: createAnthropic({ apiKey: key, baseURL, fetch: send })(id),
    form: 'blocks',
    providerOptions: {},
    keyHint: 'ANTHROPIC_API_KEY',
    mayRefuseSchema: false,
    secretValues: [key],
  };
}

async function bedrock(id: string, options: ProviderSettings, send: typeof fetch): Promise<ReadyModel> {
  const { settings } = options;
  const region = settings['AWS_REGION'] || settings['AWS_DEFAULT_REGION'];
  if (!region) {
    throw new ActionError(`The model 'bedrock:${id}' needs a region: set AWS_REGION.`, {
      class: 'denied',
      sendOutcome: 'notSent',
    });
  }
  const bearer = settings['AWS_BEARER_TOKEN_BEDROCK'] ?? '';
  const credentials = bearer ? undefined : await awsCredentialsFor(id, options);
  const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
  const baseURL = settings['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'];
  const provider = createAmazonBedrock({
    region,
    // Given even when it is empty: otherwise the provider looks into the environment by itself.
    apiKey: bearer,
    fetch: send,
    ...(baseURL ? { baseURL } : {}),
    ...(credentials ? { credentialProvider: async () => credentials } : {}),
  });
  return {
    model: provider(id),
    form: 'blocks',
    providerOptions: {},
    keyHint: `that the role may call bedrock:InvokeModel on '${id}' in ${region}, and that the account has access to the model`,
    mayRefuseSchema: false,
    secretValues: [bearer, credentials?.secretAccessKey ?? '', credentials?.sessionToken ?? ''].filter(Boolean),
  };
}

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined };

async function awsCredentialsFor(id: string, options: ProviderSettings): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = options.settings;
  try {
    if (!options.awsCredentials && accessKeyId && secretAccessKey) {
      return { accessKeyId, secretAccessKey, sessionToken: options.settings['AWS_SESSION_TOKEN'] };
    }
    const found = await (options.awsCredentials ?? (await sdkChain()))();
    return { ...found, sessionToken: found.sessionToken };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ActionError(
      `The model 'bedrock:${id}' needs AWS credentials, and none were found (${why}): set AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK.`,
      { class: 'denied', sendOutcome: 'notSent' },
    );
  }
}

let chain: Promise<AwsCredentials> | undefined;

/** Profiles, single sign-on, roles of containers and so on, as for every client of the SDK; kept, because it caches. */
function sdkChain(): Promise<AwsCredentials> {
  return (chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) => defaultProvider()));
}

async function keyFor(model: string, name: string, options: ProviderSettings, optional: boolean): Promise<string> {
  const set = options.settings[name];
  if (set !== undefined && (set !== '' || optional)) return wellFormed(set, name);
  let why = '';
  if (options.secrets) {
    let secret: string | undefined;
    try {
      secret = await options.secrets.read(name);
    } catch (error) {
      why = ` (${error instanceof Error ? error.message : String(error)})`;
    }
    if (secret !== undefined) return wellFormed(secret, name);
  }
  if (optional) return '';
  throw new ActionError(
    `The model '${model}' needs a key: set ${name} in the environment, or as a secret with 'holdfast secrets set ${name}'${why}.`,
    { class: 'denied', sendOutcome: 'notSent' },
  );
}

/** The key without the line end that an editor leaves behind. One that no header can carry would be shown by the error about it. */
function wellFormed(key: string, name: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]*$/.test(trimmed)) return trimmed;
  throw new ActionError(`${name} is no key: it has spaces, line ends or letters that no key has. Set it again.`, {
    class: 'denied',
    sendOutcome: 'notSent',
  });
}

function isHostOf(url: string, hosts: readonly string[]): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return hosts.some((each) => host === each || host.endsWith(`.${each}`));
}
