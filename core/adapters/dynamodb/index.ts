import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EffectLedger, RunStore } from '../../ports/index.ts';
import { DynamoEffectLedger } from './effect-ledger.ts';
import { ItemStore } from './item-store.ts';
import type { Meter } from './meter.ts';
import { DynamoRunStore } from './run-store.ts';

export { createDynamoClient } from './client.ts';
export type { TableClient } from './client.ts';
export { createTable } from './create-table.ts';
export type { Meter, MeterEntry } from './meter.ts';

/**
 * The run store and the effect ledger over one table.
 * A `meter` is told what every call to the table costs; it is for benchmarks and makes each call a little slower.
 */
export function createDynamoStores(options: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly meter?: Meter;
}): { readonly runs: RunStore; readonly ledger: EffectLedger } {
  const items = new ItemStore(options.client, options.tableName, options.meter);
  return { runs: new DynamoRunStore(items), ledger: new DynamoEffectLedger(items) };
}
