import { env } from '../../contract/env.ts';
import type { Clock, SecretStore } from '../../ports/index.ts';
import { SecretsManagerStore } from './aws-secrets.ts';
import { FileSecretStore } from './secrets-file.ts';

/** Secrets Manager, unless the environment names a file: on a laptop. What is missing is told when it is used. */
export function secretStore(environment: Readonly<Record<string, string | undefined>>, clock: Clock): SecretStore {
  const file = environment[env.secretsFile];
  if (file) return new FileSecretStore(file);
  return new SecretsManagerStore({ prefix: environment[env.secretsPrefix] || undefined, clock });
}
