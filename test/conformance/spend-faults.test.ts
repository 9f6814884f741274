import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoSpendStore } from '../../core/adapters/dynamodb/index.ts';
import { SystemIds } from '../../core/adapters/system/index.ts';
import type { Reservation, SpendLimits } from '../../core/model/budget.ts';
import type { SpendStore } from '../../core/ports/index.ts';
import type { EmbeddedTable, Fault, FaultPlan } from './embedded-table.ts';
import { startEmbeddedTable, tableClients, tableName } from './embedded-table.ts';

const day = '2026-11-27';
const limits: SpendLimits = { run: { usdMicros: 5 }, tenantDay: { usdMicros: 5 } };

describe.each(tableClients)('what is spent, through %s', (_client, createClient) => {
  let table: EmbeddedTable;
  let tenants = 0;

  beforeAll(async () => {
    table = await startEmbeddedTable(createClient);
  });
  afterAll(() => table.stop());

  /** The same store, once through requests that meet faults. */
  const stores = (plan: FaultPlan) => {
    const tenantId = `tenant-${++tenants}`;
    const of = (client: EmbeddedTable['client']): SpendStore =>
      createDynamoSpendStore({ client, tableName, ids: new SystemIds() });
    const worst = { usdMicros: 5, tokens: 5 };
    const call: Reservation = { tenantId, runId: 'run-1', agent: 'writer', model: 'small', key: 'k', day, worst };
    return { faulty: of(table.faulty(plan).client), healthy: of(table.client), call, tenantId };
  };

  it.each<[Fault, number]>([
    ['answerLost', 1],
    ['answerLost', 3],
    ['requestLost', 1],
    ['requestLost', 3],
    ['throttled', 2],
    ['serverError', 2],
  ])('a write that meets %s, %d times, counts once', async (fault, times) => {
    // The writes of a call: a hold on the day, the open call of the run, its settlement, its line of the bill.
    for (const nth of [1, 2, 3, 4]) {
      const { faulty, healthy, call, tenantId } = stores((operation, count) =>
        operation === 'PutItem' && count >= nth && count < nth + times ? fault : 'none',
      );
      expect(await faulty.reserve(call, limits)).toBeUndefined();
      expect(await healthy.ofRun(call)).toEqual({ usdMicros: 5, tokens: 5 });
      await faulty.settle(call, { usdMicros: 2, tokens: 3 });
      expect(await healthy.ofRun(call)).toEqual({ usdMicros: 2, tokens: 3 });
      expect(await healthy.lines({ tenantId, from: day, to: day })).toEqual([
        { day, agent: 'writer', model: 'small', usdMicros: 2, tokens: 3, calls: 1 },
      ]);
      const rest = { ...call, key: 'rest', worst: { usdMicros: 3, tokens: 1 } };
      expect(await healthy.reserve(rest, limits)).toBeUndefined();
    }
  });

  it('a table that does not answer is unavailable, for every method', async () => {
    const { faulty, call, tenantId } = stores(() => 'requestLost');
    for (const asked of [
      () => faulty.reserve(call, limits),
      () => faulty.settle(call, call.worst),
      () => faulty.ofRun(call),
      () => faulty.lines({ tenantId, from: day, to: day }),
    ]) {
      await expect(asked()).rejects.toMatchObject({ name: 'StoreUnavailable' });
    }
  });
});
