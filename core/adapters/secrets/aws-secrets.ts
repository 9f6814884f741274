import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock, SecretStore } from '../../ports/index.ts';

/** A value that was changed is seen after this long at the latest. */
const keptMs = 5 * 60_000;
const giveUpMs = 3_000;

interface Kept {
  readonly value: Promise<string>;
  readonly untilMs: number;
}

/** The secrets of the cloud: `<prefix>/<NAME>` in AWS Secrets Manager, as plain texts. */
export class SecretsManagerStore implements SecretStore {
  readonly #prefix: string | undefined;
  readonly #clock: Clock;
  readonly #connect: () => Promise<Pick<SecretsManagerClient, 'send'>>;
  readonly #kept = new Map<string, Kept>();

  /** @param options.connect called at the first use: most functions read no secret, and loading a client takes time */
  constructor(options: {
    readonly prefix: string | undefined;
    readonly clock: Clock;
    readonly connect?: () => Promise<Pick<SecretsManagerClient, 'send'>>;
  }) {
    this.#prefix = options.prefix;
    this.#clock = options.clock;
    this.#connect = onlyOnce(options.connect ?? createClient);
  }

  read(name: string): Promise<string> {
    const nowMs = this.#clock.now();
    const kept = this.#kept.get(name);
    if (kept && nowMs < kept.untilMs) return kept.value;
    const value = this.#fetch(name);
    this.#kept.set(name, { value, untilMs: nowMs + keptMs });
    // What could not be read is asked for again.
    value.catch(() => this.#kept.get(name)?.value === value && this.#kept.delete(name));
    return value;
  }

  async #fetch(name: string): Promise<string> {
    if (this.#prefix === undefined) {
      throw new Error(
        `The secret '${name}' cannot be read: this function was given no secrets. Declare it in the skill's 'secrets' and deploy again.`,
      );
    }
    const id = `${this.#prefix}/${name}`;
    const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const client = await this.#connect();
    let value: string | undefined;
    try {
      ({ SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId: id })));
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(
        `The secret '${id}' cannot be read from Secrets Manager (${why}). Is it there, in this region and account, and may this function read it?`,
        { cause: error },
      );
    }
    if (value !== undefined) return value;
    throw new Error(`The secret '${id}' holds no text. Store it as a plain SecretString.`);
  }
}

async function createClient(): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: giveUpMs, throwOnRequestTimeout: true },
  });
}

function onlyOnce<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
