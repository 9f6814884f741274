import { decodeCursor, encodeCursor } from '../../contract/cursor.ts';
import { dueIndexEnd, indexShards, tableShape } from '../../contract/keys.ts';
import { checkLimit } from '../records.ts';
import type { Item } from './item.ts';
import type { ItemStore, PageStart } from './item-store.ts';
import { addressOf } from './item-store.ts';

const indexKeys = tableShape.index;
/** Entries of each shard that a page with a filter looks at: about eight read units in all. */
const lookedAtOfShard = 250;

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
    /** Entries that are wanted, as far as the index knows; then a page looks at a bounded number of them. */
    readonly wanted?: ((entry: Item) => boolean) | undefined;
  },
): Promise<{ items: Item[]; nextCursor: string | undefined }> {
  const { list, partition, limit, label, wanted } = query;
  // One more than asked for tells whether there is a next page.
  const looked = wanted ? Math.max(limit + 1, lookedAtOfShard) : limit + 1;
  checkLimit(limit);
  const before = decodeCursor(list, query.cursor);
  const shards = await Promise.all(
    Array.from({ length: indexShards }, (_, shard) =>
      newest(items, { partition: partition(shard), before, limit: looked, label }),
    ),
  );
  // Of a shard that may have more, nobody knows what comes behind its last entry.
  const known = shards
    .flatMap((shard) => (shard.length < looked ? [] : [sortKeyOf(shard.at(-1))]))
    .toSorted()
    .at(-1);
  const entries = shards
    .flat()
    .filter((entry) => known === undefined || sortKeyOf(entry) >= known)
    .toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? 1 : -1));
  const fitting = wanted ? entries.filter(wanted) : entries;
  const page = fitting.slice(0, limit);
  const last = page.at(-1);
  const reached = fitting.length > limit && last ? sortKeyOf(last) : known;
  const nextCursor = reached === undefined ? undefined : encodeCursor(list, reached);

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

/** Entries of one partition of the index, newest first: the base keys and sort keys of items. */
async function newest(
  items: ItemStore,
  query: {
    readonly partition: string;
    readonly before: string | undefined;
    readonly limit: number;
    readonly label: string;
  },
): Promise<Item[]> {
  const { partition, before, limit, label } = query;
  const { name, partitionKey, sortKey } = indexKeys;
  const found: Item[] = [];
  let from: PageStart;
  do {
    const page = await items.query(
      {
        IndexName: name,
        KeyConditionExpression: before === undefined ? '#p = :p' : '#p = :p AND #s < :s',
        ExpressionAttributeNames: { '#p': partitionKey, ...(before === undefined ? {} : { '#s': sortKey }) },
        ...{ partition, values: before === undefined ? {} : { ':s': before } },
        ...{ ScanIndexForward: false, Limit: limit - found.length, from },
      },
      label,
    );
    found.push(...page.items);
    from = page.from;
  } while (from && found.length < limit);
  return found;
}

/** The base keys of what one partition of the index holds as due before that moment, longest overdue first. */
export async function* dueItems(
  items: ItemStore,
  query: { readonly duePartition: string; readonly nowMs: number; readonly label: string },
): AsyncIterable<Item> {
  const { name, partitionKey, sortKey } = tableShape.dueIndex;
  let from: PageStart;
  do {
    const page = await items.query(
      {
        IndexName: name,
        KeyConditionExpression: '#p = :p AND #s < :s',
        ExpressionAttributeNames: { '#p': partitionKey, '#s': sortKey },
        ...{ partition: query.duePartition, values: { ':s': dueIndexEnd(query.nowMs) }, from },
      },
      query.label,
    );
    yield* page.items;
    from = page.from;
  } while (from);
}

function sortKeyOf(item: Item | undefined): string {
  return String(item?.[indexKeys.sortKey]);
}
