import { Hono } from 'hono';
import { fetchWithin } from '../companion/connection.ts';
import type { CompanionApp } from '../companion/connection.ts';
import { BookOfRecord, deeds } from './book-of-record.ts';
import { addPaymentRoutes } from './payments.ts';
import { addUserRoutes } from './users.ts';

export interface BackOffice {
  readonly app: CompanionApp;
  close(): void;
}

/**
 * A user directory and a payment provider. Faults are set from outside, and the ledger says what really happened.
 *
 * @param options.databasePath a file, or `:memory:`
 * @param options.apiKey the bearer token that payments need; any when left out
 * @param options.clock milliseconds since the epoch
 */
export function createBackOffice(options: {
  readonly databasePath: string;
  readonly apiKey?: string | undefined;
  readonly clock?: () => number;
}): BackOffice {
  const record = new BookOfRecord(options.databasePath);
  const desk = { record, clock: options.clock ?? Date.now };
  const app: CompanionApp = new Hono();

  addUserRoutes(app, desk);
  addPaymentRoutes(app, desk, options.apiKey);
  app.get('/ledger', (c) => {
    const entries = record.all();
    const counts = Object.fromEntries(
      deeds.map((deed) => [deed, entries.filter((entry) => entry.deed === deed).length]),
    );
    return c.json({ counts, requests: record.faults.requests(), entries });
  });
  record.faults.addRoutes(app);
  return { app, close: () => record.close() };
}

/** Like `fetch` to the back office, without a socket. */
export function fetchBackOffice(office: BackOffice, url: string, init: RequestInit = {}): Promise<Response> {
  return fetchWithin(office.app, url, init);
}
