import { expect, it } from 'vitest';
import { jsonSizeBytes } from './json.ts';
import type { RunHead } from './run.ts';
import { finalRunStatuses, isFinal, runHead, runStatuses } from './run.ts';

const head: RunHead = {
  tenantId: 'a'.repeat(40),
  runId: `run-${'0'.repeat(26)}`,
  agent: 'b'.repeat(40),
  status: 'escalated',
  generation: 12,
  version: 4_711,
  writeToken: 'w'.repeat(26),
  revision: 999,
  window: [{ revision: 999, statuses: 'p'.repeat(200) }],
  stepsRetired: 100_000,
  burstsInGeneration: 1_000,
  lost: { [`s${'x'.repeat(63)}`]: 2 },
  occurrences: { [`s${'x'.repeat(63)}`]: 2 },
  deadlineMs: 1_800_000_000_000,
  createdAtMs: 1_800_000_000_000,
  updatedAtMs: 1_800_000_000_000,
  waitingFor: { kind: 'human', escalationId: `esc-${'0'.repeat(20)}`, escalation: 'inDoubt', reason: 'r'.repeat(200) },
  cancelRequested: { atMs: 1_800_000_000_000, by: 'c'.repeat(60), reason: 'r'.repeat(200) },
};

it('a status is final exactly when nothing may follow it', () => {
  expect(runStatuses.filter(isFinal)).toEqual([...finalRunStatuses]);
  expect(runStatuses.filter((status) => !isFinal(status))).toEqual([
    'pending',
    'running',
    'waiting',
    'escalated',
    'compensating',
  ]);
});

it('the head of a run with a full revision of 200 steps stays under 2 KB', () => {
  expect(runHead.parse(head)).toEqual(head);
  expect(jsonSizeBytes(head)).toBeLessThan(2_048);
});

it.each([
  ['a generation of 0', { generation: 0 }],
  ['a version of 0', { version: 0 }],
  ['a revision below 0', { revision: -1 }],
  ['an unknown status', { status: 'sleeping' }],
  ['a time that is no integer', { deadlineMs: 1.5 }],
  ['a wait for nothing', { waitingFor: { kind: 'time' } }],
])('a stored head with %s is refused when it is read', (_, change) => {
  expect(runHead.safeParse({ ...head, ...change }).success).toBe(false);
});
