import { describe, expect, it } from 'vitest';
import { ActionError } from '../core/sdk/index.ts';
import { clerk, deskSkill, DeskService } from '../test/fixtures/travel-desk.ts';
import { expectStatus, runAgent } from './index.ts';
import type { ActionFaultKind, AgentRun, AgentRunResult, Fault, PersonalDecision } from './index.ts';

const desk = (options: Partial<AgentRun> & { readonly playbook: string }): AgentRun => ({
  ...{ agent: clerk, skills: [deskSkill], input: { what: 'a room' } },
  ...options,
});

async function withFaults(
  playbook: string,
  faults: readonly Fault[],
  options: Partial<AgentRun> = {},
): Promise<AgentRunResult & { readonly service: DeskService }> {
  const service = new DeskService();
  const result = await runAgent(desk({ playbook, faults, http: service.http, ...options }));
  return { ...result, service };
}

const classOf = (result: AgentRunResult, stepId: string): string | undefined =>
  result.steps.find(({ id }) => id === stepId)?.failure?.class;

interface Case {
  readonly action: 'look' | 'charge' | 'book' | 'reserve';
  readonly fault: ActionFaultKind;
  readonly status: AgentRunResult['status'];
  /** Of the step, when it did not complete. */
  readonly failure?: string;
  /** What the service has in its book. */
  readonly done?: number;
  /** At least so much virtual time went by. */
  readonly waitedMs?: number;
}

const busy = new ActionError('busy', { class: 'throttled', sendOutcome: 'notDone', retryAfterMs: 60_000 });

const cases: Case[] = [
  { action: 'look', fault: 'hang', status: 'completed', waitedMs: 20_000 },
  { action: 'charge', fault: 'hang', status: 'completed', done: 1, waitedMs: 20_000 },
  { action: 'book', fault: 'hang', status: 'completed', done: 1, waitedMs: 20_000 },
  { action: 'reserve', fault: 'hang', status: 'escalated', failure: 'inDoubt', done: 0, waitedMs: 20_000 },

  { action: 'charge', fault: 'apply-then-drop', status: 'completed', done: 1 },
  { action: 'book', fault: 'apply-then-drop', status: 'completed', done: 1, waitedMs: 2_000 },
  { action: 'reserve', fault: 'apply-then-drop', status: 'escalated', failure: 'inDoubt', done: 1 },

  { action: 'charge', fault: 'crash-before-send', status: 'completed', done: 1, waitedMs: 30_000 },
  { action: 'book', fault: 'crash-before-send', status: 'completed', done: 1, waitedMs: 30_000 },
  { action: 'reserve', fault: 'crash-before-send', status: 'escalated', failure: 'inDoubt', done: 0 },
  { action: 'look', fault: 'crash-after-send', status: 'completed', waitedMs: 30_000 },
  { action: 'charge', fault: 'crash-after-send', status: 'completed', done: 1, waitedMs: 30_000 },
  { action: 'book', fault: 'crash-after-send', status: 'completed', done: 1, waitedMs: 30_000 },
  { action: 'reserve', fault: 'crash-after-send', status: 'escalated', failure: 'inDoubt', done: 1 },

  { action: 'look', fault: 'wrong-output', status: 'escalated', failure: 'invalidOutput' },
  { action: 'book', fault: 'wrong-output', status: 'escalated', failure: 'invalidOutput', done: 1 },
  // The provider is asked once more, and has done what was wanted.
  { action: 'book', fault: { output: { id: 'b', what: 'a ship' } }, status: 'completed', done: 1 },
  { action: 'look', fault: { output: { id: 'x', what: 'whatever' } }, status: 'completed' },

  { action: 'look', fault: { throw: new Error('no') }, status: 'escalated', failure: 'bug' },
  { action: 'reserve', fault: { throw: new Error('no') }, status: 'escalated', failure: 'inDoubt', done: 0 },
  { action: 'reserve', fault: { throw: busy }, status: 'completed', done: 1, waitedMs: 60_000 },
  { action: 'look', fault: { throw: () => busy }, status: 'completed', waitedMs: 60_000 },

  {
    action: 'reserve',
    fault: { status: 429, retryAfterSeconds: 300 },
    status: 'completed',
    done: 1,
    waitedMs: 300_000,
  },
  { action: 'charge', fault: { status: 503, retryAfterSeconds: 90 }, status: 'completed', done: 1, waitedMs: 90_000 },
  { action: 'reserve', fault: { status: 503 }, status: 'escalated', failure: 'inDoubt', done: 0 },
  { action: 'charge', fault: { status: 503 }, status: 'completed', done: 1 },
  { action: 'book', fault: { status: 500, applied: true }, status: 'completed', done: 1 },
  { action: 'reserve', fault: { status: 403 }, status: 'escalated', failure: 'denied', done: 0 },
  { action: 'reserve', fault: { status: 400, body: { detail: 'no' } }, status: 'escalated', failure: 'bug', done: 0 },

  { action: 'reserve', fault: { connection: 'refused' }, status: 'completed', done: 1 },
  { action: 'reserve', fault: { connection: 'reset' }, status: 'escalated', failure: 'inDoubt', done: 0 },
  { action: 'reserve', fault: { connection: 'dropped' }, status: 'escalated', failure: 'inDoubt', done: 1 },
  { action: 'charge', fault: { connection: 'dropped' }, status: 'completed', done: 1 },
];

describe('a fault of one call', () => {
  it.each(cases)('$action with $fault is $status', async ({ action, fault, status, failure, done, waitedMs = 0 }) => {
    const result = await withFaults(action, [{ at: `Desk:v1/${action}`, fault }]);
    expectStatus(result, status);
    expect(classOf(result, action)).toBe(failure);
    if (done !== undefined) expect(result.service.count(action)).toBe(done);
    expect(result.virtualMs).toBeGreaterThanOrEqual(waitedMs);
    if (status === 'escalated') expect(result.escalation).toMatchObject({ stepId: action, status: 'open' });
  });

  it('applies to the attempts that it names', async () => {
    const every = await withFaults('look', [{ at: 'Desk:v1/look', attempt: 'every', fault: { status: 503 } }]);
    expect(every.effects.map(({ attempt, applied }) => [attempt, applied])).toEqual([
      [1, 'unknown'],
      [2, 'unknown'],
      [3, 'unknown'],
    ]);
    expect(classOf(every, 'look')).toBe('transient');
    const two = await withFaults('look', [{ at: 'Desk:v1/look', attempt: [1, 2], fault: { status: 503 } }]);
    expect([two.status, two.effects.length]).toEqual(['completed', 3]);
    const times = await withFaults('look', [
      { at: 'Desk:v1/look', attempt: 'every', times: 2, fault: { throw: busy } },
    ]);
    expect(times.status).toBe('completed');
  });

  it('applies to the step that it names, and leaves the others of its wave alone', async () => {
    const result = await withFaults('everything', [
      { at: 'Desk:v1/book', stepId: 'book', fault: 'hang' },
      { at: 'Desk:v1/charge', stepId: 'another', fault: 'hang', optional: true },
    ]);
    expectStatus(result, 'completed');
    expect(result.unusedFaults).toHaveLength(1);
    expect(result.service.book.map(({ path }) => path).toSorted()).toEqual(['book', 'charge', 'reserve']);
  });

  it('may be about a lookup', async () => {
    const result = await withFaults('book', [
      { at: 'Desk:v1/book', fault: 'apply-then-drop' },
      {
        at: 'Desk:v1/book',
        call: 'lookup',
        attempt: 'every',
        fault: { output: { found: 'unknown', why: 'the list is closed' } },
      },
    ]);
    expect([result.status, classOf(result, 'book')]).toEqual(['escalated', 'inDoubt']);
    expect(result.escalation?.reason).toContain('the list is closed');
  });
});

describe('an outage of a dependency', () => {
  it('is over when it is over', async () => {
    const result = await withFaults('reserve', [{ dependency: 'desk', downFor: '50ms' }]);
    expectStatus(result, 'completed');
    expect(result.service.count('reserve')).toBe(1);
    const long = await withFaults('reserve', [{ dependency: 'desk', downFor: '10m' }]);
    expect([long.status, classOf(long, 'reserve'), long.service.book.length]).toEqual(['escalated', 'transient', 0]);
  });

  it('opens the breaker, however often a person resumes the run', async () => {
    const people = (): PersonalDecision => ({ resolution: 'resume' });
    const result = await withFaults('reserve', [{ dependency: 'desk', downFor: '10m' }], { people });
    expectStatus(result, 'completed');
    expect(result.service.count('reserve')).toBe(1);
    expect(result.virtualMs).toBeGreaterThanOrEqual(600_000);
    expect(result.effects.length).toBeLessThan(20);
  });

  it('begins when it is told to', async () => {
    const later = await withFaults('look', [{ dependency: 'desk', after: '1h', downFor: '1h', optional: true }]);
    expect([later.status, later.unusedFaults.length]).toEqual(['completed', 1]);
  });
});

describe('a store that does not answer', () => {
  it('sends nothing that is not on record, and takes the step up again', async () => {
    const result = await withFaults('reserve', [{ store: 'ledger', method: 'write', calls: 1 }]);
    expectStatus(result, 'completed');
    expect(result.service.count('reserve')).toBe(1);
  });

  it('after a send leaves a doubt where nobody can be asked, and none where the service can', async () => {
    const lost = { store: 'ledger', method: 'write', calls: 1, after: 1 } as const;
    const reserved = await withFaults('reserve', [lost]);
    expect([reserved.status, classOf(reserved, 'reserve')]).toEqual(['escalated', 'inDoubt']);
    const booked = await withFaults('book', [lost]);
    expect([booked.status, booked.service.count('book')]).toEqual(['completed', 1]);
  });
});

describe('an execution that dies, for Decide cannot reach the table,', () => {
  it.each([1, 2, 3])('%i times is restarted from the table, and the run completes', async (calls) => {
    const result = await withFaults('charge', [{ store: 'runs', method: 'readHead', calls }]);
    expectStatus(result, 'completed');
    expect(result.service.count('charge')).toBe(1);
    // The first restart comes at once, the later ones after waits that grow.
    expect(result.virtualMs > 60_000).toBe(calls > 1);
  });

  it('more often is told a person with every cause', async () => {
    const result = await withFaults('charge', [{ store: 'runs', method: 'readHead', calls: 4 }]);
    expectStatus(result, 'escalated');
    expect(result.escalations.map(({ kind }) => kind)).toEqual(['deadRun']);
    expect(result.service.count('charge')).toBe(0);
  });
});

describe('a crash of the whole process', () => {
  it('at any of its calls loses nothing and repeats nothing', async () => {
    let crashes = 0;
    for (let call = 1; ; call += 1) {
      const results = await Promise.all(
        (['before', 'after'] as const).map((at) => withFaults('everything', [{ crash: { at, call } }])),
      );
      if (results.every(({ unusedFaults }) => unusedFaults.length === 1)) break;
      for (const { status, steps, service } of results) {
        crashes += 1;
        for (const path of ['charge', 'book']) expect(service.count(path), `${path} at ${call}`).toBe(1);
        expect(service.count('reserve'), `reserve at ${call}`).toBeLessThanOrEqual(1);
        if (status !== 'completed') {
          expect([status, steps.find(({ id }) => id === 'reserve')?.status]).toEqual(['escalated', 'inDoubt']);
        }
      }
    }
    expect(crashes).toBeGreaterThan(40);
  });
});
