import type { LedgerItem, LedgerRef } from '../../core/model/effect.ts';
import type { Escalation } from '../../core/model/escalation.ts';
import type { PlanRevision } from '../../core/model/plan.ts';
import type { RunHead, RunRequest } from '../../core/model/run.ts';
import type { TraceNote } from '../../core/model/trace-note.ts';
import { ledgerRefOf } from '../../core/operations/open-steps.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import { recordsOf } from '../../core/operations/trace/seal-trace.ts';
import type { Ports } from '../../core/ports/index.ts';
import type { Random } from '../adversary/random.ts';

/** What the table holds of one run, as somebody finds it who can write to the table. */
export interface Table {
  head: RunHead;
  request: RunRequest;
  plans: PlanRevision[];
  items: LedgerItem[];
  notes: TraceNote[];
  escalations: Escalation[];
}

type Stores = Pick<Ports, 'runs' | 'ledger' | 'blobs'>;

/** A copy of everything that a run has left in the table. */
export async function tableOf(head: RunHead, { runs, ledger }: Stores): Promise<Table> {
  const request = await runs.readRequest(head);
  if (!request) throw new Error(`run ${head.runId} has no request`);
  const numbers = Array.from({ length: head.revision }, (_, index) => index + 1);
  const plans = (await Promise.all(numbers.map((one) => runs.readPlan(head, one)))).filter((one) => one !== undefined);
  const { tenantId } = head;
  const refs = plans.flatMap(({ steps }) => steps.map((step) => ledgerRefOf(head, step)));
  const notes = await runs.listNotes(head, { from: 0, to: head.revision });
  const asked = notes.flatMap(({ decided }) => (decided.kind === 'ask' ? [decided.escalationId] : []));
  const found = await Promise.all([...new Set(asked)].map((id) => runs.readEscalation(tenantId, id)));
  const escalations = found.filter((one) => one !== undefined);
  return structuredClone({ head, request, plans, items: await ledger.readMany(refs), notes, escalations });
}

/** Stores in which the table is this one. */
export function storesOver(table: Table, stores: Stores): Stores {
  const runs = {
    readHead: async () => table.head,
    readRequest: async () => table.request,
    readPlan: async (_run: unknown, revision: number) => table.plans.find((plan) => plan.revision === revision),
    listNotes: async (_run: unknown, { from, to }: { from: number; to: number }) =>
      table.notes
        .filter(({ revision }) => revision >= from && revision <= to)
        .toSorted((a, b) => a.revision - b.revision || a.version - b.version),
    readEscalation: async (_tenant: string, id: string) => table.escalations.find((one) => one.escalationId === id),
  };
  const ledger = {
    readApproval: async () => undefined,
    readMany: async (refs: readonly LedgerRef[]) =>
      refs.flatMap(({ stepId, skill, direction }) =>
        table.items.filter((one) => one.stepId === stepId && one.skill === skill && one.direction === direction),
      ),
  };
  return { blobs: stores.blobs, runs: runs as unknown as Ports['runs'], ledger: ledger as unknown as Ports['ledger'] };
}

export const ways = ['flip', 'delete', 'insert', 'reorder', 'truncate'] as const;
export type Way = (typeof ways)[number];

/**
 * Changes the table in one way, as a tamperer would who does not want to be seen. Says what was done; undefined when there is
 * nothing that it could be done to.
 */
export function tamper(table: Table, way: Way, random: Random): string | undefined {
  switch (way) {
    case 'flip':
      return flip(table, random);
    case 'delete':
      return remove(table, random);
    case 'insert':
      return insert(table, random);
    case 'reorder':
      return reorder(table, random);
    case 'truncate': {
      const { head } = table;
      if (head.revision < 1) return undefined;
      const revision = random.below(head.revision);
      table.head = { ...head, revision };
      return `the head says that there are ${revision} revisions`;
    }
  }
}

/** Of an inbox item, what counts its writes and what wakes its run is no part of what was said. */
const notSealed = new Set([
  ...['version', 'writeToken', 'taskToken', 'generation', 'status', 'agent', 'runId', 'tenantId'],
  // Who has worked on an item goes on after its run is over: it takes comments.
  ...['claim', 'deciding', 'assignedTo', 'asked', 'times', 'lapsed', 'unannounced', 'lastAct'],
]);
const sealedOfHead = ['status', 'ending', 'agent', 'deadlineMs', 'createdAtMs'] as const;

function flip(table: Table, random: Random): string | undefined {
  const kind = random.pick(['request', 'plan', 'item', 'note', 'escalation', 'head'] as const);
  switch (kind) {
    case 'request':
      return flipLeaf(table.request, random, kind);
    case 'plan':
      return flipLeaf(random.pick(table.plans), random, kind, ['tenantId', 'runId', 'revision']);
    case 'item':
      return flipLeaf(random.pick(table.items), random, kind, ['tenantId', 'runId', 'skill', 'stepId', 'direction']);
    case 'note':
      if (table.notes.length === 0) return undefined;
      return flipLeaf(random.pick(table.notes), random, kind, ['tenantId', 'runId', 'kind']);
    case 'escalation': {
      const settled = table.escalations.filter((one) => one.settled);
      if (settled.length === 0) return undefined;
      return flipLeaf(random.pick(settled), random, kind, [...notSealed, 'escalationId']);
    }
    case 'head': {
      const name = random.pick(sealedOfHead.filter((one) => table.head[one] !== undefined));
      const value = table.head[name];
      const other = name === 'status' ? (value === 'failed' ? 'declined' : 'failed') : changed(value);
      table.head = { ...table.head, [name]: other };
      return `${name} of the head`;
    }
  }
}

/** @param keys members that name the item, where it would not be found any more */
function flipLeaf(value: object, random: Random, what: string, keys: readonly string[] = []): string | undefined {
  const leaves: { readonly within: Record<string, unknown>; readonly name: string }[] = [];
  const walk = (within: Record<string, unknown>, top: boolean): void => {
    for (const [name, member] of Object.entries(within)) {
      if (top && keys.includes(name)) continue;
      if (typeof member === 'object' && member !== null) walk(member as Record<string, unknown>, false);
      else if (member !== undefined && !(what === 'note' && name === 'escalationId')) leaves.push({ within, name });
    }
  };
  walk(value as Record<string, unknown>, true);
  if (leaves.length === 0) return undefined;
  const { within, name } = random.pick(leaves);
  within[name] = changed(within[name]);
  return `'${name}' of a ${what}`;
}

function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return `${String(value)}x`;
}

function remove(table: Table, random: Random): string | undefined {
  const list = random.pick([table.plans, table.items, table.notes, table.escalations.filter(({ settled }) => settled)]);
  if (list.length === 0) return undefined;
  const gone = random.pick<object>(list);
  for (const all of [table.plans, table.items, table.notes, table.escalations] as object[][]) {
    const at = all.indexOf(gone);
    if (at >= 0) all.splice(at, 1);
  }
  return 'an item is gone';
}

function insert(table: Table, random: Random): string | undefined {
  const [plan, { head }] = [random.pick(table.plans), table];
  if (random.chance(0.5)) {
    const { tenantId, runId, createdAtMs } = head;
    const version = 1 + random.below(head.version + 5);
    if (table.notes.some((note) => note.version === version)) return undefined;
    const about = { tenantId, runId, revision: plan.revision, version, atMs: createdAtMs };
    table.notes.push({ ...about, decided: { kind: 'wait', untilMs: createdAtMs + 1, reason: 'made up' } });
    return 'a note is made up';
  }
  table.plans.push({ ...plan, revision: head.revision + 1, reason: 'made up' });
  table.head = { ...head, revision: head.revision + 1 };
  return 'a revision is made up';
}

/** Two items of a kind change places: each is what the other was, under its own name. */
function reorder(table: Table, random: Random): string | undefined {
  const [first, second] = [random.below(table.plans.length), random.below(table.plans.length)];
  const [one, two] = [table.plans[first], table.plans[second]];
  if (!one || !two || first === second) return undefined;
  table.plans[first] = { ...two, revision: one.revision };
  table.plans[second] = { ...one, revision: two.revision };
  return `revisions ${one.revision} and ${two.revision} have changed places`;
}

/** Place of the first record that is not the same in both, from 1; of none when one of them cannot be read any more. */
export async function firstDifference(one: Table, other: Table, stores: Stores): Promise<number> {
  const [before, after] = [await recordsIn(one, stores), await recordsIn(other, stores)];
  const places = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
  return 1 + places.findIndex((place) => JSON.stringify(before[place]) !== JSON.stringify(after[place]));
}

async function recordsIn(table: Table, stores: Stores): Promise<{ key: string; hash: string }[]> {
  const over = storesOver(table, stores);
  const records = await recordsOf(table.head, { ports: over, reader: new RunReader(over) });
  return records.map(({ key, hash }) => ({ key, hash }));
}
