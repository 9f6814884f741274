import { describe, expect, test } from 'vitest';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import type { Api } from '../../api/api.ts';
import { holderOf, itemsThatFit, newestItems } from './items.ts';

const nowMs = Date.parse('2026-11-28T10:00:00Z');
const item = (escalationId: string, rest: Partial<EscalationView> = {}): EscalationView => ({
  ...{ escalationId, runId: 'run-1', agent: 'billing', kind: 'approval', status: 'open', reason: 'asks' },
  ...{ openedAt: '2026-11-28T09:00:00Z', ...rest },
});
const claim = (by: string, minutes: number) => ({ by, until: new Date(nowMs + minutes * 60_000).toISOString() });

describe('the inbox', () => {
  const items = [
    item('asked', { assignedTo: 'ada' }),
    item('held', { claim: claim('ada', 5) }),
    item('was-held', { claim: claim('ada', -5) }),
    item('other', { claim: claim('grace', 5), kind: 'failure', reason: 'The hotel is down' }),
  ];
  const shown = (wanted: Partial<Parameters<typeof itemsThatFit>[1]>) =>
    itemsThatFit(items, { shelf: 'open', kind: undefined, text: '', me: 'ada', ...wanted }, nowMs).map(
      ({ escalationId }) => escalationId,
    );

  test('shows as mine what I was asked about or have claimed, while the claim lives', () => {
    expect(shown({ shelf: 'mine' })).toEqual(['asked', 'held']);
    expect(items.map((one) => holderOf(one, nowMs))).toEqual([undefined, 'ada', undefined, 'grace']);
  });

  test('is filtered by kind and text', () => {
    expect(shown({ kind: 'failure' })).toEqual(['other']);
    expect(shown({ text: 'HOTEL' })).toEqual(['other']);
    expect(shown({})).toHaveLength(4);
  });

  test('is read page by page until there is enough', async () => {
    const asked: unknown[] = [];
    const get = (_path: string, _segments: object, { query }: { query: { cursor?: string } }) => {
      asked.push(query);
      const page = Number(query.cursor ?? '0');
      return Promise.resolve({ items: [item(`e${page}`)], nextCursor: page < 9 ? String(page + 1) : null });
    };
    const { signal } = new AbortController();
    const api = { get } as unknown as Api;
    expect(await newestItems(api, 'mine', 3, signal)).toMatchObject({ items: { length: 3 }, hasMore: true });
    expect(asked).toEqual([
      { status: 'open', limit: 3 },
      { status: 'open', limit: 3, cursor: '1' },
      { status: 'open', limit: 3, cursor: '2' },
    ]);
    expect(await newestItems(api, 'settled', 100, signal)).toMatchObject({ items: { length: 10 }, hasMore: false });
  });
});
