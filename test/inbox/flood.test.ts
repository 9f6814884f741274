import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../../core/adapters/memory/index.ts';
import { SystemIds } from '../../core/adapters/system/index.ts';
import { limits } from '../../core/contract/limits.ts';
import type { Escalation } from '../../core/model/escalation.ts';
import { consumeMessage } from '../../core/operations/consume-message.ts';
import { startEventSource } from '../../local/event-sources.ts';
import { escalationOf, headOf, requestOf } from '../conformance/records.ts';
import { batchOf, startQueues } from './queues.ts';

const messages = 10_000;
const waitingRuns = 25;
const readers = 4;

const ports = {
  ...{ runs: new MemoryRunStore(), ledger: new MemoryEffectLedger(), blobs: new MemoryBlobStore() },
  engine: { start: async () => 'started' as const, succeedTask: vi.fn(async () => 'settled' as const) },
  clock: { now: () => Date.now(), sleep: async () => undefined },
  ids: new SystemIds(),
};

let queues: Awaited<ReturnType<typeof startQueues>>;
beforeAll(async () => {
  queues = await startQueues(['escalations']);
});
afterAll(() => queues.stop());

/** A run in its third generation that waits for a person, and the inbox item that it asks for. */
async function waiting(number: number): Promise<Escalation> {
  const item = escalationOf(number, { generation: 3, openedAtMs: Date.now() });
  const { escalationId } = item;
  const waitingFor = { kind: 'human', escalationId, escalation: 'inDoubt', reason: 'in doubt' } as const;
  const head = headOf(number, { status: 'escalated', waitingFor, generation: 3 });
  await ports.runs.createRun(requestOf(head), head);
  return item;
}

/** What the execution of a generation has sent. */
function messageOf(item: Escalation, generation: number): string {
  const { status: _, version: __, writeToken: ___, taskToken: ____, ...notice } = item;
  return JSON.stringify({ notice: { ...notice, generation }, taskToken: `token-${item.runId}-g${generation}` });
}

const garbage = (number: number, good: string): string =>
  [
    'no JSON',
    '{}',
    'null',
    '[]',
    good.slice(0, good.length / 2),
    good.replace('"taskToken"', '"token"'),
    '{"notice":{},"taskToken":"t"}',
    '{"detail":{"name":"run-1-g1","status":"FAILED","input":"not JSON"}}',
    '{"detail":{"name":"run-1-g1","status":"SUCCEEDED","input":"{}"}}',
    `{"padding":"${'x'.repeat(number % 1_000)}"}`,
  ][number % 10] ?? '';

/** In an order that has nothing to do with the one in which they were made, and is the same each time. */
const mixed = (bodies: readonly string[]): string[] => {
  const result = [...bodies];
  let seed = 7;
  for (let at = result.length - 1; at > 0; at -= 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const other = seed % (at + 1);
    [result[at], result[other]] = [result[other] ?? '', result[at] ?? ''];
  }
  return result;
};

it(
  `${messages} messages, half of them garbage and the others duplicates in any order, leave ${waitingRuns} escalations and an empty queue`,
  { timeout: 110_000 },
  async () => {
    const items = await Promise.all(Array.from({ length: waitingRuns }, (_, index) => waiting(index + 1)));
    const bodies = Array.from({ length: messages }, (_, index) => {
      const item = items[index % waitingRuns];
      if (!item) throw new Error('there is no such run');
      const good = messageOf(item, 3);
      if (index % 2 === 1) return garbage((index - 1) / 2, good);
      // Some come from generations that are over.
      const round = Math.floor(index / (2 * waitingRuns));
      return round % 5 === 0 ? messageOf(item, 1 + (round % 2)) : good;
    });
    await queues.fill('escalations', mixed(bodies));
    const consume = batchOf((body) => consumeMessage(body, { ports, limits: limits.parse({}) }));
    const failed: unknown[] = [];
    const sources = Array.from({ length: readers }, () =>
      startEventSource(queues.urlOf('escalations'), queues.endpoint, consume, (error) => failed.push(error)),
    );
    await vi.waitFor(() => expect(queues.size('escalations')).toBe(0), { timeout: 100_000, interval: 200 });
    await Promise.all(sources.map((source) => source.stop()));

    expect(failed).toEqual([]);
    expect(queues.size('escalations-dlq')).toBe(messages / 2);
    const { items: open } = await ports.runs.listEscalations({
      ...{ tenantId: 'acme', status: 'open', limit: 1_000, cursor: undefined },
    });
    expect(open.map(({ escalationId }) => escalationId).toSorted()).toEqual(
      items.map(({ escalationId }) => escalationId).toSorted(),
    );
    for (const item of open) {
      expect(item).toMatchObject({ version: 1, generation: 3, taskToken: `token-${item.runId}-g3` });
    }
    // Executions of generations that are over were let go, and no other was.
    const woken = new Set(ports.engine.succeedTask.mock.calls.flat().map((token) => String(token).slice(-2)));
    expect([...woken].toSorted()).toEqual(['g1', 'g2']);
  },
);
