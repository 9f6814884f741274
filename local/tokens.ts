import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { JWK } from 'jose';

/** Issuer and audience of tokens of a local platform. */
export const localIssuer = 'holdfast-local';
export const localAudience = 'holdfast';
export const allScopes = ['runs:read', 'runs:write', 'inbox:read', 'inbox:resolve', 'admin'] as const;

const algorithm = 'RS256';

function keyFile(dataDirectory: string): string {
  return join(dataDirectory, 'token-key.json');
}

/** Makes the signing key of a data directory at its first start. Returns the public key set, as JSON. */
export async function ensureTokenKey(dataDirectory: string): Promise<string> {
  const file = keyFile(dataDirectory);
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    mkdirSync(dataDirectory, { recursive: true });
    writeFileSync(file, JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'local', alg: algorithm }), {
      mode: 0o600,
    });
  }
  const { kty, n, e, kid, alg } = readKey(file);
  return JSON.stringify({ keys: [{ kty, n, e, kid, alg, use: 'sig' }] });
}

/**
 * Signs a token that the platform of this data directory accepts.
 * Throws when no platform was ever started there.
 */
export async function mintLocalToken(options: {
  readonly dataDirectory: string;
  readonly tenantId: string;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
  readonly subject: string;
}): Promise<string> {
  const file = keyFile(options.dataDirectory);
  if (!existsSync(file)) {
    throw new Error(
      `There is no signing key in ${options.dataDirectory}: no platform was started with this data directory. ` +
        'Start one (npm start), name its data directory with --data, or set HOLDFAST_TOKEN.',
    );
  }
  const key = readKey(file);
  return new SignJWT({ tenant: options.tenantId, scope: options.scopes.join(' ') })
    .setProtectedHeader({ alg: algorithm, kid: 'local' })
    .setIssuer(localIssuer)
    .setAudience(localAudience)
    .setSubject(options.subject)
    .setIssuedAt()
    .setExpirationTime(`${options.expiresInSeconds} s`)
    .sign(await importJWK(key, algorithm));
}

function readKey(file: string): JWK {
  return JSON.parse(readFileSync(file, 'utf8')) as JWK;
}
