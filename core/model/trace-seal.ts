import * as z from 'zod';
import { sha256 } from './json.ts';

/**
 * One item of the table as the chain of a run has it. The chain is made of items rather than of the events that are told from
 * them: how a trace is told may change in a year, what was stored may not.
 */
export interface SealedRecord {
  /** What it is, and of what: `plan 2`, `step HotelBooking:v1/book`. Unique within the run. */
  readonly key: string;
  /** The event by which people know it. */
  readonly type: string;
  readonly hash: string;
  /** When it came to be, as far as it says. */
  readonly atMs: number;
}

const link = z.object({ key: z.string(), type: z.string(), link: z.string() });

/** What a run was when it ended, kept outside the table under the hash of its own text. */
export const traceSeal = z.object({
  version: z.literal(1),
  tenantId: z.string(),
  runId: z.string(),
  endedAtMs: z.int(),
  /** Each speaks of all before it; the last one is the head of the chain. */
  links: z.array(link),
});
export type TraceSeal = z.infer<typeof traceSeal>;

/** The chain over records in their order. */
export function chained(records: readonly SealedRecord[]): TraceSeal['links'] {
  let before = '';
  return records.map(({ key, type, hash }) => {
    before = linkAfter(before, key, hash);
    return { key, type, link: before };
  });
}

function linkAfter(before: string, key: string, hash: string): string {
  return sha256(JSON.stringify([before, key, hash]));
}

/** The first thing that is not as it was sealed. */
export interface Tampering {
  /** Place in the chain, from 1. */
  readonly position: number;
  readonly key: string;
  readonly type: string;
  /** `moved`: it is there, but not where it was. */
  readonly problem: 'changed' | 'missing' | 'inserted' | 'moved';
}

/**
 * The first record that is not as the seal has it; undefined when all are. What says of itself that it is younger than the
 * end of the run is not covered, and has to be left out by the caller.
 */
export function firstTampering(
  records: readonly SealedRecord[],
  seal: Pick<TraceSeal, 'links'>,
): Tampering | undefined {
  let before = '';
  for (let index = 0; index < Math.max(records.length, seal.links.length); index += 1) {
    const record = records[index];
    const sealed = seal.links[index];
    const position = index + 1;
    if (!sealed) return record && { position, key: record.key, type: record.type, problem: 'inserted' };
    if (!record) return { position, key: sealed.key, type: sealed.type, problem: 'missing' };
    if (record.key !== sealed.key) return outOfPlace(record, sealed, position, records, seal);
    before = linkAfter(before, record.key, record.hash);
    if (before !== sealed.link) return { position, key: sealed.key, type: sealed.type, problem: 'changed' };
  }
  return undefined;
}

function outOfPlace(
  record: SealedRecord,
  sealed: TraceSeal['links'][number],
  position: number,
  records: readonly SealedRecord[],
  { links }: Pick<TraceSeal, 'links'>,
): Tampering {
  if (!links.some(({ key }) => key === record.key)) {
    return { position, key: record.key, type: record.type, problem: 'inserted' };
  }
  const problem = records.some(({ key }) => key === sealed.key) ? 'moved' : 'missing';
  return { position, key: sealed.key, type: sealed.type, problem };
}
