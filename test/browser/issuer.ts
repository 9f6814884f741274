import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';

const clientId = 'console';
/** Renewal is due a minute before: each of its tokens is renewed at once. */
const tokenSeconds = 61;

export interface Issuer {
  readonly origin: string;
  readonly clientId: string;
  /** How often each grant was given a token. */
  readonly granted: Record<'authorization_code' | 'refresh_token', number>;
  stop(): void;
}

interface Asked {
  readonly challenge: string;
  readonly redirectUri: string;
}

/**
 * An OpenID Connect issuer (code flow with PKCE, RFC 7636, and refresh tokens) whose one user signs in by pressing a button.
 *
 * @param mint an access token that the API takes
 */
export async function startIssuer(mint: () => Promise<string>): Promise<Issuer> {
  const codes = new Map<string, Asked>();
  const refreshTokens = new Set<string>();
  const granted = { authorization_code: 0, refresh_token: 0 };
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    response.setHeader('access-control-allow-origin', '*');
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(response, {
          ...{ issuer: origin, authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` },
          ...{ end_session_endpoint: `${origin}/logout`, jwks_uri: `${origin}/jwks` },
        });
      case '/authorize': {
        const asked = Object.fromEntries(searchParams);
        if (asked['client_id'] !== clientId || asked['code_challenge_method'] !== 'S256')
          return json(response, {}, 400);
        const code = randomUUID();
        const redirectUri = asked['redirect_uri'] ?? '';
        codes.set(code, { challenge: asked['code_challenge'] ?? '', redirectUri });
        const back = `${redirectUri}?${new URLSearchParams({ code, state: asked['state'] ?? '' }).toString()}`;
        response.setHeader('content-type', 'text/html');
        response.end(`<title>Sign in</title><a href="${back.replaceAll('&', '&amp;')}">Sign in as Ada</a>`);
        return;
      }
      case '/token':
        return giveToken(new URLSearchParams(await text(request)), response);
      case '/logout':
        response.setHeader('content-type', 'text/html');
        response.end('<title>Signed out</title>Signed out');
        return;
      default:
        return json(response, {}, 404);
    }
  }

  async function giveToken(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const grant = form.get('grant_type');
    if (grant === 'authorization_code') {
      const code = form.get('code') ?? '';
      const asked = codes.get(code);
      codes.delete(code);
      const proof = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (!asked || asked.challenge !== proof || asked.redirectUri !== form.get('redirect_uri'))
        return json(response, { error: 'invalid_grant' }, 400);
    } else if (grant === 'refresh_token') {
      if (!refreshTokens.delete(form.get('refresh_token') ?? ''))
        return json(response, { error: 'invalid_grant' }, 400);
    } else return json(response, { error: 'unsupported_grant_type' }, 400);
    granted[grant] += 1;
    const refreshToken = randomUUID();
    refreshTokens.add(refreshToken);
    const idToken = await new SignJWT({ email: 'ada@example.com', tenant: 'default' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(origin)
      .setAudience(clientId)
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(new TextEncoder().encode('known to this issuer alone, long enough'));
    json(response, {
      ...{ access_token: await mint(), token_type: 'Bearer', expires_in: tokenSeconds },
      ...{ id_token: idToken, refresh_token: refreshToken },
    });
  }

  return { origin, clientId, granted, stop: () => server.close() };
}

function json(response: ServerResponse, content: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
