import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import type * as z from 'zod';
import type { RunView, StepView } from '../../core/contract/api.ts';
import { endpoints } from '../../core/contract/endpoints.ts';
import { Problem } from '../../core/contract/problems.ts';

type OperationId = Exclude<keyof typeof endpoints, 'openapi'>;
type Answer<Id extends OperationId> = z.input<(typeof endpoints)[Id]['response']>;

export interface Received {
  readonly operation: OperationId;
  readonly headers: IncomingMessage['headers'];
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The varying segment of the path. */
  readonly segment: string;
}

type Script = { readonly [Id in OperationId]?: (request: Received) => Answer<Id> };

/** A platform that answers as a test says, and only what the contract allows. Throw a Problem to answer with one. */
export interface ScriptedPlatform {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  stop(): Promise<void>;
}

export async function startPlatform(script: Script, port = 0): Promise<ScriptedPlatform> {
  const received: Received[] = [];
  const server = createServer((message, response) => {
    void (async () => {
      const request = await readRequest(message);
      received.push(request);
      try {
        const endpoint = endpoints[request.operation];
        const answer = script[request.operation]?.(request) ?? unscripted(request.operation);
        response.writeHead(endpoint.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(endpoint.response.parse(answer)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        response.writeHead(error.status, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify(error.toDocument(message.url)));
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = portOf(server);
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    received,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

function unscripted(operation: OperationId): never {
  if (operation === 'healthz') return { status: 'ok' } as never;
  throw new Problem('unknown-route', `The test did not script ${operation}.`);
}

async function readRequest(message: IncomingMessage): Promise<Received> {
  const { pathname, searchParams } = new URL(message.url ?? '', 'http://platform');
  for (const [operation, { method, path }] of Object.entries(endpoints)) {
    const match = new RegExp(`^${path.replace(/\{\w+\}/, '([^/]+)')}$`).exec(pathname);
    if (!match || method !== message.method) continue;
    const content = await text(message);
    return {
      operation: operation as OperationId,
      headers: message.headers,
      query: Object.fromEntries(searchParams),
      body: content === '' ? undefined : JSON.parse(content),
      segment: decodeURIComponent(match[1] ?? ''),
    };
  }
  throw new Error(`${message.method} ${message.url} is not in the contract.`);
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return address.port;
}

export const runId = 'run-01hzy3v8m6n7p8q9r0s1t2v3w4';
export const escalationId = 'esc-0123456789abcdef0123';

/** Starts platforms for the tests of a file, with the environment of a command that asks them; each ends with its test. */
export function platformsOfTests() {
  const open: ScriptedPlatform[] = [];
  afterEach(async () => {
    for (const platform of open.splice(0)) await platform.stop();
  });
  return async (script: Script) => {
    const platform = await startPlatform(script);
    open.push(platform);
    return { platform, env: { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' } };
  };
}

/** A step as the API shows it. */
export function stepView(step: Partial<StepView> & Pick<StepView, 'id' | 'status'>): StepView {
  return { revision: 1, skill: 'HotelBooking:v1', action: 'book', why: '', optional: false, attempts: 1, ...step };
}

/** A run as the API shows it. */
export function runView(run: Partial<Omit<RunView, 'steps'>> & { readonly steps?: readonly StepView[] }): RunView {
  const { steps = [], ...rest } = run;
  return {
    runId,
    agent: 'trip-planner',
    goal: 'a trip',
    input: {},
    labels: {},
    requestedBy: 'somebody',
    status: 'running',
    generation: 1,
    revision: 1,
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:06.000Z',
    deadline: '2026-01-03T03:04:05.000Z',
    ...rest,
    steps: {
      total: steps.length,
      over: steps.filter(({ status }) => status === 'completed' || status === 'skipped').length,
      window: [...steps],
    },
  };
}
