import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { User } from 'oidc-client-ts';
import type { ConsoleConfig, consoleSignedInPath } from '../../core/contract/console-config.ts';
import { ApiFailure } from '../api/api-failure.ts';
import type { Session } from './session.ts';

type OidcConfig = Extract<ConsoleConfig, { signIn: 'oidc' }>;

const signedInPath: typeof consoleSignedInPath = '/signed-in';
const renewBeforeSeconds = 60;

/** Signs in by OpenID Connect's code flow with PKCE. Nothing outlives the tab. */
export async function openOidcSession(config: OidcConfig): Promise<Session> {
  const { origin } = window.location;
  const users = new UserManager({
    authority: config.authority,
    client_id: config.clientId,
    redirect_uri: `${origin}${signedInPath}`,
    response_type: 'code',
    scope: ['openid', ...config.scopes].join(' '),
    userStore: new WebStorageStateStore({ store: window.sessionStorage }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    automaticSilentRenew: false,
    loadUserInfo: false,
  });
  const user = (await returned(users)) ?? (await users.getUser()) ?? undefined;
  if (user === undefined || (user.expired === true && user.refresh_token === undefined)) return leaveToSignIn(users);
  return sessionOf(users, user, config, origin);
}

/** Who has just come back from the issuer; the address is set back to what was open before. */
async function returned(users: UserManager): Promise<User | undefined> {
  if (window.location.pathname !== signedInPath) return undefined;
  const user = await users.signinRedirectCallback();
  const before = typeof user.state === 'string' && /^\/(?![/\\])/.test(user.state) ? user.state : '/';
  window.history.replaceState(undefined, '', before);
  return user;
}

async function leaveToSignIn(users: UserManager): Promise<never> {
  const { pathname, search } = window.location;
  await users.signinRedirect({ state: pathname === signedInPath ? '/' : `${pathname}${search}` });
  return new Promise<never>(() => undefined);
}

function sessionOf(users: UserManager, first: User, config: OidcConfig, origin: string): Session {
  let current = first;
  let renewal: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    const renewed = await users.signinSilent().catch((error: unknown) => {
      throw new ApiFailure({ kind: 'signedOut' }, { cause: error });
    });
    if (renewed === null) throw new ApiFailure({ kind: 'signedOut' });
    current = renewed;
    return renewed.access_token;
  };
  const token = (): Promise<string> => {
    if ((current.expires_in ?? 0) > renewBeforeSeconds) return Promise.resolve(current.access_token);
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  const { profile } = first;
  const tenant = profile['tenant'] ?? profile['custom:tenant'];
  return {
    apiBase: config.apiBase,
    user: profile.email ?? profile.preferred_username ?? profile.sub,
    tenant: typeof tenant === 'string' ? tenant : undefined,
    tokens: {
      token,
      forget: () => {
        current.expires_in = 0;
      },
    },
    signOut: async () => {
      await users.removeUser();
      if (config.signOutUrl === undefined) return users.signoutRedirect({ post_logout_redirect_uri: `${origin}/` });
      const query = new URLSearchParams({ client_id: config.clientId, logout_uri: `${origin}/` });
      window.location.assign(`${config.signOutUrl}?${query.toString()}`);
    },
  };
}
