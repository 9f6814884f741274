import type { LedgerRef } from '../model/effect.ts';
import { sha256 } from '../model/json.ts';

/**
 * Every key of the one table. Tenant and agent names, run, step and skill ids cannot contain `#` (core/model/names.ts),
 * so no name can forge a key. PK and SK are the attribute names.
 */
export const indexName = 'GSI1';
export const indexShards = 4;

/**
 * Shape of the table, for whoever creates it. All key attributes are strings. The index holds the keys and two
 * attributes, so that a write of a run head that changes neither costs nothing there.
 */
export const tableShape = {
  partitionKey: 'PK',
  sortKey: 'SK',
  index: {
    name: indexName,
    partitionKey: 'GSI1PK',
    sortKey: 'GSI1SK',
    projectedAttributes: ['status', 'agent'],
  },
  /**
   * Sparse: heads of runs that are not over, by when they ought to have moved (core/model/run-due.ts), and open inbox items
   * by when their next timer fires (core/model/inbox-timer.ts). Keys only.
   */
  dueIndex: { name: 'GSI2', partitionKey: 'GSI2PK', sortKey: 'GSI2SK', projectedAttributes: [] },
  /** Sparse: open inbox items of all tenants, by when they were opened. Keys only. */
  openIndex: { name: 'GSI3', partitionKey: 'GSI3PK', sortKey: 'GSI3SK', projectedAttributes: [] },
} as const;

export interface ItemKey {
  readonly PK: string;
  readonly SK: string;
}

export const runPartition = (tenantId: string, runId: string): string => `T#${tenantId}#R#${runId}`;
/** The run of a partition that `runPartition` names; undefined for any other partition. */
export function runOfPartition(partition: string): { tenantId: string; runId: string } | undefined {
  const [tenantMark, tenantId, runMark, runId, ...rest] = partition.split('#');
  if (tenantMark !== 'T' || runMark !== 'R' || !tenantId || !runId || rest.length > 0) return undefined;
  return { tenantId, runId };
}
export const headKey = (tenantId: string, runId: string): ItemKey => ({ PK: runPartition(tenantId, runId), SK: 'RUN' });
export const requestKey = (tenantId: string, runId: string): ItemKey => ({
  PK: runPartition(tenantId, runId),
  SK: 'REQUEST',
});
export const planKey = (tenantId: string, runId: string, revision: number): ItemKey => ({
  PK: runPartition(tenantId, runId),
  SK: `PLAN#${String(revision).padStart(6, '0')}`,
});

/** Within the partition of its run, in the order of plan revisions and then of heads. */
export const noteKey = (tenantId: string, runId: string, revision: number, version: number): ItemKey => ({
  PK: runPartition(tenantId, runId),
  SK: `${notePrefix(revision)}${String(version).padStart(8, '0')}`,
});
export const notePrefix = (revision: number): string => `TRACE#${String(revision).padStart(6, '0')}#`;

/** Leading key of a skill's own ledger: what its role may reach is `T#*#E#<skill>#R#*`. */
export const ledgerKey = (ref: LedgerRef): ItemKey => ({
  PK: `T#${ref.tenantId}#E#${ref.skill}#R#${ref.runId}`,
  SK: `STEP#${ref.stepId}#${ref.direction}`,
});
/** Beside the ledger of its step, so that the skill host can see it. */
export const approvalKey = (ref: LedgerRef, binding: string): ItemKey => ({
  PK: ledgerKey(ref).PK,
  SK: `APPROVAL#${ref.stepId}#${ref.direction}#${binding}`,
});
export const ledgerLeadingKeyPattern = (skill: string): string => `T#*#E#${skill}#R#*`;

/** What a skill keeps for a tenant is one partition: what its role may reach is `T#*#D#<skill>`. */
export const documentPartition = (tenantId: string, skill: string): string => `T#${tenantId}#D#${skill}`;
export const documentLeadingKeyPattern = (skill: string): string => documentPartition('*', skill);
export const documentKey = (tenantId: string, skill: string, key: string): ItemKey => ({
  PK: documentPartition(tenantId, skill),
  SK: `${documentSortKeyPrefix}${key}`,
});
export const documentSortKeyPrefix = 'DOC#';

/** The escalation of a partition that `escalationKey` names; undefined for any other partition. */
export function escalationOfPartition(partition: string): { tenantId: string; escalationId: string } | undefined {
  const [tenantMark, tenantId, escalationMark, escalationId, ...rest] = partition.split('#');
  if (tenantMark !== 'T' || escalationMark !== 'X' || !tenantId || !escalationId || rest.length > 0) return undefined;
  return { tenantId, escalationId };
}
export const escalationKey = (tenantId: string, escalationId: string): ItemKey => ({
  PK: `T#${tenantId}#X#${escalationId}`,
  SK: 'ESC',
});
/** A line of the history of an inbox item, beside the item. */
export const escalationActKey = (tenantId: string, escalationId: string, number: number): ItemKey => ({
  PK: escalationKey(tenantId, escalationId).PK,
  SK: `ACT#${String(number).padStart(6, '0')}`,
});
/** Of everybody: a dependency that is down is down for all tenants. */
export const breakerKey = (dependency: string): ItemKey => ({ PK: `B#${dependency}`, SK: 'BREAKER' });
export const idempotencyKey = (tenantId: string, keyHash: string): ItemKey => ({
  PK: `T#${tenantId}#I#${keyHash}`,
  SK: 'IDEMP',
});

/** What a run has spent. */
export const runAccountKey = (tenantId: string, runId: string): ItemKey => ({
  PK: `T#${tenantId}#G#${runId}`,
  SK: 'BUDGET',
});
/** What a tenant has spent on a day in UTC, `2026-11-27`: the limit of the day, and the lines of its bill. */
export const dayAccountKey = (tenantId: string, day: string): ItemKey => ({
  PK: `T#${tenantId}#M#${day}`,
  SK: 'BUDGET',
});

const shardOf = (id: string): number => Number.parseInt(sha256(id).slice(0, 8), 16) % indexShards;

/** Partition of GSI1 under which one shard of a tenant's runs, or of its open escalations, is listed by time. */
export const runIndexPartition = (tenantId: string, shard: number): string => `T#${tenantId}#${shard}`;
export const runIndexKey = (
  tenantId: string,
  runId: string,
  createdAtMs: number,
): { GSI1PK: string; GSI1SK: string } => ({
  GSI1PK: runIndexPartition(tenantId, shardOf(runId)),
  GSI1SK: indexSortKey(createdAtMs, runId),
});
export const escalationIndexPartition = (tenantId: string, status: string, shard: number): string =>
  `T#${tenantId}#X#${status}#${shard}`;
export const escalationIndexKey = (
  tenantId: string,
  status: string,
  escalationId: string,
  openedAtMs: number,
): { GSI1PK: string; GSI1SK: string } => ({
  GSI1PK: escalationIndexPartition(tenantId, status, shardOf(escalationId)),
  GSI1SK: indexSortKey(openedAtMs, escalationId),
});

/** Partition of GSI2 under which one shard of the runs of all tenants is listed by when they ought to have moved. */
export const dueIndexPartition = (shard: number | string): string => `DUE#${shard}`;
export const dueIndexKey = (runId: string, dueMs: number): { GSI2PK: string; GSI2SK: string } => ({
  GSI2PK: dueIndexPartition(shardOf(runId)),
  GSI2SK: indexSortKey(dueMs, runId),
});
/** The same of the inbox items whose timers are to fire. */
export const escalationDuePartition = (shard: number): string => dueIndexPartition(`X#${shard}`);
export const escalationDueKey = (escalationId: string, dueMs: number): { GSI2PK: string; GSI2SK: string } => ({
  GSI2PK: escalationDuePartition(shardOf(escalationId)),
  GSI2SK: indexSortKey(dueMs, escalationId),
});
/** Partition of GSI3 under which one shard of the open inbox items of all tenants is listed by time. */
export const openIndexPartition = (shard: number | string): string => `OPEN#${shard}`;
export const openIndexKey = (escalationId: string, openedAtMs: number): { GSI3PK: string; GSI3SK: string } => ({
  GSI3PK: openIndexPartition(shardOf(escalationId)),
  GSI3SK: indexSortKey(openedAtMs, escalationId),
});
/** The time in a sort key of an index, in milliseconds. */
export const atMsOfSortKey = (sortKey: string): number => Number.parseInt(sortKey, 10);
/** What every sort key of what is due by then is less than. */
export const dueIndexEnd = (nowMs: number): string => indexSortKey(nowMs + 1, '');

const indexSortKey = (atMs: number, id: string): string => `${String(atMs).padStart(15, '0')}#${id}`;

/** Blob keys are content addresses under the skill that may read or write them. */
export const argumentsBlobKey = (tenantId: string, skill: string, hash: string): string =>
  `args/${skill}/${tenantId}/${hash}`;
export const resultBlobKey = (tenantId: string, skill: string, hash: string): string =>
  `results/${skill}/${tenantId}/${hash}`;
/** Of what the trace of a run was at its end. */
export const sealBlobKey = (tenantId: string, runId: string, hash: string): string =>
  `seals/${tenantId}/${runId}/${hash}`;
