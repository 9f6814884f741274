import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase } from '../companion/database.ts';
import { FaultDesk } from '../companion/fault-desk.ts';

export const services = ['users', 'charges', 'refunds'] as const;
export type Service = (typeof services)[number];

export const deeds = ['userCreated', 'userChanged', 'userDeleted', 'charged', 'refunded'] as const;
export type Deed = (typeof deeds)[number];

export const roles = ['viewer', 'editor', 'billing', 'admin'] as const;
export type Role = (typeof roles)[number];

export interface User {
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly status: 'active' | 'suspended';
  readonly roles: readonly Role[];
}

/** One thing that really happened. */
export interface Entry {
  readonly service: Service;
  readonly deed: Deed;
  /** The user, charge or refund that it is about. */
  readonly subject: string;
  /** Idempotency-Key, null without one. */
  readonly key: string | null;
  /** The client's reference of a refund. */
  readonly reference: string | null;
  readonly at: string;
  readonly request: unknown;
  readonly answer: unknown;
}

export interface EntryDraft extends Omit<Entry, 'subject' | 'at' | 'answer'> {
  /** Left out for what gets an id of its own. */
  readonly subject?: string;
  readonly atMs: number;
  readonly answer: (subject: string) => unknown;
  /** The user as it is from now on; null for a user who is gone. */
  readonly user?: (subject: string) => User | null;
}

export interface Charge {
  readonly chargeId: string;
  readonly customerId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly description: string;
}

const prefixes = { userCreated: 'US', userChanged: 'US', userDeleted: 'US', charged: 'CH', refunded: 'RE' } as const;
const mostFound = 50;

/** What the back office knows, and every change with its request and answer: the witness of what really happened. */
export class BookOfRecord {
  readonly faults: FaultDesk<Service>;
  readonly #database: DatabaseSync;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.faults = new FaultDesk(this.#database, services);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS entry (
        number INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, deed TEXT NOT NULL, subject TEXT NOT NULL,
        key TEXT, reference TEXT, at_ms INTEGER NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS entry_by_subject ON entry (deed, subject);
      CREATE INDEX IF NOT EXISTS entry_by_key ON entry (service, key) WHERE key IS NOT NULL;
      CREATE INDEX IF NOT EXISTS entry_by_reference ON entry (service, reference) WHERE reference IS NOT NULL;
      CREATE TABLE IF NOT EXISTS user (user_id TEXT PRIMARY KEY, document TEXT NOT NULL);
    `);
  }

  /** Writes one entry and what it changes. */
  add({ answer: answerOf, user: userOf, atMs, ...draft }: EntryDraft): Entry {
    const { service, deed, key, reference, request } = draft;
    return inTransaction(this.#database, () => {
      const subject = draft.subject ?? this.#nextId(deed);
      const answer = answerOf(subject);
      this.#database
        .prepare(
          'INSERT INTO entry (service, deed, subject, key, reference, at_ms, request, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(service, deed, subject, key, reference, atMs, JSON.stringify(request), JSON.stringify(answer));
      if (userOf) this.#keepUser(subject, userOf(subject));
      return { service, deed, subject, key, reference, at: new Date(atMs).toISOString(), request, answer };
    });
  }

  /** The newest entry under a key that is not older than the given moment. */
  byKey(service: Service, key: string, notBeforeMs: number): Entry | undefined {
    const where = 'WHERE service = ? AND key = ? AND at_ms > ? ORDER BY number DESC LIMIT 1';
    return this.#entries(where, [service, key, notBeforeMs])[0];
  }

  byReference(service: Service, reference: string): Entry[] {
    return this.#entries('WHERE service = ? AND reference = ? ORDER BY number', [service, reference]);
  }

  all(): Entry[] {
    return this.#entries('ORDER BY number', []);
  }

  user(userId: string): User | undefined {
    const row = this.#database.prepare('SELECT document FROM user WHERE user_id = ?').get(userId);
    return row && (JSON.parse(row['document'] as string) as User);
  }

  /** At most 50 users that have the email and whose name or display name holds the text, oldest first. */
  findUsers(wanted: { readonly email?: string | undefined; readonly name?: string | undefined }): User[] {
    const email = wanted.email?.toLowerCase();
    const name = wanted.name?.toLowerCase();
    return this.#database
      .prepare('SELECT document FROM user ORDER BY user_id')
      .all()
      .map((row) => JSON.parse(row['document'] as string) as User)
      .filter((user) => email === undefined || user.email.toLowerCase() === email)
      .filter((user) => name === undefined || `${user.name}\n${user.displayName}`.toLowerCase().includes(name))
      .slice(0, mostFound);
  }

  charge(chargeId: string): Charge | undefined {
    const [entry] = this.#entries('WHERE deed = ? AND subject = ?', ['charged', chargeId]);
    return entry?.answer as Charge | undefined;
  }

  refundedCents(chargeId: string): number {
    const sql =
      "SELECT SUM(answer ->> '$.amountCents') AS cents FROM entry WHERE deed = 'refunded' AND answer ->> '$.chargeId' = ?";
    return (this.#database.prepare(sql).get(chargeId)?.['cents'] as number | null | undefined) ?? 0;
  }

  close(): void {
    this.#database.close();
  }

  #nextId(deed: Deed): string {
    const row = this.#database.prepare('SELECT COUNT(*) AS count FROM entry WHERE deed = ?').get(deed);
    return `${prefixes[deed]}${String(Number(row?.['count']) + 1).padStart(6, '0')}`;
  }

  #keepUser(userId: string, user: User | null): void {
    if (user === null) {
      this.#database.prepare('DELETE FROM user WHERE user_id = ?').run(userId);
      return;
    }
    const document = JSON.stringify(user);
    this.#database
      .prepare('INSERT INTO user VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET document = ?')
      .run(userId, document, document);
  }

  #entries(where: string, parameters: readonly (string | number)[]): Entry[] {
    const rows = this.#database
      .prepare(`SELECT service, deed, subject, key, reference, at_ms, request, answer FROM entry ${where}`)
      .all(...parameters);
    return rows.map((row) => ({
      service: row['service'] as Service,
      deed: row['deed'] as Deed,
      subject: row['subject'] as string,
      key: row['key'] as string | null,
      reference: row['reference'] as string | null,
      at: new Date(row['at_ms'] as number).toISOString(),
      request: JSON.parse(row['request'] as string) as unknown,
      answer: JSON.parse(row['answer'] as string) as unknown,
    }));
  }
}
