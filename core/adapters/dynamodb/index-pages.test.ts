import { expect, it } from 'vitest';
import type { Item } from './item.ts';
import { readIndexPage } from './index-pages.ts';
import type { ItemStore } from './item-store.ts';

const shardOf = (position: number): number => (position % 7 === 0 ? 0 : position % 4);
/** More than one page may look at, in each shard; every 900th is wanted. */
const entries: Item[] = Array.from({ length: 6_000 }, (_, position) => ({
  PK: `item-${position}`,
  SK: 'RUN',
  GSI1PK: `shard-${shardOf(position)}`,
  GSI1SK: `${String(position).padStart(15, '0')}#run-${'a'.repeat(20)}`,
  status: position % 900 === 13 ? 'failed' : 'completed',
}));

let examined = 0;
/** Answers as an index does, newest first, and no more than 300 entries at once. */
const items = {
  query: ({ partition, values, Limit, from }: Parameters<ItemStore['query']>[0]) => {
    const before = from?.['GSI1SK']?.S ?? values[':s'] ?? 'x';
    const older = entries
      .filter((entry) => entry['GSI1PK'] === partition && String(entry['GSI1SK']) < before)
      .toReversed();
    const page = older.slice(0, Math.min(Limit ?? 300, 300));
    examined += page.length;
    const last = page.at(-1);
    const goesOn = older.length > page.length && last;
    return Promise.resolve({ items: page, from: goesOn ? { GSI1SK: { S: String(last['GSI1SK']) } } : undefined });
  },
  getMany: (keys: readonly { readonly PK: string }[]) =>
    Promise.resolve(entries.filter(({ PK }) => keys.some((key) => key.PK === PK))),
} as unknown as ItemStore;

it.each([1, 3, 100])(
  'gives the few entries that are wanted once each, newest first, by pages of %i that look at no more than they may',
  async (limit) => {
    const found: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      examined = 0;
      const page = await readIndexPage(items, {
        ...{ list: 'runs', partition: (shard: number) => `shard-${shard}`, limit, cursor, label: 'a list' },
        wants: ({ status }) => status === 'failed',
      });
      expect(examined).toBeLessThanOrEqual(4 * 500);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items.map(({ PK }) => PK));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined && pages < 100);
    const wanted = entries.filter(({ status }) => status === 'failed').map(({ PK }) => PK);
    expect(found).toEqual(wanted.toReversed());
    expect(pages).toBeGreaterThan(1);
  },
);
