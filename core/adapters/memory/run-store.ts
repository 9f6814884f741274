import { decodeCursor, encodeCursor } from '../../contract/cursor.ts';
import { escalationIndexKey, runIndexKey } from '../../contract/keys.ts';
import type { EscalationAct } from '../../model/escalation-act.ts';
import { escalationAct } from '../../model/escalation-act.ts';
import type { Escalation } from '../../model/escalation.ts';
import { escalation } from '../../model/escalation.ts';
import { nextTimer } from '../../model/inbox-timer.ts';
import { canonicalJson } from '../../model/json.ts';
import type { PlanRevision } from '../../model/plan.ts';
import { planRevision } from '../../model/plan.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import { isFinal, runHead, runRequest } from '../../model/run.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import { traceNote } from '../../model/trace-note.ts';
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
import { checkLimit, checkNextVersion, idempotencyRecord } from '../records.ts';
import { kept } from './kept.ts';

/** Runs, plans, idempotency records and the inbox in memory. */
export class MemoryRunStore implements RunStore {
  readonly #requests = new Map<string, RunRequest>();
  readonly #heads = new Map<string, RunHead>();
  readonly #plans = new Map<string, PlanRevision>();
  readonly #idempotency = new Map<string, IdempotencyRecord>();
  readonly #escalations = new Map<string, Escalation>();
  readonly #notes = new Map<string, TraceNote>();
  readonly #acts = new Map<string, EscalationAct>();

  async createRun(request: RunRequest, head: RunHead): Promise<Written<RunHead>> {
    const address = runAddress(request);
    if (!putOnce(this.#requests, address, kept(runRequest, request)).written) {
      return { written: false, current: this.#heads.get(address) };
    }
    return put(this.#heads, address, kept(runHead, head), (current) => current === undefined);
  }

  async readRequest(run: RunRef): Promise<RunRequest | undefined> {
    return this.#requests.get(runAddress(run));
  }

  async readHead(run: RunRef): Promise<RunHead | undefined> {
    return this.#heads.get(runAddress(run));
  }

  async writeHead(next: RunHead, seenVersion: number): Promise<Written<RunHead>> {
    checkNextVersion(next, seenVersion);
    return put(this.#heads, runAddress(next), kept(runHead, next), (current) => current?.version === seenVersion);
  }

  async listRuns(query: RunsQuery): Promise<Page<RunSummary>> {
    const { tenantId, statuses, agent } = query;
    const heads = [...this.#heads.values()].filter(
      (head) =>
        head.tenantId === tenantId &&
        (agent === undefined || head.agent === agent) &&
        (statuses === undefined || statuses.includes(head.status)),
    );
    const sortKeyOf = (head: RunHead): string => runIndexKey(head.tenantId, head.runId, head.createdAtMs).GSI1SK;
    const page = pageOf('runs', heads, sortKeyOf, query);
    return {
      items: page.items.map(({ runId, agent, status, createdAtMs }) => ({ runId, agent, status, createdAtMs })),
      nextCursor: page.nextCursor,
    };
  }

  async *scanOverdue(nowMs: number): AsyncIterable<RunRef> {
    for (const head of this.#heads.values()) {
      const dueMs = dueMsOf(head);
      if (dueMs !== undefined && dueMs <= nowMs) yield { tenantId: head.tenantId, runId: head.runId };
    }
  }

  async *scanDueEscalations(nowMs: number): AsyncIterable<EscalationRef> {
    for (const item of this.#escalations.values()) {
      const timer = nextTimer(item);
      if (timer && timer.atMs <= nowMs) yield { tenantId: item.tenantId, escalationId: item.escalationId };
    }
  }

  async oldestOpenEscalationMs(): Promise<number | undefined> {
    const open = [...this.#escalations.values()].filter(({ status }) => status === 'open');
    return open.map(({ openedAtMs }) => openedAtMs).toSorted((a, b) => a - b)[0];
  }

  async *scanUnfinished(): AsyncIterable<RunHead> {
    for (const head of this.#heads.values()) if (!isFinal(head.status)) yield head;
  }

  async readPlan(run: RunRef, revision: number): Promise<PlanRevision | undefined> {
    return this.#plans.get(`${runAddress(run)}#${revision}`);
  }

  async createPlan(plan: PlanRevision): Promise<Written<PlanRevision>> {
    return putOnce(this.#plans, `${runAddress(plan)}#${plan.revision}`, kept(planRevision, plan));
  }

  async createNote(note: TraceNote): Promise<Written<TraceNote>> {
    return putOnce(this.#notes, `${runAddress(note)}#${note.version}`, kept(traceNote, note));
  }

  async listNotes(run: RunRef, { from, to }: { readonly from: number; readonly to: number }): Promise<TraceNote[]> {
    return [...this.#notes.values()]
      .filter((note) => runAddress(note) === runAddress(run) && note.revision >= from && note.revision <= to)
      .toSorted((a, b) => a.revision - b.revision || a.version - b.version);
  }

  async readIdempotency(tenantId: string, keyHash: string): Promise<IdempotencyRecord | undefined> {
    return this.#idempotency.get(`${tenantId}#${keyHash}`);
  }

  async writeIdempotency(
    next: IdempotencyRecord,
    seenWriteToken: string | undefined,
  ): Promise<Written<IdempotencyRecord>> {
    const holds = (current: IdempotencyRecord | undefined): boolean => current?.writeToken === seenWriteToken;
    return put(this.#idempotency, `${next.tenantId}#${next.keyHash}`, kept(idempotencyRecord, next), holds);
  }

  async readEscalation(tenantId: string, escalationId: string): Promise<Escalation | undefined> {
    return this.#escalations.get(`${tenantId}#${escalationId}`);
  }

  async writeEscalation(next: Escalation, seenVersion: number | undefined): Promise<Written<Escalation>> {
    const holds = (current: Escalation | undefined): boolean => current?.version === seenVersion;
    return put(this.#escalations, `${next.tenantId}#${next.escalationId}`, kept(escalation, next), holds);
  }

  async keepEscalationAct({ tenantId, escalationId }: EscalationRef, act: EscalationAct): Promise<void> {
    putOnce(this.#acts, `${tenantId}#${escalationId}#${act.number}`, kept(escalationAct, act));
  }

  async readEscalationActs({ tenantId, escalationId }: EscalationRef, count: number): Promise<EscalationAct[]> {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    return numbers.flatMap((number) => this.#acts.get(`${tenantId}#${escalationId}#${number}`) ?? []);
  }

  async listEscalations(query: {
    readonly tenantId: string;
    readonly status: Escalation['status'];
    readonly limit: number;
    readonly cursor: string | undefined;
  }): Promise<Page<Escalation>> {
    const found = [...this.#escalations.values()].filter(
      (item) => item.tenantId === query.tenantId && item.status === query.status,
    );
    const sortKeyOf = (item: Escalation): string =>
      escalationIndexKey(item.tenantId, item.status, item.escalationId, item.openedAtMs).GSI1SK;
    return pageOf('escalations', found, sortKeyOf, query);
  }
}

/** Writes if the condition holds; a stored value with the same write token is this very write. */
function put<T extends { readonly writeToken: string }>(
  values: Map<string, T>,
  address: string,
  next: T,
  holds: (current: T | undefined) => boolean,
): Written<T> {
  const current = values.get(address);
  if (current?.writeToken === next.writeToken) return { written: true };
  if (!holds(current)) return { written: false, current };
  values.set(address, next);
  return { written: true };
}

function putOnce<T>(values: Map<string, T>, address: string, next: T): Written<T> {
  const current = values.get(address);
  if (current === undefined) values.set(address, next);
  else if (canonicalJson(current) !== canonicalJson(next)) return { written: false, current };
  return { written: true };
}

function pageOf<T>(
  list: 'runs' | 'escalations',
  values: readonly T[],
  sortKeyOf: (value: T) => string,
  query: { readonly limit: number; readonly cursor: string | undefined },
): Page<T> {
  checkLimit(query.limit);
  const before = decodeCursor(list, query.cursor);
  const following = values
    .filter((value) => before === undefined || sortKeyOf(value) < before)
    .toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? 1 : -1));
  const items = following.slice(0, query.limit);
  const last = items.at(-1);
  const more = following.length > query.limit && last !== undefined;
  return { items, nextCursor: more ? encodeCursor(list, sortKeyOf(last)) : undefined };
}

function runAddress(run: RunRef): string {
  return `${run.tenantId}#${run.runId}`;
}
