import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** What the connection decides, and the name that was checked; nobody else may. */
const ownHeaders = [
  'host',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };
const bodiless = new Set([204, 205, 304]);

/**
 * Sends a request over a connection to one of these addresses, and to no other, whatever the name of the host leads to by
 * now. Host header, TLS server name and certificate check are those of the name. Answers with the head; the body streams.
 * Rejects like `fetch`, with the error of the connection itself.
 */
export async function pinnedRequest(target: URL, request: Request, addresses: readonly Address[]): Promise<Response> {
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const outgoing = open(target, {
    method: request.method,
    headers: headersOf(request, body),
    signal: request.signal,
    // Neither kept connections nor a proxy of the environment.
    agent: false,
    lookup: (_hostname, options, answer) => {
      const [first] = addresses;
      if (options.all) answer(null, [...addresses]);
      else answer(null, first?.address ?? '', first?.family ?? 4);
    },
  });
  outgoing.on('error', reject);
  outgoing.on('response', (incoming: IncomingMessage) => {
    try {
      resolve(responseOf(incoming, request.method));
    } catch (error) {
      outgoing.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  outgoing.end(body);
  return promise;
}

function open(target: URL, options: RequestOptions): ClientRequest {
  if (target.protocol === 'http:') return httpRequest(target, options);
  if (target.protocol !== 'https:') throw new TypeError(`'${target.protocol}' is neither http: nor https:`);
  // A dot at the end of a name is no part of it in TLS (RFC 6066 section 3).
  const servername = isIP(target.hostname.replace(/^\[|\]$/g, '')) ? '' : target.hostname.replace(/\.$/, '');
  return httpsRequest(target, { ...options, servername });
}

function headersOf(request: Request, body: Buffer | undefined): Record<string, string> {
  const headers = new Headers(request.headers);
  for (const name of ownHeaders) headers.delete(name);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('user-agent')) headers.set('user-agent', 'holdfast');
  headers.set('accept-encoding', 'gzip, deflate, br');
  if (body) headers.set('content-length', String(body.length));
  return Object.fromEntries(headers);
}

function responseOf(incoming: IncomingMessage, method: string): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const { statusCode: status = 0, statusMessage: statusText = '' } = incoming;
  if (method === 'HEAD' || bodiless.has(status)) {
    incoming.resume();
    return new Response(null, { status, statusText, headers });
  }
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  // Errors of either side end the other, and reach whoever reads.
  const content = decoder ? incoming.compose(decoder()) : incoming;
  return new Response(Readable.toWeb(content as Readable) as ReadableStream<Uint8Array>, {
    status,
    statusText,
    headers,
  });
}
