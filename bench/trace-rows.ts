import { join } from 'node:path';
import { createDynamoStores, createTable } from '../core/adapters/dynamodb/index.ts';
import { MemoryBlobStore } from '../core/adapters/memory/index.ts';
import type { LedgerItem } from '../core/model/effect.ts';
import type { PlanRevision } from '../core/model/plan.ts';
import type { RunHead, RunRequest } from '../core/model/run.ts';
import { effectKey } from '../core/model/effect.ts';
import { RunReader } from '../core/operations/run-reader.ts';
import { tracePart } from '../core/operations/trace/show-trace.ts';
import { local } from '../local/environment.ts';
import { openDataDirectory } from '../test/fixtures/data-directory.ts';

const pageEvents = 100;
/** What a page may cost more than the cheapest of the same kind of run. */
const flatWithin = 0.1;

/** What pages of a trace cost to read. */
export interface TraceRow {
  /** Steps of one plan revision. */
  readonly stepsPerRevision: number;
  readonly steps: number;
  readonly events: number;
  readonly pages: number;
  /** Of a whole page at the beginning, in the middle and at the end of the run. */
  readonly readUnitsFirst: number;
  readonly readUnitsMiddle: number;
  readonly readUnitsLast: number;
  readonly readUnitsPerEvent: number;
  readonly msPerPage: number;
}

const startMs = 1_790_000_000_000;

/** Reads every page of runs of each size, whose items were put into an embedded DynamoDB in `folder` as the engine leaves them. */
export async function measureTrace(
  folder: string,
  sizes: readonly { readonly steps: number; readonly stepsPerRevision: number }[],
): Promise<TraceRow[]> {
  const { client, close } = await openDataDirectory(join(folder, 'stack'));
  let readUnits = 0;
  await createTable(client, local.table);
  const { runs, ledger } = createDynamoStores({
    ...{ client, tableName: local.table },
    meter: (entry) => {
      readUnits += entry.readUnits;
    },
  });
  try {
    const rows: TraceRow[] = [];
    for (const [index, size] of sizes.entries()) {
      const head = await leave(index, size, { runs, ledger });
      const ports = { runs, ledger, blobs: new MemoryBlobStore() };
      const pages: number[] = [];
      let events = 0;
      const began = performance.now();
      for (let after: number | undefined = 0; after !== undefined;) {
        readUnits = 0;
        const query = { tenantId: head.tenantId, runId: head.runId, after, limit: pageEvents };
        const registry = { skills: new Map(), agents: new Map() };
        const part = await tracePart(query, { ports, reader: new RunReader(ports), registry });
        events += part.events.length;
        if (part.events.length === pageEvents) pages.push(readUnits);
        after = part.nextAfter;
      }
      const count = Math.ceil(events / pageEvents);
      rows.push({
        ...size,
        events,
        pages: count,
        readUnitsFirst: pages[1] ?? pages[0] ?? 0,
        readUnitsMiddle: pages[Math.floor(pages.length / 2)] ?? 0,
        readUnitsLast: pages.at(-1) ?? 0,
        readUnitsPerEvent: pages.reduce((sum, units) => sum + units, 0) / (pages.length * pageEvents),
        msPerPage: (performance.now() - began) / count,
      });
    }
    return rows;
  } finally {
    await close();
  }
}

/** Says of each kind of run whose pages do not cost the same whatever its length what they cost; nothing when all do. */
export function unevenPages(rows: readonly TraceRow[]): string[] {
  return [...Map.groupBy(rows, ({ stepsPerRevision }) => stepsPerRevision)].flatMap(([stepsPerRevision, own]) => {
    // Pages near the end have fewer revisions to look ahead at, and cost less.
    const costs = own.map((row) => Math.max(row.readUnitsFirst, row.readUnitsMiddle));
    const [first = Number.NaN] = costs;
    if (costs.every((cost) => Math.abs(cost / first - 1) <= flatWithin)) return [];
    return [`${stepsPerRevision} steps a revision: pages cost ${costs.join(', ')} read units`];
  });
}

type Stores = Pick<ReturnType<typeof createDynamoStores>, 'runs' | 'ledger'>;

async function leave(
  number: number,
  { steps, stepsPerRevision }: { readonly steps: number; readonly stepsPerRevision: number },
  { runs, ledger }: Stores,
): Promise<RunHead> {
  const revision = Math.ceil(steps / stepsPerRevision);
  const head = { ...headOfBench('bench', number, steps), revision };
  const run = { tenantId: head.tenantId, runId: head.runId };
  await runs.createRun(requestOfBench(head, steps), head);
  for (let at = 1; at <= revision; at += 1) {
    const first = (at - 1) * stepsPerRevision + 1;
    const ids = Array.from({ length: stepsPerRevision }, (_, index) => `step-${first + index}`);
    await runs.createPlan(planOf(run, at, ids));
    for (let batch = 0; batch < ids.length; batch += 16) {
      await Promise.all(
        ids
          .slice(batch, batch + 16)
          .map((id, index) => ledger.write(itemOf(run, id, first + batch + index), undefined)),
      );
    }
  }
  return head;
}

/** A run that is over, after so many steps. */
export function headOfBench(tenantId: string, number: number, steps: number): RunHead {
  return {
    ...{ tenantId, runId: `run-${String(number).padStart(26, '0')}`, agent: 'looper', status: 'completed' },
    ...{ generation: 1, version: 9, writeToken: 'w', revision: 0 },
    ...{ window: [], stepsRetired: steps, burstsInGeneration: 1, lost: {}, occurrences: {} },
    ...{ deadlineMs: startMs + 1e9, createdAtMs: startMs, updatedAtMs: startMs + steps * 10 + 10 },
  };
}

export function requestOfBench({ tenantId, runId }: Run, steps: number): RunRequest {
  return {
    ...{ tenantId, runId, agent: 'looper', goal: 'count', input: { steps }, untrusted: [], labels: {}, budget: {} },
    ...{ requestedBy: 'bench', createdAtMs: startMs },
  };
}

type Run = Pick<RunHead, 'tenantId' | 'runId'>;

function planOf(run: Run, revision: number, ids: readonly string[]): PlanRevision {
  return {
    ...{ ...run, revision, basedOn: revision - 1, author: 'playbook', read: 'trusted', reason: 'playbook incremental' },
    createdAtMs: startMs + revision * ids.length * 10 - 9,
    steps: ids.map((id) => ({
      ...{ id, skill: 'Counter:v1', action: 'count', input: { to: 1 }, why: 'It is next.', after: [] },
      ...{
        timeoutSeconds: 20,
        functionArn: 'arn:aws:lambda:eu-west-1:1:function:counter-v1:1',
        skillHash: 'a'.repeat(64),
      },
    })),
    ...{ imports: {}, final: false },
  };
}

function itemOf(run: Run, stepId: string, number: number): LedgerItem {
  const ref = { ...run, skill: 'Counter:v1', stepId, direction: 'F' } as const;
  return {
    ...{ ...ref, status: 'DONE', fence: 1, writeToken: `w${number}`, effectKey: effectKey(ref, 1), occurrence: 1 },
    ...{ argsHash: 'b'.repeat(64), skillHash: 'a'.repeat(64), sends: 1, unknownSends: 0, evidence: [] },
    ...{ firstIntentAtMs: startMs + number * 10, endedAtMs: startMs + number * 10 + 5 },
    ...{ result: { kind: 'inline', value: { count: number } }, trust: 'trusted' },
  };
}
