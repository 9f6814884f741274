import type { JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { principalOf } from '../../core/authz/principal.ts';
import { env } from '../../core/contract/env.ts';
import { Problem } from '../../core/contract/problems.ts';
import type { Authenticate } from './calls.ts';

/**
 * Verifies the bearer token of each request itself: RS256, issuer, audience and expiry, by the keys that the
 * environment names. For where no authorizer stands in front. Throws when a name is missing or the keys are not a key set.
 */
export function tokenAuthentication(environment: Readonly<Record<string, string | undefined>>): Authenticate {
  const issuer = needed(environment, env.tokenIssuer);
  const audience = needed(environment, env.tokenAudience);
  const keys = keySet(needed(environment, env.tokenKeys));
  return async (request) => {
    const token = /^Bearer +([^\s]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (token === undefined) {
      throw new Problem(
        'unauthenticated',
        "There is no bearer token. Send 'Authorization: Bearer <token>'; locally, 'holdfast token' mints one.",
      );
    }
    try {
      const verified = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp'],
      });
      return principalOf(verified.payload);
    } catch (error) {
      throw refusal(error);
    }
  };
}

/** The claims that the JWT authorizer of the HTTP API has verified before the function was called. */
export const authorizerAuthentication: Authenticate = async (_request, platform) => {
  const claims = member(member(member(member(platform, 'requestContext'), 'authorizer'), 'jwt'), 'claims');
  if (typeof claims === 'object' && claims !== null) return principalOf({ ...claims });
  throw new Problem(
    'unauthenticated',
    'No authorizer has verified a token for this call. Call the API through its front door, with a bearer token.',
  );
};

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function refusal(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  // Our key set could not be had: not the caller's fault.
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return error;
  const detail = `The token is not accepted: ${error.message}. Get a new one from the issuer; locally, 'holdfast token' mints one.`;
  return new Problem('unauthenticated', detail, { cause: error });
}

function needed(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`${name} is not set; the API needs it to verify tokens.`);
  return value;
}

function keySet(keys: string): JWTVerifyGetKey {
  if (keys.startsWith('https://')) return createRemoteJWKSet(new URL(keys));
  try {
    return createLocalJWKSet(JSON.parse(keys));
  } catch (cause) {
    throw new Error(`${env.tokenKeys} must be a JSON Web Key Set or an https address of one.`, { cause });
  }
}
