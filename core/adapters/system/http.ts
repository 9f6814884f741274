import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AddressRefused } from '../../model/failure.ts';
import { isOwnName, whyNotPublic } from '../../model/public-address.ts';
import type { Http } from '../../ports/index.ts';
import type { Address } from './pinned-request.ts';
import { pinnedRequest } from './pinned-request.ts';

/** Taken before anything can put another one in its place: a skill host closes the global one. */
const nodeFetch = globalThis.fetch;

/** Every address of a name. Rejects with an error that has a `code`, such as ENOTFOUND. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

const systemResolve: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * The network. A name is asked for once for each request that must stay public, and that request is connected to what was
 * answered and checked, so that a name whose answer changes in between gains nothing.
 *
 * @param options.refusal why an address may not be connected to; undefined when it may
 */
export function createHttp(
  options: { readonly resolve?: Resolve; readonly refusal?: (address: string) => string | undefined } = {},
): Http {
  const { resolve = systemResolve, refusal = whyNotPublic } = options;
  return {
    fetch: async (url, init, addresses = 'any') => {
      if (addresses === 'any') return nodeFetch(url, { ...init, redirect: 'manual' });
      const request = new Request(url, { ...init, redirect: 'manual' });
      const target = new URL(request.url);
      return pinnedRequest(target, request, await checkedAddresses(target, request.signal, resolve, refusal));
    },
  };
}

/** The network of this machine. */
export const systemHttp: Http = createHttp();

async function checkedAddresses(
  { host, hostname }: URL,
  signal: AbortSignal,
  resolve: Resolve,
  refusal: (address: string) => string | undefined,
): Promise<readonly Address[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(literal);
  if (version === 0 && isOwnName(hostname)) throw new AddressRefused(host, hostname, 'a name of this machine');
  const found: readonly Address[] =
    version === 0
      ? await untilAborted(resolve(hostname), signal)
      : [{ address: literal, family: version === 6 ? 6 : 4 }];
  if (found.length === 0) throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
  for (const { address } of found) {
    const why = refusal(address);
    if (why !== undefined) throw new AddressRefused(host, address, why);
  }
  return found;
}

/** A lookup cannot be stopped, but it need not be waited for. */
function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const abort = (): void => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  work.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
