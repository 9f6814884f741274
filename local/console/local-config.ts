import type { ConsoleConfig } from '../../core/contract/console-config.ts';
import { allScopes, mintLocalToken } from '../tokens.ts';

/** Short, because it can be had again. */
const tokenSeconds = 600;
const tenant = 'default';

/** The configuration of a console on this machine, with a new token of everything that a person may do. */
export async function localConfig(dataDirectory: string, user: string): Promise<ConsoleConfig> {
  const token = await mintLocalToken({
    ...{ dataDirectory, tenantId: tenant, subject: user, scopes: allScopes },
    expiresInSeconds: tokenSeconds,
  });
  return { signIn: 'local', apiBase: '', token, expiresInSeconds: tokenSeconds, tenant, user };
}
