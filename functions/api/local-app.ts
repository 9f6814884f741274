import type { Hono } from 'hono';
import { telemetry } from '../telemetry.ts';
import { createApi } from './app.ts';
import { tokenAuthentication } from './authenticate.ts';
import type { ApiDependencies } from './calls.ts';

/**
 * The HTTP API where no authorizer stands in front of it: it verifies tokens itself, by the issuer, audience and keys
 * in the environment (core/contract/env.ts). Throws when one of them is missing or malformed.
 */
export function createLocalApp(
  dependencies: Pick<ApiDependencies, 'ports' | 'registry' | 'functions' | 'authorizer'> & {
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): Hono {
  const { environment, ...rest } = dependencies;
  return createApi({
    ...{ ...rest, authenticate: tokenAuthentication(environment), logger: telemetry('api').logger },
    streams: true,
  });
}
