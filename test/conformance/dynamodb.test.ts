import { describe } from 'vitest';
import { createDynamoSpendStore, createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import { SystemIds } from '../../core/adapters/system/index.ts';
import { breakerStoreConformance } from './breaker-store.ts';
import { documentStoresConformance } from './document-stores.ts';
import { effectLedgerConformance } from './effect-ledger.ts';
import { startEmbeddedTable, tableClients, tableName } from './embedded-table.ts';
import { runStoreConformance } from './run-store.ts';
import { spendStoreConformance } from './spend-store.ts';

describe.each(tableClients)('through %s', (_, createClient) => {
  describe('the effect ledger in DynamoDB', () => {
    effectLedgerConformance(async () => {
      const table = await startEmbeddedTable(createClient);
      return { ...createDynamoStores({ client: table.client, tableName }), stop: () => table.stop() };
    });
  });

  describe('what skills keep in DynamoDB', () => {
    documentStoresConformance(async () => {
      const table = await startEmbeddedTable(createClient);
      return { ...createDynamoStores({ client: table.client, tableName }), stop: () => table.stop() };
    });
  });

  describe('breakers in DynamoDB', () => {
    breakerStoreConformance(async () => {
      const table = await startEmbeddedTable(createClient);
      return { ...createDynamoStores({ client: table.client, tableName }), stop: () => table.stop() };
    });
  });

  describe('what is spent, in DynamoDB', () => {
    spendStoreConformance(async () => {
      const table = await startEmbeddedTable(createClient);
      const spend = createDynamoSpendStore({ client: table.client, tableName, ids: new SystemIds() });
      return { spend, stop: () => table.stop() };
    });
  });

  describe('the run store in DynamoDB', () => {
    runStoreConformance(async () => {
      const table = await startEmbeddedTable(createClient);
      return { ...createDynamoStores({ client: table.client, tableName }), stop: () => table.stop() };
    });
  });
});
