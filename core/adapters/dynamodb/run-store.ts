import type { ItemKey } from '../../contract/keys.ts';
import {
  atMsOfSortKey,
  dueIndexKey,
  dueIndexPartition,
  escalationActKey,
  escalationDueKey,
  escalationDuePartition,
  escalationIndexKey,
  escalationIndexPartition,
  escalationKey,
  escalationOfPartition,
  headKey,
  idempotencyKey,
  indexShards,
  noteKey,
  notePrefix,
  openIndexKey,
  openIndexPartition,
  planKey,
  requestKey,
  runIndexKey,
  runIndexPartition,
  runOfPartition,
  runPartition,
  tableShape,
} from '../../contract/keys.ts';
import type { EscalationAct } from '../../model/escalation-act.ts';
import { escalationAct } from '../../model/escalation-act.ts';
import type { Escalation } from '../../model/escalation.ts';
import { nextTimer } from '../../model/inbox-timer.ts';
import { canonicalJson } from '../../model/json.ts';
import type { PlanRevision } from '../../model/plan.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import { finalRunStatuses } from '../../model/run.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import { dueMsOf } from '../../model/run-due.ts';
import type {
  EscalationRef,
  IdempotencyRecord,
  Page,
  RunRef,
  RunsQuery,
  RunStore,
  RunSummary,
  Written,
} from '../../ports/index.ts';
import { checkNextVersion } from '../records.ts';
import type { Condition } from './condition.ts';
import { asSeen } from './condition.ts';
import { dueItems, firstSortKey, readIndexPage } from './index-pages.ts';
import type { Item, ItemKind } from './item.ts';
import { decodeItem, encodeItem } from './item.ts';
import { kinds } from './item-kinds.ts';
import type { ItemStore, PageStart } from './item-store.ts';

type Identity = Readonly<Record<string, string>>;

/** Runs, plans, idempotency records and the inbox in the table. */
export class DynamoRunStore implements RunStore {
  readonly #items: ItemStore;

  constructor(items: ItemStore) {
    this.#items = items;
  }

  async createRun(request: RunRequest, head: RunHead): Promise<Written<RunHead>> {
    const asked = await this.#putOnce(kinds.request, requestKey(request.tenantId, request.runId), request);
    if (!asked.written) return { written: false, current: await this.readHead(head) };
    return this.#putHead(head, { kind: 'absent' }, 'runs.createRun');
  }

  readRequest({ tenantId, runId }: RunRef): Promise<RunRequest | undefined> {
    return this.#read(kinds.request, requestKey(tenantId, runId), { tenantId, runId });
  }

  readHead({ tenantId, runId }: RunRef): Promise<RunHead | undefined> {
    return this.#read(kinds.head, headKey(tenantId, runId), { tenantId, runId });
  }

  async writeHead(next: RunHead, seenVersion: number): Promise<Written<RunHead>> {
    checkNextVersion(next, seenVersion);
    return this.#putHead(next, { kind: 'unchanged', attribute: 'version', seen: seenVersion }, 'runs.writeHead');
  }

  async listRuns(query: RunsQuery): Promise<Page<RunSummary>> {
    const { statuses, agent } = query;
    const wants = ({ status, agent: of }: Item): boolean =>
      (agent === undefined || of === agent) && (statuses === undefined || statuses.some((one) => one === status));
    const { items, nextCursor } = await readIndexPage(this.#items, {
      list: 'runs',
      partition: (shard) => runIndexPartition(query.tenantId, shard),
      limit: query.limit,
      cursor: query.cursor,
      ...(statuses === undefined && agent === undefined ? {} : { wants }),
      label: 'runs.listRuns',
    });
    const heads = items.map((item) => decodeItem(kinds.head, item, identityOf(item, runOfPartition)));
    return {
      items: heads.map(({ runId, agent, status, createdAtMs }) => ({ runId, agent, status, createdAtMs })),
      nextCursor,
    };
  }

  async *scanOverdue(nowMs: number): AsyncIterable<RunRef> {
    for (let shard = 0; shard < indexShards; shard += 1) {
      const duePartition = dueIndexPartition(shard);
      for await (const { PK } of dueItems(this.#items, { duePartition, nowMs, label: 'runs.scanOverdue' })) {
        const run = runOfPartition(PK);
        if (run) yield run;
      }
    }
  }

  async *scanDueEscalations(nowMs: number): AsyncIterable<EscalationRef> {
    for (let shard = 0; shard < indexShards; shard += 1) {
      const query = { duePartition: escalationDuePartition(shard), nowMs, label: 'runs.scanDueEscalations' };
      for await (const { PK } of dueItems(this.#items, query)) {
        const found = escalationOfPartition(PK);
        if (found) yield found;
      }
    }
  }

  async oldestOpenEscalationMs(): Promise<number | undefined> {
    const label = 'runs.oldestOpenEscalationMs';
    const shards = Array.from({ length: indexShards }, (_, shard) =>
      firstSortKey(this.#items, openIndexPartition(shard), label),
    );
    const [oldest] = (await Promise.all(shards)).filter((key) => key !== undefined).toSorted();
    return oldest === undefined ? undefined : atMsOfSortKey(oldest);
  }

  async *scanUnfinished(): AsyncIterable<RunHead> {
    for await (const item of this.#items.scan('RUN', finalRunStatuses, 'runs.scanUnfinished')) {
      yield decodeItem(kinds.head, item, identityOf(item, runOfPartition));
    }
  }

  readPlan({ tenantId, runId }: RunRef, revision: number): Promise<PlanRevision | undefined> {
    return this.#read(kinds.plan, planKey(tenantId, runId, revision), { tenantId, runId });
  }

  createPlan(plan: PlanRevision): Promise<Written<PlanRevision>> {
    return this.#putOnce(kinds.plan, planKey(plan.tenantId, plan.runId, plan.revision), plan);
  }

  createNote(note: TraceNote): Promise<Written<TraceNote>> {
    return this.#putOnce(kinds.note, noteKey(note.tenantId, note.runId, note.revision, note.version), note);
  }

  async listNotes(
    { tenantId, runId }: RunRef,
    revisions: { readonly from: number; readonly to: number },
  ): Promise<TraceNote[]> {
    const partition = runPartition(tenantId, runId);
    const values = { ':start': notePrefix(revisions.from), ':end': `${notePrefix(revisions.to)}~` };
    const notes: TraceNote[] = [];
    let from: PageStart;
    do {
      const page = await this.#items.query(
        {
          KeyConditionExpression: '#p = :p AND #s BETWEEN :start AND :end',
          ExpressionAttributeNames: { '#p': tableShape.partitionKey, '#s': tableShape.sortKey },
          ...{ partition, values, ConsistentRead: true, from },
        },
        'runs.listNotes',
      );
      notes.push(...page.items.map((item) => decodeItem(kinds.note, item, { tenantId, runId })));
      from = page.from;
    } while (from);
    return notes;
  }

  readIdempotency(tenantId: string, keyHash: string): Promise<IdempotencyRecord | undefined> {
    return this.#read(kinds.idempotency, idempotencyKey(tenantId, keyHash), { tenantId, keyHash });
  }

  writeIdempotency(next: IdempotencyRecord, seenWriteToken: string | undefined): Promise<Written<IdempotencyRecord>> {
    const { tenantId, keyHash } = next;
    const item = encodeItem(kinds.idempotency, idempotencyKey(tenantId, keyHash), next);
    const condition = asSeen('writeToken', seenWriteToken);
    return this.#put(kinds.idempotency, item, condition, { tenantId, keyHash }, 'runs.writeIdempotency');
  }

  readEscalation(tenantId: string, escalationId: string): Promise<Escalation | undefined> {
    return this.#read(kinds.escalation, escalationKey(tenantId, escalationId), { tenantId, escalationId });
  }

  writeEscalation(next: Escalation, seenVersion: number | undefined): Promise<Written<Escalation>> {
    const { tenantId, escalationId, status, openedAtMs } = next;
    const timer = nextTimer(next);
    const indexKey = {
      ...escalationIndexKey(tenantId, status, escalationId, openedAtMs),
      ...(timer === undefined ? {} : escalationDueKey(escalationId, timer.atMs)),
      ...(status === 'open' ? openIndexKey(escalationId, openedAtMs) : {}),
    };
    const item = encodeItem(kinds.escalation, escalationKey(tenantId, escalationId), next, indexKey);
    const condition = asSeen('version', seenVersion);
    return this.#put(kinds.escalation, item, condition, { tenantId, escalationId }, 'runs.writeEscalation');
  }

  async keepEscalationAct({ tenantId, escalationId }: EscalationRef, act: EscalationAct): Promise<void> {
    const key = escalationActKey(tenantId, escalationId, act.number);
    const item = encodeItem(kinds.escalationAct, key, { tenantId, escalationId, ...act });
    await this.#items.put(item, { kind: 'absent' }, () => true, 'runs.keepEscalationAct');
  }

  async readEscalationActs({ tenantId, escalationId }: EscalationRef, count: number): Promise<EscalationAct[]> {
    const keys = Array.from({ length: count }, (_, index) => escalationActKey(tenantId, escalationId, index + 1));
    const items = await this.#items.getMany(keys, 'runs.readEscalationActs');
    return items
      .map((item) => escalationAct.parse(decodeItem(kinds.escalationAct, item, { tenantId, escalationId })))
      .toSorted((a, b) => a.number - b.number);
  }

  async listEscalations(query: {
    readonly tenantId: string;
    readonly status: Escalation['status'];
    readonly limit: number;
    readonly cursor: string | undefined;
  }): Promise<Page<Escalation>> {
    const { items, nextCursor } = await readIndexPage(this.#items, {
      list: 'escalations',
      partition: (shard) => escalationIndexPartition(query.tenantId, query.status, shard),
      limit: query.limit,
      cursor: query.cursor,
      label: 'runs.listEscalations',
    });
    return {
      items: items.map((item) => decodeItem(kinds.escalation, item, identityOf(item, escalationOfPartition))),
      nextCursor,
    };
  }

  #putHead(head: RunHead, condition: Condition, label: string): Promise<Written<RunHead>> {
    const { tenantId, runId, createdAtMs } = head;
    const dueMs = dueMsOf(head);
    const item = encodeItem(kinds.head, headKey(tenantId, runId), head, {
      ...runIndexKey(tenantId, runId, createdAtMs),
      ...(dueMs === undefined ? {} : dueIndexKey(runId, dueMs)),
    });
    return this.#put(kinds.head, item, condition, { tenantId, runId }, label);
  }

  async #put<T>(
    kind: ItemKind<T>,
    item: Item,
    condition: Condition,
    identity: Identity,
    label: string,
  ): Promise<Written<T>> {
    const isOwn = (stored: Item): boolean => stored['writeToken'] === item['writeToken'];
    const answer = await this.#items.put(item, condition, isOwn, label);
    if (answer.written) return answer;
    return { written: false, current: answer.current && decodeItem(kind, answer.current, identity) };
  }

  /** Writes an item that never changes. It has no write token: one with the same content is as good as this write. */
  async #putOnce<T extends RunRequest | PlanRevision | TraceNote>(
    kind: ItemKind<T>,
    key: ItemKey,
    value: T,
  ): Promise<Written<T>> {
    const identity = { tenantId: value.tenantId, runId: value.runId };
    const item = encodeItem(kind, key, value);
    const whole = canonicalJson(kind.schema.parse(value));
    const isOwn = (stored: Item): boolean => canonicalJson(decodeItem(kind, stored, identity)) === whole;
    const answer = await this.#items.put(item, { kind: 'absent' }, isOwn, `runs.write ${kind.name}`);
    if (answer.written) return answer;
    return { written: false, current: answer.current && decodeItem(kind, answer.current, identity) };
  }

  async #read<T>(kind: ItemKind<T>, key: ItemKey, identity: Identity): Promise<T | undefined> {
    const item = await this.#items.get(key, `runs.read ${kind.name}`);
    return item && decodeItem(kind, item, identity);
  }
}

function identityOf(item: Item, parse: (partition: string) => Identity | undefined): Identity {
  const identity = parse(item.PK);
  if (!identity) throw new Error(`The item at PK '${item.PK}', SK '${item.SK}' has a key of none of our forms.`);
  return identity;
}
