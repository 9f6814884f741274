import { consoleConfigPath, consoleContentPolicy } from '../../core/contract/console-config.ts';
import type { ConsoleConfig } from '../../core/contract/console-config.ts';
import type { ConsoleFile } from './console-files.ts';
import { refusalOf } from './own-page.ts';

export interface ConsoleOptions {
  readonly files: ReadonlyMap<string, ConsoleFile>;
  /** Mints a token that is valid for a short while. */
  readonly config: () => Promise<ConsoleConfig>;
}

type Fetch = (request: Request) => Response | Promise<Response>;

const securityHeaders = {
  'content-security-policy': consoleContentPolicy([]),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * The console in front of the HTTP API: its files, its configuration, and its page for every address that somebody opens in a
 * browser and that the API has not. All else is the API's.
 */
export function withConsole(api: Fetch, { files, config }: ConsoleOptions): Fetch {
  return (request) => {
    const { pathname } = new URL(request.url);
    if ((request.method !== 'GET' && request.method !== 'HEAD') || isOfApi(pathname)) return api(request);
    if (pathname === consoleConfigPath) return answerConfig(request, config);
    const file = files.get(pathname);
    if (file) return answerFile(request, file);
    // What a page needs and is not there must be seen to be missing.
    if (!wantsPage(request, pathname)) return api(request);
    const page = files.get('/index.html');
    return page ? answerFile(request, page) : notBuilt();
  };
}

function isOfApi(path: string): boolean {
  return path === '/healthz' || path === '/v1' || path.startsWith('/v1/');
}

function wantsPage(request: Request, path: string): boolean {
  const accepts = request.headers.get('accept') ?? '';
  return accepts.includes('text/html') && !path.startsWith('/assets/') && !path.startsWith('/console/');
}

async function answerConfig(request: Request, config: () => Promise<ConsoleConfig>): Promise<Response> {
  const headers = { ...securityHeaders, 'cache-control': 'no-store' };
  const refusal = refusalOf(request);
  if (refusal !== undefined) return new Response(`${refusal}\n`, { status: 403, headers });
  return Response.json(await config(), { headers });
}

function answerFile(request: Request, { type, unchanging, read }: ConsoleFile): Response {
  const headers = {
    ...securityHeaders,
    'content-type': type,
    'cache-control': unchanging ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  return new Response(request.method === 'HEAD' ? null : read(), { headers });
}

function notBuilt(): Response {
  const text =
    'The web console was not built. In a clone of Holdfast, run: npm run build:console\n' +
    'The HTTP API is described at /v1/openapi.json.\n';
  return new Response(text, {
    status: 503,
    headers: { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}
