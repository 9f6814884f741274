import type { PageRequest } from './client.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const pageItems = 100;

/** One page that holds the items of all, for lists that a project bounds. */
export async function allPages<Item>(list: (request: PageRequest) => Promise<Page<Item>>): Promise<Page<Item>> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: pageItems, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { items, nextCursor: null };
}
