import type { Scope } from '../contract/api.ts';
import { scopes } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import { name } from '../model/names.ts';

/** Who calls. Everything in it comes from a verified token, nothing from the request. */
export interface Principal {
  readonly tenantId: string;
  /** The `sub` claim, at most 128 characters: it is written into records. */
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
}

const subjectCharacters = 128;

/**
 * The caller behind the claims of a token that somebody has verified. Throws the problem `unauthenticated` when
 * they name no tenant or subject. Scopes that are not ours are ignored.
 */
export function principalOf(claims: Readonly<Record<string, unknown>>): Principal {
  const tenant = name.safeParse(claims['tenant']);
  if (!tenant.success) {
    throw new Problem(
      'unauthenticated',
      "The token's 'tenant' claim is missing or not a tenant name (1 to 40 characters of a-z, 0-9 and -). Get a token that carries it.",
    );
  }
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '') {
    throw new Problem(
      'unauthenticated',
      "The token has no 'sub' claim, which names the caller. Get a token that carries it.",
    );
  }
  return {
    tenantId: tenant.data,
    subject: sub.slice(0, subjectCharacters),
    scopes: new Set(scopes.filter((scope) => scopeWords(claims['scope']).has(scope))),
  };
}

/** Throws the problem `insufficient-scope`. `admin` includes every scope. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope) || principal.scopes.has('admin')) return;
  const given = [...principal.scopes].join(' ') || 'none';
  throw new Problem(
    'insufficient-scope',
    `This needs the scope '${scope}' (or 'admin'); the token's scopes are: ${given}. Get a token with it.`,
  );
}

/** A space-separated text (RFC 8693), or a list; an HTTP API authorizer hands a list on as `[a b]`. */
function scopeWords(claim: unknown): ReadonlySet<string> {
  if (Array.isArray(claim)) return new Set(claim.filter((word) => typeof word === 'string'));
  if (typeof claim !== 'string') return new Set();
  return new Set(claim.replace(/^\[|\]$/g, '').split(/[ ,]+/));
}
