import type { EscalationAct } from '../model/escalation-act.ts';
import type { Escalation } from '../model/escalation.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { RunHead, RunRequest, RunStatus } from '../model/run.ts';
import type { TraceNote } from '../model/trace-note.ts';

export interface RunRef {
  readonly tenantId: string;
  readonly runId: string;
}

export type Written<T> = { readonly written: true } | { readonly written: false; readonly current: T | undefined };

export type EscalationRef = Pick<Escalation, 'tenantId' | 'escalationId'>;

/** One line of a list of runs. */
export interface RunSummary {
  readonly runId: string;
  readonly agent: string;
  readonly status: RunStatus;
  readonly createdAtMs: number;
}

export interface RunsQuery {
  readonly tenantId: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Only runs with one of these statuses; all when left out. */
  readonly statuses?: readonly RunStatus[] | undefined;
  /** Only runs of this agent. */
  readonly agent?: string | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | undefined;
}

/** What became of an API call under one Idempotency-Key. */
export interface IdempotencyRecord {
  readonly tenantId: string;
  readonly keyHash: string;
  readonly bodyHash: string;
  readonly runId: string;
  readonly writeToken: string;
  /** Until then another call under the same key is in flight; 0 once it is finished. */
  readonly inFlightUntilMs: number;
}

/**
 * Runs, their requests and plans, and the inbox. Every write is one conditional write of one item, and an answer
 * that was lost is recognised by the write token. All methods throw StoreUnavailable when the store does not answer.
 */
export interface RunStore {
  /** Writes the request, then the head if there is none. The head is the commit. */
  createRun(request: RunRequest, head: RunHead): Promise<Written<RunHead>>;
  readRequest(run: RunRef): Promise<RunRequest | undefined>;
  readHead(run: RunRef): Promise<RunHead | undefined>;
  /** Writes `next` if the stored head has `seenVersion`. `next.version` must be greater. */
  writeHead(next: RunHead, seenVersion: number): Promise<Written<RunHead>>;
  /** Newest first. An index is a hint: items are re-read and filtered, so a page may be short. */
  listRuns(query: RunsQuery): Promise<Page<RunSummary>>;
  /**
   * Runs of all tenants that ought to have moved by then (core/model/run-due.ts), as an index knows them: whoever is
   * given one reads its head. For sweeps.
   */
  scanOverdue(nowMs: number): AsyncIterable<RunRef>;
  /** Every unfinished run of every tenant, by a scan of the base table. For start-up only. */
  scanUnfinished(): AsyncIterable<RunHead>;

  readPlan(run: RunRef, revision: number): Promise<PlanRevision | undefined>;
  /** Written once; a second writer is given the first one's revision. */
  createPlan(plan: PlanRevision): Promise<Written<PlanRevision>>;

  /** Written once; a second writer is given the first one's note. */
  createNote(note: TraceNote): Promise<Written<TraceNote>>;
  /** Those that were written at these plan revisions, in the order of revisions and then of heads. Strongly consistent. */
  listNotes(run: RunRef, revisions: { readonly from: number; readonly to: number }): Promise<TraceNote[]>;

  readIdempotency(tenantId: string, keyHash: string): Promise<IdempotencyRecord | undefined>;
  /** Writes if the stored record has `seenWriteToken`, or if there is none with `undefined`. */
  writeIdempotency(next: IdempotencyRecord, seenWriteToken: string | undefined): Promise<Written<IdempotencyRecord>>;

  readEscalation(tenantId: string, escalationId: string): Promise<Escalation | undefined>;
  /** Writes if the stored escalation has `seenVersion`, or if there is none with `undefined`. */
  writeEscalation(next: Escalation, seenVersion: number | undefined): Promise<Written<Escalation>>;
  /** Open escalations of all tenants whose next timer has come by then, as an index knows them. For sweeps. */
  scanDueEscalations(nowMs: number): AsyncIterable<EscalationRef>;
  /** When the open escalation that was opened first was, of all tenants, as an index knows them; undefined when none is open. */
  oldestOpenEscalationMs(): Promise<number | undefined>;
  /** Keeps a line of the history of an escalation. Repeating it is harmless: a line never changes. */
  keepEscalationAct(ref: EscalationRef, act: EscalationAct): Promise<void>;
  /** The lines that are kept, oldest first, of those numbered 1 to `count`. */
  readEscalationActs(ref: EscalationRef, count: number): Promise<EscalationAct[]>;
  listEscalations(query: {
    readonly tenantId: string;
    readonly status: Escalation['status'];
    readonly limit: number;
    readonly cursor: string | undefined;
  }): Promise<Page<Escalation>>;
}
