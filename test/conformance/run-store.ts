import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidCursor } from '../../core/contract/cursor.ts';
import { escalation } from '../../core/model/escalation.ts';
import type { Escalation } from '../../core/model/escalation.ts';
import type { PlanRevision } from '../../core/model/plan.ts';
import { acceptedStep, planRevision } from '../../core/model/plan.ts';
import { runHead } from '../../core/model/run.ts';
import type { RunHead, RunRequest, RunStatus } from '../../core/model/run.ts';
import type { TraceNote } from '../../core/model/trace-note.ts';
import { dueMsOf } from '../../core/model/run-due.ts';
import type { IdempotencyRecord, Page, RunStore } from '../../core/ports/index.ts';
import { escalationOf, headOf, planOf, recordOf, requestOf, runIdOf } from './records.ts';

const racers = 50;

/** What every run store promises. Each adapter's test calls it with a store of its own. */
export function runStoreConformance(
  setup: () => Promise<{ readonly runs: RunStore; readonly stop: () => Promise<void> }>,
): void {
  let runs: RunStore;
  let stop: () => Promise<void>;
  let numbers = 0;
  const number = (): number => ++numbers;

  beforeAll(async () => {
    ({ runs, stop } = await setup());
  });
  afterAll(() => stop());

  /** A run as it stands after its creation. */
  const created = async (change: Partial<RunHead> = {}): Promise<RunHead> => {
    const head = headOf(number(), change);
    expect(await runs.createRun(requestOf(head), head)).toEqual({ written: true });
    return head;
  };
  const nextOf = (head: RunHead, change: Partial<RunHead> = {}): RunHead => ({
    ...head,
    version: head.version + 1,
    writeToken: `head-${number()}`,
    ...change,
  });

  describe('creating a run', () => {
    it('keeps the request and the head as they were given', async () => {
      const head = headOf(number(), { window: [{ revision: 1, statuses: 'pp' }], lost: { a: 1 } });
      const request: RunRequest = {
        ...requestOf(head),
        input: { cities: ['Rome', null], price: 12.5, deep: { 'a.b': '' } },
        labels: { team: 'travel' },
        playbook: 'book-trip',
      };
      expect(await runs.createRun(request, head)).toEqual({ written: true });
      expect(await runs.readRequest(head)).toEqual(request);
      expect(await runs.readHead(head)).toEqual(head);
    });

    it('keeps every member that a head can have', async () => {
      const head = await created();
      const full = nextOf(head, {
        replans: 1,
        recoveries: { a: { count: 2, signature: 's' } },
        answered: { escalationId: 'esc-1', by: 'ada', resolution: 'edit', requestHash: 'h' },
        budget: { usdMicros: 1, tokens: 2, steps: 3, recoveries: 0 },
        occurrences: { a: 2 },
        lookAgain: ['b'],
        restarts: { count: 1, progress: 'a', atMs: 1, generation: 2, delayed: true, causes: ['it ended'] },
        inboxSeenVersion: 1,
        waitingFor: { kind: 'human', escalationId: 'esc-1', escalation: 'inDoubt', reason: 'in doubt' },
        cancelRequested: { atMs: 1, by: 'ada', reason: 'no longer wanted' },
        compensation: { atMs: 2, by: 'bob', reason: 'wrong dates', ending: 'canceled' },
        ending: 'canceled on request',
        seal: { sha256: 'a'.repeat(64), events: 12 },
      });
      expect(Object.keys(full).toSorted()).toEqual(Object.keys(runHead.shape).toSorted());
      expect(await runs.writeHead(full, head.version)).toEqual({ written: true });
      expect(await runs.readHead(head)).toEqual(full);
    });

    it('is recognised as done when it is asked for a second time', async () => {
      const head = await created();
      expect(await runs.createRun(requestOf(head), head)).toEqual({ written: true });
    });

    it('goes on after a crash between the request and the head', async () => {
      const head = headOf(number());
      const later = { ...head, writeToken: `head-${number()}` };
      await runs.createRun(requestOf(head), head);
      expect(await runs.createRun(requestOf(head), later)).toEqual({ written: false, current: head });
    });

    it('refuses another request under the same id and changes nothing', async () => {
      const head = await created();
      const other = { ...requestOf(head), goal: 'something else' };
      expect(await runs.createRun(other, { ...head, writeToken: 'x' })).toEqual({ written: false, current: head });
      expect(await runs.readRequest(head)).toEqual(requestOf(head));
    });

    it(`has one winner among ${racers} racers`, async () => {
      const head = headOf(number());
      const tries = Array.from({ length: racers }, () => ({ ...head, writeToken: `head-${number()}` }));
      const answers = await Promise.all(tries.map((each) => runs.createRun(requestOf(head), each)));
      expect(answers.filter((answer) => answer.written)).toHaveLength(1);
      const stored = await runs.readHead(head);
      for (const answer of answers) if (!answer.written) expect(answer.current).toEqual(stored);
    });
  });

  describe('a head', () => {
    it('is written only on the version that was seen', async () => {
      const head = await created();
      const next = nextOf(head, { status: 'running', waitingFor: { kind: 'time', untilMs: 5, reason: 'backoff' } });
      expect(await runs.writeHead(next, head.version)).toEqual({ written: true });
      expect(await runs.writeHead(nextOf(head), head.version)).toEqual({ written: false, current: next });
      expect(await runs.readHead(head)).toEqual(next);
    });

    it('loses what the next version no longer has', async () => {
      const head = await created({
        waitingFor: { kind: 'human', escalationId: 'esc-1', escalation: 'inDoubt', reason: 'approval' },
      });
      const { waitingFor: _, ...rest } = nextOf(head);
      await runs.writeHead(rest, head.version);
      expect(await runs.readHead(head)).not.toHaveProperty('waitingFor');
    });

    it('is recognised as written when it is sent a second time', async () => {
      const head = await created();
      const next = nextOf(head);
      await runs.writeHead(next, head.version);
      expect(await runs.writeHead(next, head.version)).toEqual({ written: true });
    });

    it('is not created by a write', async () => {
      const head = headOf(number());
      expect(await runs.writeHead(nextOf(head), head.version)).toEqual({ written: false, current: undefined });
      expect(await runs.readHead(head)).toBeUndefined();
    });

    it('must count its version up', async () => {
      const head = await created();
      await expect(runs.writeHead(head, head.version)).rejects.toThrow(/count it up/);
    });

    it(`has one winner among ${racers} racers`, async () => {
      const head = await created();
      const tries = Array.from({ length: racers }, () => nextOf(head));
      const answers = await Promise.all(tries.map((next) => runs.writeHead(next, head.version)));
      expect(answers.filter((answer) => answer.written)).toHaveLength(1);
      expect(await runs.readHead(head)).toEqual(tries[answers.findIndex((answer) => answer.written)]);
    });
  });

  describe('a plan revision', () => {
    it('is written once, and a second writer is given the first', async () => {
      const head = await created();
      const plan = planOf(head, 1);
      expect(await runs.createPlan(plan)).toEqual({ written: true });
      const other: PlanRevision = { ...plan, reason: 'another one' };
      expect(await runs.createPlan(other)).toEqual({ written: false, current: plan });
      expect(await runs.createPlan(plan)).toEqual({ written: true });
      expect(await runs.readPlan(head, 1)).toEqual(plan);
    });

    it('keeps every member that a plan revision can have', async () => {
      const head = await created();
      const [step] = planOf(head, 1).steps;
      const undo = step && { ...step, id: 'undo:hotel', optional: true, dependsOn: [], after: ['undo:car'] };
      const done = { class: 'transient', uses: 'Hotel:v1/book', decision: 'wait', why: 'It passes.' } as const;
      const full: PlanRevision = {
        ...planOf(head, 1),
        carry: { round: 1 },
        supersedes: ['car'],
        steps: undo ? [{ ...undo, compensates: { stepId: 'hotel', revision: 1 } }] : [],
        takesBack: {
          ...{ from: 2, downTo: 1, standingCount: 3 },
          standing: [{ stepId: 'mail', skill: 'Email:v1', action: 'send', why: 'it was sent' }],
        },
        recovery: {
          ...{ stepId: 'hotel', decision: 'wait', signature: 's', planned: 'Hotel:v1/book', occurrence: 2, round: 1 },
          ...{ owner: 'playbook', base: 1, words: 'playbook', notBeforeMs: 5, tried: [{ ...done, shadow: true }] },
          diff: { added: ['b'], changed: [{ stepId: 'hotel', from: 'x', to: 'y', arguments: ['city'] }] },
        },
        considered: { offered: ['Hotel:v1'], rejected: [{ reason: 'grant', skills: ['Pay:v1'], count: 1 }] },
      };
      expect(Object.keys(full).toSorted()).toEqual(Object.keys(planRevision.shape).toSorted());
      expect(Object.keys(full.steps[0] ?? {}).toSorted()).toEqual(Object.keys(acceptedStep.shape).toSorted());
      expect(await runs.createPlan(full)).toEqual({ written: true });
      expect(await runs.readPlan(head, 1)).toEqual(full);
    });

    it('is found under its own number only', async () => {
      const head = await created();
      for (const revision of [1, 2, 11]) await runs.createPlan(planOf(head, revision));
      expect((await runs.readPlan(head, 11))?.revision).toBe(11);
      expect(await runs.readPlan(head, 3)).toBeUndefined();
    });
  });

  describe('a trace note', () => {
    const noteOf = ({ tenantId, runId }: RunHead, revision: number, version: number): TraceNote => ({
      ...{ tenantId, runId, revision, version, atMs: 1_790_000_000_000 },
      decided: { kind: 'wait', untilMs: 1_790_000_060_000, reason: 'a step may be tried again then' },
    });

    it('is written once, and a second writer is given the first', async () => {
      const head = await created();
      const note = noteOf(head, 1, 4);
      expect(await runs.createNote(note)).toEqual({ written: true });
      expect(await runs.createNote(note)).toEqual({ written: true });
      const other: TraceNote = { ...note, atMs: note.atMs + 1 };
      expect(await runs.createNote(other)).toEqual({ written: false, current: note });
      expect(await runs.listNotes(head, { from: 1, to: 1 })).toEqual([note]);
    });

    it('is listed with others of its run and of the revisions asked for, in their order', async () => {
      const [head, other] = [await created(), await created()];
      const notes = [
        noteOf(head, 0, 2),
        noteOf(head, 1, 3),
        noteOf(head, 1, 12),
        noteOf(head, 2, 13),
        noteOf(head, 11, 14),
      ];
      for (const note of notes.toReversed()) await runs.createNote(note);
      await runs.createNote(noteOf(other, 1, 3));
      expect(await runs.listNotes(head, { from: 0, to: 99 })).toEqual(notes);
      expect(await runs.listNotes(head, { from: 1, to: 2 })).toEqual(notes.slice(1, 4));
      expect(await runs.listNotes(head, { from: 3, to: 10 })).toEqual([]);
    });
  });

  describe('an idempotency record', () => {
    it('is written once under a key, then only by who has seen it', async () => {
      const record = recordOf(number());
      expect(await runs.writeIdempotency(record, undefined)).toEqual({ written: true });
      const other = { ...recordOf(number()), keyHash: record.keyHash };
      expect(await runs.writeIdempotency(other, undefined)).toEqual({ written: false, current: record });
      const finished = { ...record, inFlightUntilMs: 0, writeToken: `record-${number()}` };
      expect(await runs.writeIdempotency(finished, record.writeToken)).toEqual({ written: true });
      expect(await runs.writeIdempotency(other, record.writeToken)).toEqual({ written: false, current: finished });
      expect(await runs.readIdempotency(record.tenantId, record.keyHash)).toEqual(finished);
    });

    it(`has one winner among ${racers} calls with one key`, async () => {
      const { keyHash } = recordOf(number());
      const tries: IdempotencyRecord[] = Array.from({ length: racers }, () => ({ ...recordOf(number()), keyHash }));
      const answers = await Promise.all(tries.map((record) => runs.writeIdempotency(record, undefined)));
      expect(answers.filter((answer) => answer.written)).toHaveLength(1);
    });

    it('belongs to one tenant', async () => {
      const record = recordOf(number());
      await runs.writeIdempotency(record, undefined);
      expect(await runs.readIdempotency('other', record.keyHash)).toBeUndefined();
    });
  });

  describe('the list of runs', () => {
    it('gives every run once, newest first, over pages of any size', async () => {
      const tenantId = `list-${number()}`;
      const heads: RunHead[] = [];
      // Two runs share each millisecond, so that time alone does not order them.
      for (let count = 0; count < 130; count++) {
        heads.push(await created({ tenantId, createdAtMs: 1_000_000 + Math.floor(count / 2) }));
      }
      for (const limit of [7, 50, 130, 1_000]) {
        const items = await allOf((cursor) => runs.listRuns({ tenantId, limit, cursor }));
        expect(items.map((item) => item.runId).toSorted()).toEqual(heads.map((head) => head.runId).toSorted());
        expect(items.map((item) => item.createdAtMs)).toEqual(
          heads.map((head) => head.createdAtMs).toSorted((a, b) => b - a),
        );
      }
    });

    it('shows each run as it stands now', async () => {
      const tenantId = `list-${number()}`;
      const head = await created({ tenantId });
      await runs.writeHead(nextOf(head, { status: 'completed' }), head.version);
      const { items, nextCursor } = await runs.listRuns({ tenantId, limit: 10, cursor: undefined });
      const { runId, agent, createdAtMs } = head;
      expect(items).toEqual([{ runId, agent, status: 'completed', createdAtMs }]);
      expect(nextCursor).toBeUndefined();
    });

    it('gives those of some statuses and of an agent alone, once each, over pages of any size', async () => {
      const tenantId = `list-${number()}`;
      const made: RunHead[] = [];
      for (let count = 0; count < 60; count++) {
        const head = await created({ tenantId, createdAtMs: 1_000 + count, agent: count % 3 === 0 ? 'other' : 'some' });
        const status = (['completed', 'failed', 'running'] as const)[count % 5] ?? 'running';
        const next = nextOf(head, { status });
        await runs.writeHead(next, head.version);
        made.push(next);
      }
      const ids = (heads: readonly RunHead[]) => heads.map(({ runId }) => runId).toReversed();
      for (const limit of [1, 7, 100]) {
        const failed = await allOf((cursor) => runs.listRuns({ tenantId, limit, cursor, statuses: ['failed'] }));
        expect(failed.map(({ runId }) => runId)).toEqual(ids(made.filter(({ status }) => status === 'failed')));
        const query = { tenantId, limit, statuses: ['failed', 'completed'] as const, agent: 'other' };
        const both = await allOf((cursor) => runs.listRuns({ ...query, cursor }));
        const wanted = made.filter(({ status, agent }) => status !== 'running' && agent === 'other');
        expect(both.map(({ runId }) => runId)).toEqual(ids(wanted));
        expect(await allOf((cursor) => runs.listRuns({ ...query, agent: 'nobody', cursor }))).toEqual([]);
      }
    });

    it('does not lose or repeat older runs when a new one begins between two pages', async () => {
      const tenantId = `list-${number()}`;
      const heads: RunHead[] = [];
      for (let count = 0; count < 10; count++) heads.push(await created({ tenantId, createdAtMs: 1_000 + count }));
      const first = await runs.listRuns({ tenantId, limit: 5, cursor: undefined });
      await created({ tenantId, createdAtMs: 2_000 });
      const second = await runs.listRuns({ tenantId, limit: 5, cursor: first.nextCursor });
      const seen = [...first.items, ...second.items].map((item) => item.runId);
      expect(seen).toEqual(heads.map((head) => head.runId).toReversed());
    });

    it('holds nothing of another tenant', async () => {
      const head = await created({ tenantId: `list-${number()}` });
      const page = await runs.listRuns({ tenantId: `${head.tenantId}x`, limit: 10, cursor: undefined });
      expect(page).toEqual({ items: [], nextCursor: undefined });
      expect(await runs.readHead({ tenantId: 'other', runId: head.runId })).toBeUndefined();
      expect(await runs.readRequest({ tenantId: 'other', runId: head.runId })).toBeUndefined();
    });

    it.each(['', 'x', '{}', Buffer.from('{"list":"runs","before":"1"}').toString('base64url')])(
      'names a cursor that it has not given out as the mistake: %j',
      async (cursor) => {
        await expect(runs.listRuns({ tenantId: 'acme', limit: 10, cursor })).rejects.toThrow(InvalidCursor);
      },
    );

    it.each([0, -1, 1.5, 1_001])('refuses a page of %d items', async (limit) => {
      await expect(runs.listRuns({ tenantId: 'acme', limit, cursor: undefined })).rejects.toThrow(RangeError);
    });
  });

  describe('the inbox', () => {
    it('lists what is open, newest first, and what is settled apart', async () => {
      const tenantId = `inbox-${number()}`;
      const open: Escalation[] = [];
      for (let count = 0; count < 25; count++)
        open.push(escalationOf(number(), { tenantId, openedAtMs: 1_000 + count }));
      for (const item of open) expect(await runs.writeEscalation(item, undefined)).toEqual({ written: true });
      const [settledOne] = open.splice(3, 1);
      if (!settledOne) throw new Error('there is no fourth escalation');
      const settled: Escalation = {
        ...settledOne,
        status: 'settled',
        version: 2,
        writeToken: `esc-token-${number()}`,
        settled: { atMs: 9, by: 'ops@example.com', reason: 'done' },
      };
      expect(await runs.writeEscalation(settled, 1)).toEqual({ written: true });
      const list = (status: Escalation['status']) =>
        allOf((cursor) => runs.listEscalations({ tenantId, status, limit: 6, cursor }));
      expect(await list('open')).toEqual(open.toReversed());
      expect(await list('settled')).toEqual([settled]);
    });

    it('keeps what was tried before a person is asked', async () => {
      const done = { class: 'bug', uses: 'Hotel:v1/book', decision: 'retry', why: 'An accident.' } as const;
      const one = escalationOf(number(), { tenantId: 'umbrella', tried: [done] });
      expect(await runs.writeEscalation(one, undefined)).toEqual({ written: true });
      expect(await runs.readEscalation(one.tenantId, one.escalationId)).toEqual(one);
    });

    it('takes an escalation once, however often it is reported, and only on the version that was seen', async () => {
      const item = escalationOf(number());
      await runs.writeEscalation(item, undefined);
      const again = { ...item, writeToken: `esc-token-${number()}` };
      expect(await runs.writeEscalation(again, undefined)).toEqual({ written: false, current: item });
      expect(await runs.writeEscalation({ ...again, version: 3 }, 2)).toEqual({ written: false, current: item });
      expect(await runs.writeEscalation(item, undefined)).toEqual({ written: true });
      expect(await runs.readEscalation(item.tenantId, item.escalationId)).toEqual(item);
    });

    it('holds nothing of another tenant', async () => {
      const item = escalationOf(number(), { tenantId: `inbox-${number()}` });
      await runs.writeEscalation(item, undefined);
      expect(await runs.readEscalation('other', item.escalationId)).toBeUndefined();
      const page = await runs.listEscalations({ tenantId: 'other', status: 'open', limit: 10, cursor: undefined });
      expect(page.items).toEqual([]);
    });

    it('keeps every member that an escalation can have', async () => {
      const item = escalationOf(number(), {
        approval: {
          ...{
            binding: 'b',
            skill: 'Mail:v1',
            action: 'send',
            skillHash: 'h',
            argsHash: 'a',
            doubted: [],
            reasons: [],
          },
          arguments: { kind: 'inline', value: { deep: [1, null] } },
        },
        tried: [{ class: 'bug', uses: 'Hotel:v1/book', decision: 'retry', why: 'An accident.' }],
        settled: { atMs: 1, by: 'ada', reason: 'done' },
        claim: { by: 'ada', untilMs: 2 },
        deciding: { by: 'grace', untilMs: 3 },
        assignedTo: 'team-b',
        times: { contacts: ['team-a', 'team-b'], remindAfterMs: 1, handOverAfterMs: 2, defaultAfterMs: 3 },
        asked: { contact: 1, sinceMs: 1, reminded: true },
        lapsed: true,
        unannounced: true,
        lastAct: { number: 1, kind: 'reassigned', by: 'ada', atMs: 1, to: 'team-b', text: 'they know' },
      });
      expect(Object.keys(item).toSorted()).toEqual(Object.keys(escalation.shape).toSorted());
      await runs.writeEscalation(item, undefined);
      expect(await runs.readEscalation(item.tenantId, item.escalationId)).toEqual(item);
    });

    it('keeps each line of a history once, in order, and beside the item', async () => {
      const item = escalationOf(number());
      const lines = [1, 2, 3].map((line) => ({
        number: line,
        kind: 'commented' as const,
        by: 'ada',
        atMs: line,
        text: 'x',
      }));
      for (const line of [...lines, ...lines].toReversed()) await runs.keepEscalationAct(item, line);
      expect(await runs.readEscalationActs(item, 3)).toEqual(lines);
      expect(await runs.readEscalationActs(item, 2)).toEqual(lines.slice(0, 2));
      expect(await runs.readEscalationActs({ ...item, tenantId: 'other' }, 3)).toEqual([]);
      expect(await runs.readEscalation(item.tenantId, item.escalationId)).toBeUndefined();
    });

    it('finds the open ones of all tenants whose next timer has come, until it has fired or they are settled', async () => {
      const nowMs = 2_000 * 86_400_000;
      const due = async (): Promise<string[]> => {
        const found: string[] = [];
        for await (const { tenantId, escalationId: id } of runs.scanDueEscalations(nowMs))
          found.push(`${tenantId}/${id}`);
        return found;
      };
      const times = { contacts: [], remindAfterMs: 1_000, handOverAfterMs: 1_000 };
      const late = escalationOf(number(), { tenantId: `due-${number()}`, openedAtMs: nowMs - 1_000, times });
      const early = escalationOf(number(), { openedAtMs: nowMs - 999, times });
      for (const item of [late, early]) await runs.writeEscalation(item, undefined);
      const nameOf = (item: Escalation): string => `${item.tenantId}/${item.escalationId}`;
      expect(await due()).toContain(nameOf(late));
      expect(await due()).not.toContain(nameOf(early));
      const asked = { contact: 0, sinceMs: late.openedAtMs, reminded: true } as const;
      await runs.writeEscalation({ ...late, version: 2, writeToken: `fired-${number()}`, asked }, 1);
      expect(await due()).not.toContain(nameOf(late));
      const settled = { atMs: 9, by: 'ada', reason: 'done' };
      const other = escalationOf(number(), { openedAtMs: 1, times });
      await runs.writeEscalation(other, undefined);
      expect(await due()).toContain(nameOf(other));
      const over: Escalation = { ...other, version: 2, writeToken: `over-${number()}`, status: 'settled', settled };
      await runs.writeEscalation(over, 1);
      expect(await due()).not.toContain(nameOf(other));
    });

    it('knows when the oldest of the open ones of all tenants was opened', async () => {
      const times = { contacts: [], remindAfterMs: 1, handOverAfterMs: 1 };
      // Nothing is left for it to do by itself: it only waits.
      const waits = { times, asked: { contact: 0, sinceMs: 1, reminded: true }, lapsed: true } as const;
      const [first, second] = [7, 8].map((openedAtMs) =>
        escalationOf(number(), { tenantId: `old-${number()}`, openedAtMs, ...waits }),
      ) as [Escalation, Escalation];
      for (const item of [second, first]) await runs.writeEscalation(item, undefined);
      const settle = (item: Escalation) => {
        const settled = { atMs: 9, by: 'ada', reason: 'done' };
        const over: Escalation = { ...item, version: 2, writeToken: `over-${number()}`, status: 'settled', settled };
        return runs.writeEscalation(over, 1);
      };
      expect(await runs.oldestOpenEscalationMs()).toBe(7);
      await settle(first);
      expect(await runs.oldestOpenEscalationMs()).toBe(8);
      await settle(second);
      expect(await runs.oldestOpenEscalationMs()).not.toBe(8);
    });

    it('does not take a cursor of the list of runs', async () => {
      const tenantId = `inbox-${number()}`;
      await created({ tenantId });
      await created({ tenantId });
      const { nextCursor } = await runs.listRuns({ tenantId, limit: 1, cursor: undefined });
      const query = { tenantId, status: 'open' as const, limit: 1, cursor: nextCursor };
      await expect(runs.listEscalations(query)).rejects.toThrow(InvalidCursor);
    });
  });

  describe('runs that ought to have moved', () => {
    const nowMs = 1_000 * 86_400_000;
    const overdue = async (atMs = nowMs): Promise<string[]> => {
      const found: string[] = [];
      for await (const { tenantId, runId } of runs.scanOverdue(atMs)) found.push(`${tenantId}/${runId}`);
      return found;
    };
    const nameOf = ({ tenantId, runId }: RunHead): string => `${tenantId}/${runId}`;
    const waits = (untilMs: number) => ({ kind: 'time', untilMs, reason: 'a backoff' }) as const;

    it('are found by when they were written and by what they wait for, of all tenants', async () => {
      const late = [
        await created({ status: 'pending', updatedAtMs: nowMs - 3_600_000 }),
        await created({ status: 'running', updatedAtMs: nowMs - 3_600_000, tenantId: `due-${number()}` }),
        await created({ status: 'escalated', updatedAtMs: nowMs - 3_600_000 }),
        await created({ status: 'waiting', updatedAtMs: nowMs, waitingFor: waits(nowMs - 3_600_000) }),
      ].map(nameOf);
      const fine = [
        await created({ status: 'running', updatedAtMs: nowMs }),
        await created({ status: 'waiting', updatedAtMs: 1, waitingFor: waits(nowMs + 3_600_000) }),
        await created({ status: 'completed', updatedAtMs: 1 }),
      ].map(nameOf);
      const found = await overdue();
      expect(found.filter((name) => late.includes(name)).toSorted()).toEqual(late.toSorted());
      expect(found.filter((name) => fine.includes(name))).toEqual([]);
    });

    it('are no longer found once they have moved or are over', async () => {
      const head = await created({ status: 'running', updatedAtMs: nowMs - 3_600_000 });
      expect(await overdue()).toContain(nameOf(head));
      const moved = nextOf(head, { updatedAtMs: nowMs });
      await runs.writeHead(moved, head.version);
      expect(await overdue()).not.toContain(nameOf(head));
      expect(await overdue(nowMs + 3_600_000)).toContain(nameOf(head));
      await runs.writeHead(nextOf(moved, { status: 'completed' }), moved.version);
      expect(await overdue(nowMs + 3_600_000)).not.toContain(nameOf(head));
    });

    it('are found from the moment on at which they are due', async () => {
      const head = await created({ status: 'running', updatedAtMs: nowMs - 1 });
      const dueMs = dueMsOf(head) ?? 0;
      expect(await overdue(dueMs - 1)).not.toContain(nameOf(head));
      expect(await overdue(dueMs)).toContain(nameOf(head));
    });
  });

  it('finds every unfinished run of every tenant, and no finished one', async () => {
    const statuses: RunStatus[] = [
      'pending',
      'running',
      'waiting',
      'escalated',
      'compensating',
      'completed',
      'declined',
      'failed',
      'canceled',
    ];
    const heads: RunHead[] = [];
    for (const status of statuses) heads.push(await created({ status, tenantId: `scan-${number()}` }));
    const found = new Map<string, RunHead>();
    for await (const head of runs.scanUnfinished()) {
      expect(found.has(head.runId)).toBe(false);
      found.set(head.runId, head);
    }
    expect(heads.filter((head) => found.has(head.runId)).map((head) => head.status)).toEqual(statuses.slice(0, 5));
    expect(found.get(heads[0]?.runId ?? '')).toEqual(heads[0]);
    expect(found.has(runIdOf(number()))).toBe(false);
  });
}

async function allOf<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.nextCursor;
  } while (cursor !== undefined);
  return items;
}
