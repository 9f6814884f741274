import * as z from 'zod';

/** Where the web console asks how to sign in: an answer of the local platform, a file in the cloud. */
export const consoleConfigPath = '/console/config.json';

/** Sent by the console with that question. A page of another origin cannot send it without asking first. */
export const consoleHeader = { name: 'x-holdfast-console', value: '1' } as const;

/** Where the issuer sends people back to once they have signed in. */
export const consoleSignedInPath = '/signed-in';

export const consoleConfig = z.discriminatedUnion('signIn', [
  /** On a laptop: whoever can open the page may use the platform, with a token that is renewed by asking again. */
  z.strictObject({
    signIn: z.literal('local'),
    /** Of the HTTP API, without a slash at its end; empty for the origin of the page. */
    apiBase: z.string(),
    token: z.string(),
    expiresInSeconds: z.int().positive(),
    tenant: z.string(),
    user: z.string(),
  }),
  /** OpenID Connect, code flow with PKCE. */
  z.strictObject({
    signIn: z.literal('oidc'),
    apiBase: z.string(),
    /** The issuer, under which `.well-known/openid-configuration` is found. */
    authority: z.string(),
    clientId: z.string(),
    /** Asked for besides `openid`, e.g. `holdfast/runs:read`. */
    scopes: z.array(z.string()),
    /** Of issuers that end a session at an address of their own; Cognito: `https://<domain>/logout`. */
    signOutUrl: z.string().optional(),
  }),
]);
export type ConsoleConfig = z.infer<typeof consoleConfig>;

/**
 * Content-Security-Policy of the console: nothing from elsewhere, no script in a page, and connections to itself and to what
 * is named. Fonts are part of the style sheets.
 *
 * @param connect origins of the HTTP API and of the issuer, where they are not the page's own
 */
export function consoleContentPolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
