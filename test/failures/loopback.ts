import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const open = new Set<Server>();

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.add(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  open.delete(server);
  server.close();
  await once(server, 'close');
  return url;
}

/** Takes connections, and does this with each once its request has begun to arrive. */
export function rawServer(act: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => act(socket));
  });
  return listening(server);
}

/** Answers every request like this. */
export function httpServer(answer: (response: ServerResponse, call: number) => void): Promise<string> {
  let calls = 0;
  return listening(
    createHttpServer((request, response) => {
      request.resume();
      calls += 1;
      answer(response, calls);
    }),
  );
}

/** Ends every server that was started here. */
export async function stopServers(): Promise<void> {
  for (const server of open) {
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
    server.close();
  }
  open.clear();
}

/** What a call throws. Throws itself when the call does not. */
export async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    return error;
  }
  throw new Error(`it did not throw, but answered ${String(answer)}`);
}
