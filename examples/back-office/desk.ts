import { isDeepStrictEqual } from 'node:util';
import type { CompanionContext } from '../companion/connection.ts';
import { Problem } from '../companion/problem.ts';
import type { BookOfRecord, EntryDraft, Service } from './book-of-record.ts';

/** How long an Idempotency-Key is remembered. */
const keyTtlMs = 24 * 3_600_000;

/** What the routes of every service work with. */
export interface Desk {
  readonly record: BookOfRecord;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Does something once for each Idempotency-Key: a repeated request gets the first answer again, and another request
 * under a used key is refused. Without a key it is done each time.
 */
export function doOnce(
  c: CompanionContext,
  { record, clock }: Desk,
  service: Service,
  request: unknown,
  draftOf: () => Omit<EntryDraft, 'service' | 'key' | 'atMs' | 'request'>,
): Response {
  const key = c.req.header('idempotency-key') ?? null;
  const whole = { method: c.req.method, path: c.req.path, body: request };
  const before = key === null ? undefined : record.byKey(service, key, clock() - keyTtlMs);
  if (before) {
    if (!isDeepStrictEqual(before.request, whole)) {
      const detail = `The Idempotency-Key '${key}' was used for another request. Send the same one, or a new key.`;
      throw new Problem(422, 'key-reused', detail);
    }
    return c.json(before.answer, 200, { 'idempotency-replayed': 'true' });
  }
  const { answer } = record.add({ ...draftOf(), service, key, atMs: clock(), request: whole });
  return c.json(answer, 201);
}
