import * as z from 'zod';
import type { RunHead } from '../model/run.ts';
import type { IdempotencyRecord } from '../ports/index.ts';

export const maxPageItems = 1_000;

export const idempotencyRecord: z.ZodType<IdempotencyRecord> = z.object({
  tenantId: z.string(),
  keyHash: z.string(),
  bodyHash: z.string(),
  runId: z.string(),
  writeToken: z.string(),
  inFlightUntilMs: z.int(),
});

/** Throws a RangeError for a page size that no store serves. */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageItems) {
    throw new RangeError(`A page holds 1 to ${maxPageItems} items, a whole number; ${limit} were asked for.`);
  }
}

/** Throws when a head would not count up: the version is what makes a lost race visible. */
export function checkNextVersion(next: RunHead, seenVersion: number): void {
  if (next.version > seenVersion) return;
  throw new Error(
    `A head of run ${next.runId} with version ${next.version} cannot follow version ${seenVersion}; count it up.`,
  );
}
