import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { connectionDropped } from './connection.ts';
import type { CompanionApp, CompanionContext } from './connection.ts';
import { Problem, problemResponse, readBody } from './problem.ts';

export const faults = ['none', 'fail', 'hang', 'apply-then-drop'] as const;
export type Fault = (typeof faults)[number];

export interface FaultSetting<Service extends string> {
  readonly service: Service;
  readonly fault: Fault;
  /** Requests that it will still affect; null until it is changed. */
  readonly times: number | null;
}

/**
 * Which service of a companion fails, and how; and how many requests each had. It is kept in the companion's own
 * database, so that it survives the death of the process.
 */
export class FaultDesk<Service extends string> {
  readonly #database: DatabaseSync;
  readonly #services: readonly [Service, ...Service[]];

  constructor(database: DatabaseSync, services: readonly [Service, ...Service[]]) {
    this.#database = database;
    this.#services = services;
    database.exec(`
      CREATE TABLE IF NOT EXISTS request (service TEXT PRIMARY KEY, received INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS fault (service TEXT PRIMARY KEY, fault TEXT NOT NULL, times INTEGER);
    `);
  }

  /** Answers one request of a service, or fails in the way that was asked for. */
  async serve(c: CompanionContext, service: Service, answer: () => Response | Promise<Response>): Promise<Response> {
    this.#countRequest(service);
    const { fault, times } = this.#faultOf(service);
    const changesNothing = c.req.method === 'GET' || c.req.path.endsWith('/search');
    if (fault === 'none' || (fault === 'apply-then-drop' && changesNothing)) return answer();
    if (times !== null)
      this.#setFault({ service, fault: times === 1 ? 'none' : fault, times: times === 1 ? null : times - 1 });
    if (fault === 'fail') throw new Problem(500, 'out-of-order', `The ${service} service is out of order.`);
    if (fault === 'hang') return untilGivenUp(c);
    await answer();
    return connectionDropped(c);
  }

  /** Adds what every companion answers: faults, health, and problems for all that goes wrong. */
  addRoutes(app: CompanionApp): void {
    const faultRequest = z.strictObject({
      service: z.enum(this.#services),
      fault: z.enum(faults),
      times: z.int().min(1).max(1_000_000).optional(),
    });
    app.post('/faults', async (c) => {
      const { service, fault, times } = await readBody(c, faultRequest);
      this.#setFault({ service, fault, times: fault === 'none' ? null : (times ?? null) });
      return c.json(this.#faultOf(service));
    });
    app.get('/faults', (c) => c.json({ faults: this.#services.map((service) => this.#faultOf(service)) }));
    app.get('/healthz', (c) => c.json({ status: 'ok' }));
    app.notFound((c) =>
      problemResponse(c, new Problem(404, 'not-found', `There is no ${c.req.method} ${c.req.path}.`)),
    );
    app.onError((error, c) => {
      if (error instanceof Problem) return problemResponse(c, error);
      console.error(error);
      return problemResponse(c, new Problem(500, 'bug', `The provider failed: ${error.message}`));
    });
  }

  /** Requests that were received, whatever came of them. */
  requests(): Record<Service, number> {
    const received = new Map(this.#services.map((service) => [service as string, 0]));
    for (const row of this.#database.prepare('SELECT service, received FROM request').all()) {
      received.set(row['service'] as string, row['received'] as number);
    }
    return Object.fromEntries(received) as Record<Service, number>;
  }

  #countRequest(service: Service): void {
    this.#database
      .prepare('INSERT INTO request VALUES (?, 1) ON CONFLICT (service) DO UPDATE SET received = received + 1')
      .run(service);
  }

  #setFault({ service, fault, times }: FaultSetting<Service>): void {
    this.#database
      .prepare('INSERT INTO fault VALUES (?, ?, ?) ON CONFLICT (service) DO UPDATE SET fault = ?, times = ?')
      .run(service, fault, times, fault, times);
  }

  #faultOf(service: Service): FaultSetting<Service> {
    const row = this.#database.prepare('SELECT fault, times FROM fault WHERE service = ?').get(service);
    if (!row) return { service, fault: 'none', times: null };
    return { service, fault: row['fault'] as Fault, times: row['times'] as number | null };
  }
}

/** Never answers; ends with the request, so that nothing is left behind. */
function untilGivenUp(c: CompanionContext): Promise<Response> {
  const signal = c.env.givenUp ?? c.req.raw.signal;
  return new Promise((_, reject) => {
    const end = (): void => reject(new Problem(500, 'hung', 'The client gave up.'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
