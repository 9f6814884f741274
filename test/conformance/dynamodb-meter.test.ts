import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeterEntry } from '../../core/adapters/dynamodb/index.ts';
import { createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import { indexShards } from '../../core/contract/keys.ts';
import type { LedgerItem } from '../../core/model/effect.ts';
import { dueStepMs } from '../../core/model/run-due.ts';
import type { RunHead } from '../../core/model/run.ts';
import { transition } from '../../core/model/protocol.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import { startEmbeddedTable, tableName } from './embedded-table.ts';
import { ledgerRows } from './ledger-rows.ts';
import { momentOf } from './ledger-stories.ts';
import { escalationOf, headOf, requestOf } from './records.ts';

let table: EmbeddedTable;

beforeAll(async () => {
  table = await startEmbeddedTable();
});
afterAll(() => table.stop());

const metered = (): ReturnType<typeof createDynamoStores> & { entries: MeterEntry[] } => {
  const entries: MeterEntry[] = [];
  const stores = createDynamoStores({ client: table.client, tableName, meter: (entry) => entries.push(entry) });
  return { ...stores, entries };
};
const unitsOf = ({ writeUnits, indexWriteUnits, applied }: MeterEntry): number[] =>
  applied ? [writeUnits, indexWriteUnits] : [];

it('a step costs two write units and nothing in the index', async () => {
  const { ledger, entries } = metered();
  const ref = { tenantId: 'acme', skill: 'A:v1', runId: 'run-1', stepId: 'cost', direction: 'F' as const };
  let item: LedgerItem | undefined;
  for (const name of ['claim and intent in one', 'done']) {
    const row = ledgerRows(ref).find((each) => each.name === name);
    if (!row) throw new Error(`there is no row '${name}'`);
    const moved = transition(item, row.command('epoch/worker'), momentOf(row.atMs), `t-${name}`);
    if (!moved.ok) throw new Error(moved.refusal);
    await ledger.write(moved.next, item?.writeToken);
    item = moved.next;
  }
  expect(entries.map((entry) => [entry.label, ...unitsOf(entry)])).toEqual([
    ['ledger.write INTENT', 1, 0],
    ['ledger.write DONE', 1, 0],
  ]);
  for (const entry of entries) expect(entry.sizeBytes).toBeLessThan(600);
});

it('a head write costs something in the indexes only when the status changes, or when it moves on what is due', async () => {
  const { runs, entries } = metered();
  const head = headOf(1);
  let { version } = head;
  const write = async (change: Partial<RunHead>): Promise<void> => {
    version += 1;
    await runs.writeHead({ ...head, ...change, version, writeToken: `w${version}` }, version - 1);
  };
  const running = { status: 'running', updatedAtMs: head.updatedAtMs + 1_000 } as const;
  const later = { status: 'running', updatedAtMs: head.updatedAtMs + dueStepMs } as const;
  await runs.createRun(requestOf(head), head);
  await write({ stepsRetired: 7 });
  await write(running);
  // The usual head write.
  await write({ ...running, stepsRetired: 8, updatedAtMs: running.updatedAtMs + 1_000 });
  await write(later);
  await write({ ...later, status: 'completed' });
  expect(entries.map(unitsOf)).toEqual([
    [1, 0],
    // Listed among all runs, and among those that are not over.
    [1, 2],
    [1, 0],
    [1, 1],
    [1, 0],
    // Once in ten minutes.
    [1, 2],
    [1, 2],
  ]);
});

it('a sweep that finds nothing reads half a unit in each shard of the index', async () => {
  const { runs, entries } = metered();
  for await (const run of runs.scanOverdue(1)) throw new Error(`${run.runId} is not due`);
  expect(entries.map(({ operation, readUnits }) => [operation, readUnits])).toEqual(
    Array.from({ length: indexShards }, () => ['Query', 0.5]),
  );
});

it('a write that loses is counted as not applied, with the read that tells it so', async () => {
  const { runs, entries } = metered();
  const item = escalationOf(1);
  await runs.writeEscalation(item, undefined);
  await runs.writeEscalation({ ...item, writeToken: 'other' }, undefined);
  expect(entries.map(({ operation, applied, readUnits }) => [operation, applied, readUnits])).toEqual([
    ['PutItem', true, 0],
    ['PutItem', false, 0],
    ['GetItem', true, 1],
  ]);
});

it('counts a unit for each key of a batch, also where there is no item', async () => {
  const { ledger, entries } = metered();
  const refs = ['none', 'cost', 'neither'].map((stepId) => ({
    ...{ tenantId: 'acme', skill: 'A:v1', runId: 'run-1', direction: 'F' as const },
    stepId,
  }));
  expect(await ledger.readMany(refs)).toHaveLength(1);
  expect(entries.map(({ operation, readUnits }) => [operation, readUnits])).toEqual([['BatchGetItem', 3]]);
});

it('its units of single writes and reads are those that the table reports', async () => {
  const { runs, entries } = metered();
  const head = headOf(2);
  await runs.createRun({ ...requestOf(head), input: 'x'.repeat(5_000) }, head);
  await runs.readRequest(head);
  expect(entries.map((entry) => entry.writeUnits + entry.readUnits)).toEqual(
    entries.map((entry) => entry.reportedUnits),
  );
});
