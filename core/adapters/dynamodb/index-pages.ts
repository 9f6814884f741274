import { decodeCursor, encodeCursor } from '../../contract/cursor.ts';
import { indexShards, tableShape } from '../../contract/keys.ts';
import { checkLimit } from '../records.ts';
import type { Item } from './item.ts';
import type { ItemStore } from './item-store.ts';
import { addressOf } from './item-store.ts';

const indexKeys = tableShape.index;

/**
 * One page of a list that is spread over the shards of the index, newest first. Sort keys are in one order over all
 * shards, so one of them is enough of a cursor. The index is a hint: the items are read from the base table, and
 * those that no longer stand where the index says are left out.
 */
export async function readIndexPage(
  items: ItemStore,
  query: {
    readonly list: 'runs' | 'escalations';
    readonly partition: (shard: number) => string;
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly label: string;
  },
): Promise<{ items: Item[]; nextCursor: string | undefined }> {
  const { list, partition, limit, label } = query;
  checkLimit(limit);
  const before = decodeCursor(list, query.cursor);
  const shards = await Promise.all(
    Array.from({ length: indexShards }, (_, shard) =>
      // One more than asked for tells whether there is a next page.
      items.queryIndex({ partition: partition(shard), before, limit: limit + 1, label }),
    ),
  );
  const entries = shards.flat().toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? 1 : -1));
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = entries.length > limit && last ? encodeCursor(list, sortKeyOf(last)) : undefined;

  const stored = await items.getMany(page, `${label}: base items`);
  const byAddress = new Map(stored.map((item) => [addressOf(item), item]));
  const current = page.flatMap((entry) => {
    const item = byAddress.get(addressOf(entry));
    const stands =
      item?.[indexKeys.partitionKey] === entry[indexKeys.partitionKey] && item && sortKeyOf(item) === sortKeyOf(entry);
    return stands ? [item] : [];
  });
  return { items: current, nextCursor };
}

function sortKeyOf(item: Item): string {
  return String(item[indexKeys.sortKey]);
}
