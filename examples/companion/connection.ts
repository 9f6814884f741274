import type { IncomingMessage } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, Hono } from 'hono';

/** What a companion may do to the connection of a request, besides answering. */
export interface ConnectionBindings {
  /** Of a request that came over a socket. */
  readonly incoming?: IncomingMessage;
  /** Of a request within the process. */
  readonly drop?: () => void;
  /** Aborted when the client within the process gives up. */
  readonly givenUp?: AbortSignal | undefined;
}

export type CompanionApp = Hono<{ Bindings: ConnectionBindings }>;
export type CompanionContext = Context<{ Bindings: ConnectionBindings }>;

/** Cuts the connection, so that the client never learns what was done. */
export function connectionDropped(c: CompanionContext): Response {
  c.env.incoming?.socket.destroy();
  c.env.drop?.();
  return RESPONSE_ALREADY_SENT;
}

/**
 * Like `fetch` to a companion, without a socket: a dropped connection rejects with an error of code ECONNRESET, and a
 * request that hangs rejects when its signal is aborted.
 */
export function fetchWithin(app: CompanionApp, url: string, init: RequestInit = {}): Promise<Response> {
  // Not the request's own signal: that one follows the given signal only until it is garbage collected.
  const { signal, ...rest } = init;
  const givenUp = signal ?? undefined;
  return new Promise((resolve, reject) => {
    const drop = (): void => reject(Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' }));
    const giveUp = (): void => reject(givenUp?.reason as Error);
    if (givenUp?.aborted) {
      giveUp();
      return;
    }
    givenUp?.addEventListener('abort', giveUp, { once: true });
    const answer = app.fetch(new Request(url, rest), { drop, givenUp });
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => givenUp?.removeEventListener('abort', giveUp));
  });
}
