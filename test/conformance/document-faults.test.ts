import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import type { DocumentStore } from '../../core/model/skill.ts';
import type { EmbeddedTable, Fault, FaultPlan } from './embedded-table.ts';
import { startEmbeddedTable, tableClients, tableName } from './embedded-table.ts';

describe.each(tableClients)('documents through %s', (_client, createClient) => {
  let table: EmbeddedTable;
  let tenants = 0;

  beforeAll(async () => {
    table = await startEmbeddedTable(createClient);
  });
  afterAll(() => table.stop());

  /** The same documents, once through requests that meet faults. */
  const stores = (plan: FaultPlan): { faulty: DocumentStore; healthy: DocumentStore; requests: string[] } => {
    const tenantId = `tenant-${++tenants}`;
    const { client, requests } = table.faulty(plan);
    const of = (through: typeof client): DocumentStore =>
      createDynamoStores({ client: through, tableName }).documents.of(tenantId, 'Notes:v1');
    return { faulty: of(client), healthy: of(table.client), requests };
  };
  const first =
    (operation: string, fault: Fault, times = 1): FaultPlan =>
    (asked, count) =>
      asked === operation && count <= times ? fault : 'none';

  it('a put whose answer is lost is recognised as written', async () => {
    for (const times of [1, 3]) {
      const { faulty, healthy } = stores(first('PutItem', 'answerLost', times));
      const written = await faulty.put('k', 'mine', 'absent');
      expect(written).toMatchObject({ written: true });
      expect(await healthy.get('k')).toEqual({ key: 'k', value: 'mine', version: Reflect.get(written, 'version') });
    }
  });

  it('a put that did not arrive is sent again, and an unconditional one too', async () => {
    for (const ifVersion of ['absent', undefined]) {
      const { faulty, healthy } = stores(first('PutItem', 'requestLost', 3));
      expect(await faulty.put('k', 1, ifVersion)).toMatchObject({ written: true });
      expect((await healthy.get('k'))?.value).toBe(1);
    }
  });

  it('a put that gets no answer at all may have been done', async () => {
    const { faulty } = stores((operation) => (operation === 'PutItem' ? 'requestLost' : 'none'));
    await expect(faulty.put('k', 1, 'absent')).rejects.toMatchObject({
      failureClass: 'storeUnavailable',
      sendOutcome: 'unknown',
    });
  });

  it('a removal whose answer is lost is recognised as done', async () => {
    for (const times of [1, 3]) {
      const { faulty, healthy } = stores(first('DeleteItem', 'answerLost', times));
      const written = await healthy.put('k', 1);
      expect(await faulty.remove('k', String(Reflect.get(written, 'version')))).toBe(true);
      expect(await healthy.get('k')).toBeUndefined();
    }
  });

  it('a removal that did not arrive is sent again, or is known to have failed when another version stands there', async () => {
    const again = stores(first('DeleteItem', 'requestLost', 3));
    await again.healthy.put('k', 1);
    expect(await again.faulty.remove('k')).toBe(true);
    expect(await again.healthy.get('k')).toBeUndefined();
    const other = stores((operation) => (operation === 'DeleteItem' ? 'requestLost' : 'none'));
    await other.healthy.put('k', 1);
    expect(await other.faulty.remove('k', 'a-version-of-before')).toBe(false);
    await expect(other.faulty.remove('k')).rejects.toMatchObject({
      failureClass: 'storeUnavailable',
      sendOutcome: 'unknown',
    });
  });

  it('a read that gets no answer has changed nothing', async () => {
    const { faulty } = stores(() => 'requestLost');
    for (const call of [() => faulty.get('k'), () => faulty.list()]) {
      await expect(call()).rejects.toMatchObject({ failureClass: 'storeUnavailable', sendOutcome: 'notDone' });
    }
  });

  it('a table that refuses is told as such, with proof that nothing was done', async () => {
    const { documents } = createDynamoStores({ client: table.client, tableName: 'elsewhere' });
    const store = documents.of('acme', 'Notes:v1');
    for (const call of [() => store.get('k'), () => store.put('k', 1), () => store.remove('k'), () => store.list()]) {
      await expect(call()).rejects.toMatchObject({ failureClass: 'bug', sendOutcome: 'notDone' });
    }
  });
});
