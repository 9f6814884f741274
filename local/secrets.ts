import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSecretsFile } from '../core/adapters/secrets/index.ts';
import { leastSecretCharacters } from '../core/operations/redaction.ts';

export const secretsFileName = 'secrets.json';
const namePattern = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Where the secrets of a data directory are. */
export function secretsFile(dataDirectory: string): string {
  return join(dataDirectory, secretsFileName);
}

/** Names of the secrets of a data directory, sorted. Throws like `readSecretsFile`. */
export async function secretNames(dataDirectory: string): Promise<string[]> {
  return [...(await readSecretsFile(secretsFile(dataDirectory))).keys()].toSorted();
}

/**
 * Writes one secret of a data directory, which is made if need be. The file is replaced as a whole, so that a reader sees
 * the old or the new one. Throws for a name or a value that no secret can have.
 */
export async function setSecret(dataDirectory: string, name: string, value: string): Promise<void> {
  if (!namePattern.test(name)) throw new Error(`'${name}' is no name of a secret; one looks like HOTEL_API_KEY.`);
  if (value.length < leastSecretCharacters) {
    throw new Error(
      `The value has ${value.length} characters. A secret needs ${leastSecretCharacters}: a shorter one could not be kept out of texts without spoiling them.`,
    );
  }
  const file = secretsFile(dataDirectory);
  const values = new Map(await readSecretsFile(file)).set(name, value);
  mkdirSync(dataDirectory, { recursive: true });
  const sorted = [...values].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
