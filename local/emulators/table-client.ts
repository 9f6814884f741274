import { Agent, request as send } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '../../core/adapters/dynamodb/index.ts';

type RequestHandler = Extract<DynamoDBClientConfig['requestHandler'], { handle: unknown }>;
type HttpRequest = Parameters<RequestHandler['handle']>[0];
type HttpResponse = Awaited<ReturnType<RequestHandler['handle']>>['response'];
type Signer = Exclude<DynamoDBClientConfig['signer'], undefined | ((...args: never) => unknown)>;

/** Of the whole exchange: a server on the same machine answers within it, or is gone. */
const exchangeMs = 3_000;
const maxSockets = 64;

/**
 * The SDK's client for the DynamoDB emulator, at less than half the price for a call: the emulator verifies no
 * signature, so none is computed; answers are small, so they are buffered; and what only AWS reads (the user agent,
 * the trace of Lambda) is left out. Retries, timeouts and errors are those of the client in the cloud.
 */
export function createEmulatedTableClient(configuration: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = createDynamoClient({
    signer: unverified,
    requestHandler: new BufferedExchange(),
    cacheMiddleware: true,
    ...configuration,
  });
  for (const name of ['loggerMiddleware', 'recursionDetectionMiddleware', 'getUserAgentMiddleware']) {
    if (!client.middlewareStack.remove(name)) throw new Error(`The AWS SDK no longer has a middleware '${name}'.`);
  }
  return client;
}

/** Dynalite asks for the parts of a signature, and for nothing in them. */
const unverified: Signer = {
  sign: (request) => {
    request.headers['authorization'] = 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none';
    request.headers['x-amz-date'] = '19700101T000000Z';
    return Promise.resolve(request);
  },
};

/** Plain HTTP/1.1 over kept connections; each answer is read to its end before the SDK sees it. */
class BufferedExchange {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #agent = new Agent({ keepAlive: true, maxSockets });

  handle(request: HttpRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: HttpResponse }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ response: HttpResponse }>();
    const { hostname, port, path, method, headers } = request;
    const signal = options?.abortSignal instanceof AbortSignal ? { signal: options.abortSignal } : {};
    const outgoing = send({ agent: this.#agent, host: hostname, port, path, method, headers, ...signal });
    const timer = setTimeout(() => outgoing.destroy(timeoutError()), exchangeMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    outgoing.on('error', fail);
    outgoing.on('response', (incoming: IncomingMessage) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('end', () => {
        clearTimeout(timer);
        const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        resolve({
          response: { statusCode: incoming.statusCode ?? 0, headers: incoming.headers as Record<string, string>, body },
        });
      });
    });
    outgoing.end(request.body);
    return promise;
  }

  destroy(): void {
    this.#agent.destroy();
  }

  /** The SDK hands over settings of its own handler; there is none to take. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

/** By its name the SDK knows that a repetition may help. */
function timeoutError(): Error {
  return Object.assign(new Error(`the DynamoDB emulator did not answer within ${exchangeMs} ms`), {
    name: 'TimeoutError',
  });
}
