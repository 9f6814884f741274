import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BreakerState, CallOutcome } from './breaker.ts';
import {
  admissionOf,
  afterCalls,
  breaker,
  breakerRules,
  byHand,
  healthOf,
  healthy,
  outcomeOfError,
  probing,
  recorded,
} from './breaker.ts';
import { ActionError, failureClasses } from './failure.ts';

const now = 1_000_000;
const after = (marks: string, state: BreakerState = healthy, nowMs = now): BreakerState =>
  [...marks].reduce(
    (state, mark) => afterCalls(state, [mark === '+' ? 'success' : 'failure'], undefined, nowMs),
    state,
  );
const open = (openForMs: number = breakerRules.firstOpenMs): BreakerState => ({
  state: 'open',
  untilMs: now,
  openForMs,
});
const probeOf = (state: BreakerState): BreakerState => {
  const admission = admissionOf(state, now);
  if (admission.kind !== 'probe') throw new Error(`no probe: ${admission.kind}`);
  return probing(admission, 'mine', now + 60_000);
};

describe('a closed breaker', () => {
  it('opens for 30 seconds at the fifth call when half of them have failed, and not before', () => {
    expect(after('----').state).toBe('closed');
    expect(after('-----')).toEqual({ state: 'open', untilMs: now + 30_000, openForMs: 30_000 });
    expect(after('++---').state).toBe('open');
    expect(after('+++--').state).toBe('closed');
  });

  it('looks at the last 20 calls only, and opens on a failure only', () => {
    expect(after('+'.repeat(100) + '-'.repeat(9)).state).toBe('closed');
    expect(after('+'.repeat(100) + '-'.repeat(10)).state).toBe('open');
    expect(after('----' + '+'.repeat(4)).state).toBe('closed');
  });

  it('does not count what says nothing about health', () => {
    expect(afterCalls(healthy, Array<CallOutcome>(50).fill('answered'), undefined, now)).toBe(healthy);
    expect(afterCalls(healthy, Array<CallOutcome>(50).fill('untold'), undefined, now)).toBe(healthy);
  });

  it('opens exactly when the rule says so, for every history of calls', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('+', '-'), { maxLength: 60 }), (marks) => {
        let state: BreakerState = healthy;
        let history = '';
        for (const mark of marks) {
          state = after(mark, state);
          history = (history + mark).slice(-20);
          const failures = [...history].filter((each) => each === '-').length;
          const opens = mark === '-' && history.length >= 5 && failures * 2 >= history.length;
          expect(state.state).toBe(opens ? 'open' : 'closed');
          if (opens) return;
        }
      }),
    );
  });
});

describe('an open breaker', () => {
  it('refuses until its time is over, and says how long that is', () => {
    const state = after('-----');
    expect(admissionOf(state, now + 10_000)).toMatchObject({ kind: 'refused', retryAfterMs: 20_000 });
    expect(admissionOf(state, now + 30_000)).toEqual({ kind: 'probe', openForMs: 30_000 });
  });

  it('is not moved by calls that began before it opened', () => {
    const state = after('-----');
    expect(after('+-+-+', state)).toBe(state);
  });
});

describe('a half-open breaker', () => {
  it('lets nobody else in until the probe is overdue', () => {
    const state = probeOf(open());
    expect(admissionOf(state, now + 59_999)).toMatchObject({ kind: 'refused', retryAfterMs: 1 });
    expect(admissionOf(state, now + 60_000)).toMatchObject({ kind: 'probe' });
  });

  it('closes when the probe is answered, in whatever way', () => {
    expect(afterCalls(probeOf(open()), ['success'], 'mine', now)).toEqual(healthy);
    expect(afterCalls(probeOf(open()), ['answered'], 'mine', now)).toEqual(healthy);
  });

  it('opens for twice as long when the probe fails, up to 15 minutes', () => {
    const lengths = [30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000];
    let state = open();
    for (const openForMs of lengths) {
      expect(state).toMatchObject({ state: 'open', openForMs });
      state = afterCalls(probeOf({ ...state, state: 'open', untilMs: now, openForMs }), ['failure'], 'mine', now);
    }
  });

  it('lets the next call try at once when the probe was never sent', () => {
    const state = afterCalls(probeOf(open(60_000)), ['untold'], 'mine', now);
    expect(admissionOf(state, now)).toEqual({ kind: 'probe', openForMs: 60_000 });
  });

  it('hears nobody but the probe', () => {
    const state = probeOf(open());
    expect(afterCalls(state, ['success'], undefined, now)).toBe(state);
    expect(afterCalls(state, ['failure'], 'of-another', now)).toBe(state);
  });
});

describe('a breaker that a person holds open', () => {
  const state: BreakerState = { state: 'isolated', by: 'ann', reason: 'wrong answers' };

  it('refuses for ever, in the words of the person, whatever calls come to', () => {
    expect(admissionOf(state, now * 1_000)).toEqual({
      kind: 'refused',
      why: 'ann holds it open: wrong answers',
      retryAfterMs: undefined,
    });
    expect(afterCalls(state, ['success', 'failure'], 'mine', now)).toBe(state);
  });
});

describe('what a person does to a breaker', () => {
  const write = { dependency: 'hotel-api', writeToken: 't' };
  const states = [
    healthy,
    after('+-'),
    open(),
    probeOf(open()),
    { state: 'isolated', by: 'bob', reason: 'old' },
  ] as const;
  const hand = { by: 'ann', reason: 'wrong answers', atMs: now } as const;

  it('holds whatever its state, and is on record with who, why and when', () => {
    for (const state of states) {
      const current = recorded(state, undefined, { ...write, nowMs: now - 5 });
      const isolated = byHand({ act: 'isolated', ...hand }, current, write);
      expect(isolated).toMatchObject({ state: 'isolated', by: 'ann', byHand: { act: 'isolated', ...hand } });
      const closed = byHand({ act: 'closed', ...hand }, isolated, write);
      expect(closed).toEqual({ ...write, ...healthy, sinceMs: now, byHand: { act: 'closed', ...hand } });
      expect([isolated, closed].every((one) => breaker.safeParse(one).success)).toBe(true);
    }
  });

  it('stays on record while calls move the breaker, whose time counts from the last change of its state', () => {
    const closed = byHand({ act: 'closed', ...hand }, undefined, write);
    const later = recorded(after('--', healthy), closed, { ...write, nowMs: now + 10 });
    expect(later).toMatchObject({ sinceMs: now, byHand: { by: 'ann' } });
    expect(recorded(open(), later, { ...write, nowMs: now + 20 })).toMatchObject({ sinceMs: now + 20 });
  });
});

it('a breaker whose time is over is shown as half-open, although nobody has tried yet', () => {
  expect(healthOf(healthy, now)).toBe('closed');
  expect(healthOf(open(), now - 1)).toBe('open');
  expect(healthOf(open(), now)).toBe('half-open');
  expect(healthOf(probeOf(open()), now)).toBe('half-open');
});

describe('what an error says about health', () => {
  it('failures of the dependency count, and everything else does not', () => {
    const counted = failureClasses.filter(
      (failureClass) =>
        outcomeOfError(new ActionError('x', { class: failureClass, sendOutcome: 'unknown' })) === 'failure',
    );
    expect(counted).toEqual(['transient', 'timeout', 'dependencyDown']);
  });

  it('only what was sent can have been answered', () => {
    const of = (sendOutcome: 'notSent' | 'notDone') =>
      outcomeOfError(new ActionError('x', { class: 'denied', sendOutcome }));
    expect(of('notDone')).toBe('answered');
    expect(of('notSent')).toBe('untold');
    expect(outcomeOfError(new Error('a bug'))).toBe('untold');
    expect(outcomeOfError(new ActionError('x', { class: 'bug', sendOutcome: 'unknown' }))).toBe('untold');
    expect(outcomeOfError(new ActionError('x', { class: 'throttled', sendOutcome: 'unknown' }))).toBe('answered');
  });
});

it('every state that calls lead to can be stored', () => {
  const outcome = fc.constantFrom<CallOutcome>('success', 'failure', 'answered', 'untold');
  fc.assert(
    fc.property(fc.array(fc.record({ outcome, elapsedMs: fc.nat(1_000_000) }), { maxLength: 80 }), (calls) => {
      let [state, nowMs] = [healthy, now];
      for (const { outcome, elapsedMs } of calls) {
        nowMs += elapsedMs;
        const admission = admissionOf(state, nowMs);
        if (admission.kind === 'probe') state = probing(admission, 'mine', nowMs + 1_000);
        if (admission.kind !== 'refused') state = afterCalls(state, [outcome], 'mine', nowMs);
        expect(breaker.safeParse({ ...state, dependency: 'model:openai:x', writeToken: 't' }).success).toBe(true);
      }
    }),
  );
});
