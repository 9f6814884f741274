import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalRunStatuses, runStatuses } from './run.ts';
import { dueMsOf, dueStepMs, seenMs, silenceMs, wakeMs } from './run-due.ts';

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const standing = { generation: 2, version: 7, updatedAtMs: 0, restarts: undefined, inboxSeenVersion: undefined };
const waitingUntil = (untilMs: number) => ({
  ...standing,
  status: 'waiting' as const,
  waitingFor: { kind: 'time' as const, untilMs, reason: 'a backoff' },
});
const restarts = { count: 2, progress: 'p', atMs: 0, causes: [] };

describe('a run ought to have moved', () => {
  it('never, once it is over', () => {
    for (const status of finalRunStatuses) {
      expect(dueMsOf({ ...standing, status, waitingFor: undefined })).toBeUndefined();
    }
  });

  it('when it has been silent for longer than a long step takes, and not before, whatever else it does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...runStatuses), moment, (status, updatedAtMs) => {
        const dueMs = dueMsOf({ ...standing, status, updatedAtMs, waitingFor: undefined });
        if (dueMs === undefined) return;
        expect(dueMs - updatedAtMs).toBeGreaterThanOrEqual(silenceMs);
        expect(dueMs - updatedAtMs).toBeLessThanOrEqual(silenceMs + dueStepMs);
      }),
    );
  });

  it('at the same time as before, for writes that follow each other closely', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: dueStepMs }), (step, within) => {
        const at = (updatedAtMs: number) =>
          dueMsOf({ ...standing, status: 'running', updatedAtMs, waitingFor: undefined });
        expect(at(step * dueStepMs + within)).toBe(at(step * dueStepMs + 1));
      }),
    );
  });

  it('some minutes after what it waits for, and at once when a restart waits for its time', () => {
    expect(dueMsOf(waitingUntil(1_000))).toBe(1_000 + wakeMs);
    const delayed = { ...restarts, generation: 2, delayed: true as const };
    expect(dueMsOf({ ...waitingUntil(1_000), restarts: delayed })).toBe(1_000);
    // Somebody else has set it going since, and it waits for something of its own.
    expect(dueMsOf({ ...waitingUntil(1_000), restarts: { ...delayed, generation: 1 } })).toBe(1_000 + wakeMs);
  });

  it('a day later, when its inbox item was seen and nobody has touched it since', () => {
    const escalated = { ...standing, status: 'escalated' as const, waitingFor: undefined };
    expect(dueMsOf({ ...escalated, inboxSeenVersion: 7 })).toBe(seenMs);
    expect(dueMsOf({ ...escalated, inboxSeenVersion: 6 })).toBe(silenceMs);
  });
});
