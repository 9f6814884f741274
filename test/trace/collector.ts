import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type * as z from 'zod';
import { exportRequest } from './otlp-request.ts';

type ExportRequest = z.infer<typeof exportRequest>;

/** What a collector says to a request; taken when there is nothing. */
export interface Saying {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A collector of OpenTelemetry that takes nothing but what fits the protocol, and says what a test wants it to. */
export class Collector {
  readonly taken: ExportRequest[] = [];
  readonly seen: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly atMs: number }[] = [];
  /** What is said to the next requests, before they are looked at. */
  readonly says: Saying[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((message, response) => {
      void (async () => {
        const body = await text(message);
        this.seen.push({ path: message.url ?? '', headers: message.headers, atMs: Date.now() });
        const said = this.says.shift() ?? this.#take(body);
        response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers });
        response.end(said.body ?? '{}');
      })();
    });
  }

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get spans() {
    return this.taken.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }

  #take(body: string): Saying {
    const parsed = exportRequest.safeParse(JSON.parse(body));
    if (!parsed.success) return { status: 400, body: JSON.stringify({ message: parsed.error.message }) };
    this.taken.push(parsed.data);
    return { status: 200 };
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
