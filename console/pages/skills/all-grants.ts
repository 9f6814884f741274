import type { GrantsPage } from '../../../core/contract/grants-api.ts';
import type { Api } from '../../api/api.ts';

/** What every agent may do, page by page: there are as many as the project has agents. */
export async function allGrants(api: Api, signal: AbortSignal): Promise<GrantsPage['items']> {
  const items: GrantsPage['items'] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.get('/v1/grants', {}, { query, signal });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
