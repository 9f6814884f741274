import { ActionError } from '../model/failure.ts';
import type { SkillDefinition } from '../model/skill.ts';
import type { Http } from '../ports/index.ts';

const mostHops = 5;
const mostAnswerBytes = 8 * 1024 * 1024;
const redirects = new Set([301, 302, 303, 307, 308]);

/** An answer that was read to its end, and where it came from. */
export interface Answer {
  readonly response: Response;
  /** After redirects. */
  readonly url: string;
}

/**
 * The origins that a skill may reach: those it names, and those in the settings that it names with `$`.
 * Throws an Error for a setting that holds something else.
 */
export function originsOf(
  { id, network = [] }: SkillDefinition,
  settings: Readonly<Record<string, string>>,
): ReadonlySet<string> {
  return new Set(
    network.flatMap((entry) => {
      if (!entry.startsWith('$')) return [entry];
      const setting = entry.slice(1);
      return (settings[setting] ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .map((one) => {
          if (URL.canParse(one) && /^https?:$/.test(new URL(one).protocol)) return new URL(one).origin;
          throw new Error(
            `The setting ${setting} of ${id} must hold addresses such as https://api.example.com, separated by commas; it holds '${one}'.`,
          );
        });
    }),
  );
}

/**
 * Requests an address within reach, following redirects that stay within it, and reads the whole answer, so that a
 * connection lost half-way is seen here and not in the skill. Throws ActionError (`denied`) for an origin out of reach,
 * and whatever the network throws.
 */
export async function request(
  url: string,
  init: RequestInit,
  reach: { readonly http: Http; readonly origins: ReadonlySet<string>; readonly addresses: 'any' | 'public' },
): Promise<Answer> {
  let target = withinReach(url, undefined, reach.origins);
  let current = init;
  for (let hop = 0; ; hop += 1) {
    const response = await reach.http.fetch(target.href, { ...current, redirect: 'manual' }, reach.addresses);
    const location = redirects.has(response.status) ? response.headers.get('location') : null;
    if (location === null || init.redirect === 'manual') {
      return { response: await whole(response), url: target.href };
    }
    await response.body?.cancel();
    if (hop === mostHops || init.redirect === 'error') {
      throw new ActionError(
        `${target.host} redirects ${hop + 1} times; ${init.redirect === 'error' ? 0 : mostHops} are followed`,
        {
          class: 'bug',
          sendOutcome: 'unknown',
        },
      );
    }
    const next = withinReach(new URL(location, target).href, target, reach.origins);
    current = redirected(current, response.status, target.origin === next.origin);
    target = next;
  }
}

function withinReach(url: string, from: URL | undefined, origins: ReadonlySet<string>): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && origins.has(parsed.origin) && parsed.username === '' && parsed.password === '') return parsed;
  const allowed = [...origins].join(', ') || 'none';
  const what = parsed ? `${parsed.protocol}//${parsed.host}` : `'${url.slice(0, 100)}', which is no address`;
  const how = from ? `${from.host} redirects to ${what}` : `the skill asked for ${what}`;
  throw new ActionError(
    `${how}, which its 'network' does not name (allowed: ${allowed}). Name the origin there, without user and password, if the skill may reach it`,
    // Where it came from has had the request, and has not said that it did nothing.
    { class: 'denied', sendOutcome: from ? 'unknown' : 'notSent' },
  );
}

/** https://fetch.spec.whatwg.org/#http-redirect-fetch, steps on method, body and credentials. */
function redirected(init: RequestInit, status: number, sameOrigin: boolean): RequestInit {
  const headers = new Headers(init.headers);
  const method = (init.method ?? 'GET').toUpperCase();
  const becomesGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');
  if (!sameOrigin) for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name);
  if (!becomesGet) return { ...init, headers };
  for (const name of ['content-type', 'content-length', 'content-encoding', 'content-language']) headers.delete(name);
  const { body: _, ...rest } = init;
  return { ...rest, method: 'GET', headers };
}

async function whole(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostAnswerBytes) {
      throw new ActionError(`the answer has more than ${mostAnswerBytes} bytes`, {
        class: 'bug',
        sendOutcome: 'unknown',
      });
    }
    chunks.push(chunk);
  }
  const { status, statusText, headers } = response;
  return new Response(sizeBytes === 0 ? null : Buffer.concat(chunks), { status, statusText, headers });
}
