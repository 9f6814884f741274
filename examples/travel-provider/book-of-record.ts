import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase } from '../companion/database.ts';
import { FaultDesk } from '../companion/fault-desk.ts';

export const services = ['flights', 'hotels', 'cars'] as const;
export type Service = (typeof services)[number];
/** What fails apart from the others. */
export const counters = [...services, 'flight-cancellations', 'hotel-cancellations', 'car-cancellations'] as const;
export type Counter = (typeof counters)[number];

/** One thing that really happened. */
export interface Booking {
  readonly service: Service;
  readonly bookingId: string;
  /** Idempotency-Key of a flight booking, null without one. */
  readonly key: string | null;
  /** The client's reference of a hotel booking. */
  readonly reference: string | null;
  readonly at: string;
  readonly request: unknown;
  readonly answer: unknown;
}

/** A booking that was given up. A desk that takes two for one booking has two. */
export interface Cancellation {
  readonly service: Service;
  readonly bookingId: string;
  /** Idempotency-Key of a cancellation of a flight, null without one. */
  readonly key: string | null;
  readonly at: string;
}

export interface BookingDraft {
  readonly service: Service;
  readonly key: string | null;
  readonly reference: string | null;
  readonly atMs: number;
  readonly request: unknown;
  /** The answer, once the booking has its id. */
  readonly answer: (bookingId: string) => unknown;
}

const prefixes = { flights: 'FL', hotels: 'HO', cars: 'CA' } as const;

/**
 * What the provider knows: bookings, how many requests came, and which faults are set. A file, so that it survives the
 * death of its process: it is the witness of what really happened.
 */
export class BookOfRecord {
  readonly faults: FaultDesk<Counter>;
  readonly #database: DatabaseSync;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.faults = new FaultDesk(this.#database, counters);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS booking (
        number INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, booking_id TEXT, key TEXT, reference TEXT,
        at_ms INTEGER NOT NULL, request TEXT NOT NULL, answer TEXT);
      CREATE TABLE IF NOT EXISTS cancellation (
        number INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, booking_id TEXT NOT NULL, key TEXT,
        at_ms INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS booking_by_key ON booking (service, key) WHERE key IS NOT NULL;
      CREATE INDEX IF NOT EXISTS booking_by_reference ON booking (service, reference) WHERE reference IS NOT NULL;
    `);
  }

  /** Writes one booking and gives it its id. */
  add(draft: BookingDraft): Booking {
    const { service, key, reference, atMs, request } = draft;
    return inTransaction(this.#database, () => {
      const inserted = this.#database
        .prepare('INSERT INTO booking (service, key, reference, at_ms, request) VALUES (?, ?, ?, ?, ?)')
        .run(service, key, reference, atMs, JSON.stringify(request));
      const bookingId = `${prefixes[service]}${String(inserted.lastInsertRowid).padStart(6, '0')}`;
      const answer = draft.answer(bookingId);
      this.#database
        .prepare('UPDATE booking SET booking_id = ?, answer = ? WHERE number = ?')
        .run(bookingId, JSON.stringify(answer), inserted.lastInsertRowid);
      return { service, bookingId, key, reference, at: new Date(atMs).toISOString(), request, answer };
    });
  }

  /** The newest booking under a key that is not older than the given moment. */
  byKey(service: Service, key: string, notBeforeMs: number): Booking | undefined {
    return this.#bookings('WHERE service = ? AND key = ? AND at_ms > ? ORDER BY number DESC LIMIT 1', [
      service,
      key,
      notBeforeMs,
    ])[0];
  }

  byReference(service: Service, reference: string): Booking[] {
    return this.#bookings('WHERE service = ? AND reference = ? ORDER BY number', [service, reference]);
  }

  byId(service: Service, bookingId: string): Booking | undefined {
    return this.#bookings('WHERE service = ? AND booking_id = ?', [service, bookingId])[0];
  }

  /** Writes that a booking was given up, however often it was before. */
  cancel({ service, bookingId, key }: Omit<Cancellation, 'at'>, atMs: number): void {
    this.#database
      .prepare('INSERT INTO cancellation (service, booking_id, key, at_ms) VALUES (?, ?, ?, ?)')
      .run(service, bookingId, key, atMs);
  }

  /** In the order in which they came. */
  cancellations(): Cancellation[] {
    const rows = this.#database
      .prepare('SELECT service, booking_id, key, at_ms FROM cancellation ORDER BY number')
      .all();
    return rows.map((row) => ({
      service: row['service'] as Service,
      bookingId: row['booking_id'] as string,
      key: row['key'] as string | null,
      at: new Date(row['at_ms'] as number).toISOString(),
    }));
  }

  all(): Booking[] {
    return this.#bookings('ORDER BY number', []);
  }

  close(): void {
    this.#database.close();
  }

  #bookings(where: string, parameters: readonly (string | number)[]): Booking[] {
    const rows = this.#database
      .prepare(`SELECT service, booking_id, key, reference, at_ms, request, answer FROM booking ${where}`)
      .all(...parameters);
    return rows.map((row) => ({
      service: row['service'] as Service,
      bookingId: row['booking_id'] as string,
      key: row['key'] as string | null,
      reference: row['reference'] as string | null,
      at: new Date(row['at_ms'] as number).toISOString(),
      request: JSON.parse(row['request'] as string) as unknown,
      answer: JSON.parse(row['answer'] as string) as unknown,
    }));
  }
}
