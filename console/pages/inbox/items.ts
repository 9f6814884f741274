import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import type { Api } from '../../api/api.ts';

export const shelves = ['open', 'mine', 'settled'] as const;
/** Which items are shown. `mine`: open ones that I was asked about or have claimed. */
export type Shelf = (typeof shelves)[number];

export interface Items {
  readonly items: readonly EscalationView[];
  /** There are older ones. */
  readonly hasMore: boolean;
}

const pageItems = 100;

/** The newest items of a shelf. @param most about how many are looked at; a whole page more when it is no multiple of one */
export async function newestItems(api: Api, shelf: Shelf, most: number, signal: AbortSignal): Promise<Items> {
  const items: EscalationView[] = [];
  let cursor: string | undefined;
  const status = shelf === 'settled' ? 'settled' : 'open';
  do {
    const query = { status, limit: Math.min(pageItems, most), ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.get('/v1/escalations', {}, { query, signal });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return { items, hasMore: cursor !== undefined };
}

/** Who works on an item while the lease lives. */
export function holderOf({ claim }: Pick<EscalationView, 'claim'>, nowMs: number): string | undefined {
  return claim !== undefined && Date.parse(claim.until) > nowMs ? claim.by : undefined;
}

export interface Wanted {
  readonly shelf: Shelf;
  readonly kind: EscalationView['kind'] | undefined;
  /** Part of the reason or of a name, whatever its case. */
  readonly text: string;
  readonly me: string;
}

export function itemsThatFit(items: readonly EscalationView[], wanted: Wanted, nowMs: number): EscalationView[] {
  const part = wanted.text.trim().toLowerCase();
  return items.filter((item) => {
    const { kind, agent, runId, stepId = '', reason, escalationId, assignedTo } = item;
    if (wanted.kind !== undefined && kind !== wanted.kind) return false;
    if (wanted.shelf === 'mine' && assignedTo !== wanted.me && holderOf(item, nowMs) !== wanted.me) return false;
    return [agent, runId, stepId, reason, escalationId].some((text) => text.toLowerCase().includes(part));
  });
}
