import { decodeCursor, encodeCursor } from '../../contract/cursor.ts';
import { dueIndexEnd, indexShards, tableShape } from '../../contract/keys.ts';
import { checkLimit } from '../records.ts';
import type { Item } from './item.ts';
import type { ItemStore, PageStart } from './item-store.ts';
import { addressOf } from './item-store.ts';

const indexKeys = tableShape.index;

/** How many entries of one shard are looked at for one page. Where few of them are wanted, a page is short, or empty, and not slow. */
const mostExamined = 500;

/**
 * One page of a list that is spread over the shards of the index, newest first. Sort keys are in one order over all
 * shards, so one of them is enough of a cursor. The index is a hint: the items are read from the base table, and
 * those that no longer stand where the index says, or that are not wanted as they stand, are left out.
 */
export async function readIndexPage(
  items: ItemStore,
  query: {
    readonly list: 'runs' | 'escalations';
    readonly partition: (shard: number) => string;
    readonly limit: number;
    readonly cursor: string | undefined;
    /** Says of an entry, by its projected attributes, and of the item itself whether it is wanted; every one when left out. */
    readonly wants?: (item: Item) => boolean;
    readonly label: string;
  },
): Promise<{ items: Item[]; nextCursor: string | undefined }> {
  const { list, partition, limit, label, wants } = query;
  checkLimit(limit);
  const before = decodeCursor(list, query.cursor);
  const shards = await Promise.all(
    Array.from({ length: indexShards }, (_, shard) =>
      // One more than asked for tells whether there is a next page.
      newest(items, { partition: partition(shard), before, limit: limit + 1, label, wants }),
    ),
  );
  // Older than this, a shard may hold entries that were not looked at.
  const reached = shards.flatMap((shard) => shard.reached ?? []).reduce((a, b) => (a > b ? a : b), '');
  const entries = shards
    .flatMap((shard) => shard.found.filter((entry) => sortKeyOf(entry) >= reached))
    .toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? 1 : -1));
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const end = entries.length > limit && last ? sortKeyOf(last) : reached;
  const nextCursor = end === '' ? undefined : encodeCursor(list, end);

  const stored = await items.getMany(page, `${label}: base items`);
  const byAddress = new Map(stored.map((item) => [addressOf(item), item]));
  const current = page.flatMap((entry) => {
    const item = byAddress.get(addressOf(entry));
    const stands =
      item?.[indexKeys.partitionKey] === entry[indexKeys.partitionKey] && item && sortKeyOf(item) === sortKeyOf(entry);
    return stands && (wants?.(item) ?? true) ? [item] : [];
  });
  return { items: current, nextCursor };
}

/**
 * Entries of one partition of the index that are wanted, newest first: the base keys and sort keys of items. `reached` is the
 * sort key of the last one that was looked at, when there may be older ones.
 */
async function newest(
  items: ItemStore,
  query: {
    readonly partition: string;
    readonly before: string | undefined;
    readonly limit: number;
    readonly label: string;
    readonly wants: ((item: Item) => boolean) | undefined;
  },
): Promise<{ readonly found: readonly Item[]; readonly reached: string | undefined }> {
  const { partition, before, limit, label, wants } = query;
  const { name, partitionKey, sortKey } = indexKeys;
  const found: Item[] = [];
  let examined = 0;
  let from: PageStart;
  do {
    const page = await items.query(
      {
        IndexName: name,
        KeyConditionExpression: before === undefined ? '#p = :p' : '#p = :p AND #s < :s',
        ExpressionAttributeNames: { '#p': partitionKey, ...(before === undefined ? {} : { '#s': sortKey }) },
        ...{ partition, values: before === undefined ? {} : { ':s': before } },
        // Of what few are wanted, many have to be looked at.
        ...{ ScanIndexForward: false, Limit: wants ? mostExamined - examined : limit - found.length, from },
      },
      label,
    );
    examined += page.items.length;
    const room = limit - found.length;
    const wanted = wants ? page.items.filter(wants) : page.items;
    found.push(...wanted.slice(0, room));
    const last = wanted.length > room ? wanted[room - 1] : page.items.at(-1);
    if (last && (wanted.length >= room || (page.from && wants && examined >= mostExamined))) {
      return { found, reached: sortKeyOf(last) };
    }
    from = page.from;
  } while (from);
  return { found, reached: undefined };
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

/** The sort key of what stands first in one partition of the index of open inbox items; undefined when it is empty. */
export async function firstSortKey(
  items: ItemStore,
  openPartition: string,
  label: string,
): Promise<string | undefined> {
  const { name, partitionKey, sortKey } = tableShape.openIndex;
  const { items: found } = await items.query(
    {
      IndexName: name,
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': partitionKey },
      ...{ partition: openPartition, values: {}, Limit: 1, from: undefined },
    },
    label,
  );
  return found[0] && String(found[0][sortKey]);
}

function sortKeyOf(item: Item): string {
  return String(item[indexKeys.sortKey]);
}
