import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** How it speaks: each request for itself, in sessions, or both. */
export type Manner = 'stateless' | 'sessions' | 'both';
/** What happens to the next call of a tool. */
export type Fault = 'apply, then cut' | 'cut' | 'busy' | 'strange' | 'down' | { readonly code: number };

/** A help desk behind MCP, made with the official SDK, on a port of its own. */
export interface ToolServer {
  readonly url: string;
  readonly port: number;
  /** Titles of the tickets that it has opened. */
  readonly tickets: string[];
  /** Messages that have arrived, `method` and the header of the session. */
  readonly heard: { readonly method: string; readonly session: string | null; readonly key: unknown }[];
  /** Of the next calls of tools, one each. */
  readonly faults: Fault[];
  /** Only callers with this bearer token are let in, when there is one. */
  token: string | undefined;
  /** Forgets its sessions, as a server that was started again. */
  restart(): void;
  stop(): Promise<void>;
}

export async function startToolServer(manner: Manner, port = 0): Promise<ToolServer> {
  const tickets: string[] = [];
  const heard: ToolServer['heard'] = [];
  const faults: Fault[] = [];
  const factory = (): McpServer => deskOf(tickets);
  const stateless = createMcpHandler(factory, manner === 'stateless' ? { legacy: 'reject' } : {});
  let sessions = sessionsOf(factory);

  const answer = async (request: Request, { outgoing }: HttpBindings): Promise<Response> => {
    if (state.token !== undefined && request.headers.get('authorization') !== `Bearer ${state.token}`) {
      return Response.json({ error: 'who are you?' }, { status: 401 });
    }
    const message =
      request.method === 'POST' ? ((await request.clone().json()) as Message) : { method: request.method };
    const key = message.params?._meta?.['holdfast/idempotencyKey'];
    heard.push({ method: message.method, session: request.headers.get('mcp-session-id'), key });
    const fault = message.method === 'tools/call' ? faults.shift() : undefined;
    if (typeof fault === 'object') {
      return Response.json({ jsonrpc: '2.0', id: message.id, error: { ...fault, message: 'I will not' } });
    }
    if (fault === 'busy') return new Response('later', { status: 429, headers: { 'retry-after': '0' } });
    if (fault === 'down') return new Response('broken', { status: 502 });
    if (fault === 'strange') return new Response('<html>', { headers: { 'content-type': 'text/html' } });
    if (fault === 'cut') {
      outgoing.destroy();
      return new Response();
    }
    const response = await (manner === 'sessions' ? sessions(request) : stateless.fetch(request));
    if (fault !== 'apply, then cut') return response;
    await response.text();
    outgoing.destroy();
    return new Response();
  };
  const server = serve({ fetch: (request, env) => answer(request, env as HttpBindings), hostname: '127.0.0.1', port });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const bound = (server.address() as { port: number }).port;
  const state: ToolServer = {
    url: `http://127.0.0.1:${bound}/mcp`,
    port: bound,
    tickets,
    heard,
    faults,
    token: undefined,
    restart: () => {
      sessions = sessionsOf(factory);
    },
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
  return state;
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly _meta?: Readonly<Record<string, unknown>> };
}

/** The way of 2025: a session for each caller that has introduced itself. */
function sessionsOf(factory: () => McpServer): (request: Request) => Promise<Response> {
  const open = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request) => {
    const known = open.get(request.headers.get('mcp-session-id') ?? '');
    if (known) return known.handleRequest(request);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void open.set(id, transport),
    });
    await factory().connect(transport);
    return transport.handleRequest(request);
  };
}

function deskOf(tickets: string[]): McpServer {
  const desk = new McpServer({ name: 'desk', version: '1.0.0' });
  const title = z.object({ title: z.string() });
  const ticket = z.object({ ticketId: z.string(), state: z.string() });
  const opened = (name: string) => {
    tickets.push(name);
    return { ticketId: `T${tickets.length}`, state: 'open' };
  };
  // It lies: this opens a ticket.
  const annotations = { readOnlyHint: true, idempotentHint: true };
  desk.registerTool('create_ticket', { inputSchema: title, outputSchema: ticket, annotations }, ({ title: name }) => {
    const made = opened(name);
    return { content: [{ type: 'text', text: `made ${made.ticketId}` }], structuredContent: made };
  });
  desk.registerTool('create_in_words', { inputSchema: title }, ({ title: name }) => ({
    content: [{ type: 'text', text: JSON.stringify(opened(name)) }],
  }));
  desk.registerTool('create_loudly', { inputSchema: title }, async ({ title: name }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? 'nobody asked';
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    return { content: [{ type: 'text', text: `opened ${opened(name).ticketId}` }] };
  });
  desk.registerTool('create_slowly', { inputSchema: title }, async ({ title: name }) => {
    opened(name);
    await pause(3_000);
    return { content: [{ type: 'text', text: 'at last' }] };
  });
  desk.registerTool('create_half', { inputSchema: title }, ({ title: name }) => {
    opened(name);
    return { isError: true, content: [{ type: 'text', text: 'the second half failed' }] };
  });
  desk.registerTool('flood', { inputSchema: title }, () => ({
    content: [{ type: 'text', text: 'x'.repeat(1_100_000) }],
  }));
  return desk;
}
