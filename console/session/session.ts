import type { ConsoleConfig, consoleConfigPath, consoleHeader } from '../../core/contract/console-config.ts';
import { ApiFailure } from '../api/api-failure.ts';
import type { TokenSource } from '../api/api.ts';

/** Who looks, and how the API is spoken to in that person's name. */
export interface Session {
  readonly apiBase: string;
  /** Name of the person, and the tenant where it is known. */
  readonly user: string;
  readonly tenant: string | undefined;
  readonly tokens: TokenSource;
  /** Undefined where there is nothing to sign out of. */
  readonly signOut: (() => Promise<void>) | undefined;
}

const configPath: typeof consoleConfigPath = '/console/config.json';
const header: typeof consoleHeader = { name: 'x-holdfast-console', value: '1' };

/**
 * Begins a session: with a token of the platform on this machine, or by signing in where the configuration says. The page is left
 * for signing in; then nothing is resolved. Throws an ApiFailure.
 */
export async function openSession(): Promise<Session> {
  const config = await readConfig();
  if (config.signIn === 'local') return localSession(config);
  const { openOidcSession } = await import('./oidc-session.ts');
  return openOidcSession(config);
}

async function readConfig(): Promise<ConsoleConfig> {
  let response: Response;
  try {
    response = await fetch(configPath, { headers: { [header.name]: header.value }, cache: 'no-store' });
  } catch (error) {
    throw new ApiFailure({ kind: 'unreachable' }, { cause: error });
  }
  if (!response.ok) throw new ApiFailure({ kind: 'strange', status: response.status });
  return (await response.json()) as ConsoleConfig;
}

type LocalConfig = Extract<ConsoleConfig, { signIn: 'local' }>;

function localSession(first: LocalConfig): Session {
  const { apiBase, user, tenant } = first;
  let known: { readonly token: string; readonly renewAtMs: number } | undefined = renewable(first);
  /** Calls of one moment wait for one renewal. */
  let renewal: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    const config = await readConfig();
    if (config.signIn !== 'local') throw new ApiFailure({ kind: 'signedOut' });
    known = renewable(config);
    return known.token;
  };
  const token = (): Promise<string> => {
    if (known && Date.now() < known.renewAtMs) return Promise.resolve(known.token);
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  return {
    ...{ apiBase, user, tenant },
    tokens: {
      token,
      forget: () => {
        known = undefined;
      },
    },
    signOut: undefined,
  };
}

/** Renewed well before it expires: a call may take a while, and clocks may differ. */
function renewable({ token, expiresInSeconds }: LocalConfig): { readonly token: string; readonly renewAtMs: number } {
  return { token, renewAtMs: Date.now() + expiresInSeconds * 800 };
}
