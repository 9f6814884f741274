import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { BreakerStore, DocumentStores, EffectLedger, Ids, RunStore, SpendStore } from '../../ports/index.ts';
import { SpendBook } from '../spend-book.ts';
import { DynamoBreakerStore } from './breaker-store.ts';
import { DynamoDocumentStores } from './document-stores.ts';
import { DynamoEffectLedger } from './effect-ledger.ts';
import { ItemStore } from './item-store.ts';
import type { Meter } from './meter.ts';
import { DynamoRunStore } from './run-store.ts';
import { DynamoSpendAccounts } from './spend-accounts.ts';

export { createDynamoClient } from './client.ts';
export type { TableClient } from './client.ts';
export { createTable } from './create-table.ts';
export type { Meter, MeterEntry } from './meter.ts';

/**
 * The run store, the effect ledger, the breakers and what skills keep, over one table.
 * A `meter` is told what every call to the table costs; it is for benchmarks and makes each call a little slower.
 */
export function createDynamoStores(options: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly meter?: Meter;
}): {
  readonly runs: RunStore;
  readonly ledger: EffectLedger;
  readonly documents: DocumentStores;
  readonly breakers: BreakerStore;
} {
  const items = new ItemStore(options.client, options.tableName, options.meter);
  return {
    runs: new DynamoRunStore(items),
    ledger: new DynamoEffectLedger(items),
    documents: new DynamoDocumentStores(items, options.client, options.tableName),
    breakers: new DynamoBreakerStore(items),
  };
}

/**
 * What runs and tenants have spent on models, over the same table.
 *
 * @param options.ids for the names of writes, and for the jitter between writers that meet
 */
export function createDynamoSpendStore(options: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly ids: Ids;
  readonly meter?: Meter;
}): SpendStore {
  const items = new ItemStore(options.client, options.tableName, options.meter);
  return new SpendBook(new DynamoSpendAccounts(items), options.ids);
}
