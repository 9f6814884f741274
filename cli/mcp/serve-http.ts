import { once } from 'node:events';
import { serve } from '@hono/node-server';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { createClient } from '../client.ts';
import { CliError, Unreachable, usageError } from '../errors.ts';
import { createAgentServer } from './agent-server.ts';
import type { AgentServerOptions } from './agent-server.ts';

export interface HttpOptions extends Omit<AgentServerOptions, 'client' | 'leavingCancels'> {
  /** Of the API of the platform. */
  readonly platformUrl: string;
  /** 0 chooses a free one. */
  readonly port: number;
}

/**
 * Serves an agent's tools over Streamable HTTP, on this machine only. Callers bring the token of the API, and the API
 * decides what it allows. Gives the address. Throws a usage error when the port cannot be had.
 */
export async function serveHttp(options: HttpOptions): Promise<string> {
  const clientFor = (token: string) => createClient({ url: options.platformUrl, token: () => Promise.resolve(token) });
  const handler = createMcpHandler(
    ({ authInfo, era }) => {
      const client = clientFor(authInfo?.token ?? '');
      // In 2026-07-28 a caller cancels by closing its stream; before, a lost connection said nothing.
      return createAgentServer({ ...options, client, leavingCancels: era === 'modern' });
    },
    { onerror: options.onError },
  );
  const answer = async (request: Request): Promise<Response> => {
    const stranger =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (stranger) return stranger;
    if (new URL(request.url).pathname !== '/mcp') return refused(404, 'The tools are at /mcp.');
    const token = /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (token === undefined) {
      return refused(
        401,
        "There is no bearer token. Send the token of the platform; locally, 'holdfast token' mints one.",
      );
    }
    try {
      await clientFor(token).listTools(options.agent);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return refused(error.problem?.status ?? (error instanceof Unreachable ? 503 : 500), error.message);
    }
    return handler.fetch(request, { authInfo: { token, clientId: options.agent, scopes: [] } });
  };
  const server = serve({ fetch: answer, hostname: '127.0.0.1', port: options.port });
  try {
    await once(server, 'listening');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(
      `Port ${options.port} cannot be listened on (${why}). Choose another one with --port; 0 takes a free one.`,
      error,
    );
  }
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/mcp`;
}

function refused(status: number, message: string): Response {
  return Response.json(
    { jsonrpc: '2.0', id: null, error: { code: -32_000, message } },
    { status, ...(status === 401 ? { headers: { 'www-authenticate': 'Bearer' } } : {}) },
  );
}
