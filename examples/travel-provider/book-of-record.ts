import { DatabaseSync } from 'node:sqlite';

export const services = ['flights', 'hotels', 'cars'] as const;
export type Service = (typeof services)[number];

export const faults = ['none', 'fail', 'hang', 'apply-then-drop'] as const;
export type Fault = (typeof faults)[number];

export interface FaultSetting {
  readonly service: Service;
  readonly fault: Fault;
  /** Requests that it will still affect; null until it is changed. */
  readonly times: number | null;
}

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
  readonly #database: DatabaseSync;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS booking (
        number INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, booking_id TEXT, key TEXT, reference TEXT,
        at_ms INTEGER NOT NULL, request TEXT NOT NULL, answer TEXT);
      CREATE INDEX IF NOT EXISTS booking_by_key ON booking (service, key) WHERE key IS NOT NULL;
      CREATE INDEX IF NOT EXISTS booking_by_reference ON booking (service, reference) WHERE reference IS NOT NULL;
      CREATE TABLE IF NOT EXISTS request (service TEXT PRIMARY KEY, received INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS fault (service TEXT PRIMARY KEY, fault TEXT NOT NULL, times INTEGER);
    `);
  }

  /** Writes one booking and gives it its id. */
  add(draft: BookingDraft): Booking {
    const { service, key, reference, atMs, request } = draft;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const inserted = this.#database
        .prepare('INSERT INTO booking (service, key, reference, at_ms, request) VALUES (?, ?, ?, ?, ?)')
        .run(service, key, reference, atMs, JSON.stringify(request));
      const bookingId = `${prefixes[service]}${String(inserted.lastInsertRowid).padStart(6, '0')}`;
      const answer = draft.answer(bookingId);
      this.#database
        .prepare('UPDATE booking SET booking_id = ?, answer = ? WHERE number = ?')
        .run(bookingId, JSON.stringify(answer), inserted.lastInsertRowid);
      this.#database.exec('COMMIT');
      return { service, bookingId, key, reference, at: new Date(atMs).toISOString(), request, answer };
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
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

  all(): Booking[] {
    return this.#bookings('ORDER BY number', []);
  }

  countRequest(service: Service): void {
    this.#database
      .prepare('INSERT INTO request VALUES (?, 1) ON CONFLICT (service) DO UPDATE SET received = received + 1')
      .run(service);
  }

  requests(): Record<Service, number> {
    const received = { flights: 0, hotels: 0, cars: 0 };
    for (const row of this.#database.prepare('SELECT service, received FROM request').all()) {
      received[row['service'] as Service] = row['received'] as number;
    }
    return received;
  }

  setFault({ service, fault, times }: FaultSetting): void {
    this.#database
      .prepare('INSERT INTO fault VALUES (?, ?, ?) ON CONFLICT (service) DO UPDATE SET fault = ?, times = ?')
      .run(service, fault, times, fault, times);
  }

  faultOf(service: Service): FaultSetting {
    const row = this.#database.prepare('SELECT fault, times FROM fault WHERE service = ?').get(service);
    if (!row) return { service, fault: 'none', times: null };
    return { service, fault: row['fault'] as Fault, times: row['times'] as number | null };
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
