import { expect, it } from 'vitest';
import type { TraceEvent, TracePage } from '../../../core/contract/api.ts';
import { emptyTrace, readAgainAfter, withPage } from './merge-trace.ts';

const event = (seq: number, stepId: string): TraceEvent => ({
  ...{ seq, at: '2026-11-28T07:00:00.000Z', revision: Math.floor(seq / 100_000) },
  ...{ type: 'step.canceled', stepId, skill: 'Trip:v1', action: 'book' },
});
const page = (events: TraceEvent[], nextAfter: number | null): TracePage => ({
  ...{ runId: 'run-01k9zcy3v6hfb0v5x8m2q4t7na', agent: 'a', status: 'running', events, nextAfter },
});
const first = withPage(emptyTrace, 0, page([event(1, 'a'), event(100_001, 'b')], 100_001));
const whole = withPage(first, 100_001, page([event(100_002, 'c'), event(200_001, 'd')], null));

it('adds page to page until the trace is whole', () => {
  expect(first.isWhole).toBe(false);
  expect(whole.isWhole).toBe(true);
  expect(whole.events.map(({ seq }) => seq)).toEqual([1, 100_001, 100_002, 200_001]);
});

it('goes on where it was interrupted, and reads what may have changed again', () => {
  expect(readAgainAfter(emptyTrace, 0)).toBe(0);
  expect(readAgainAfter(first, 2)).toBe(100_001);
  expect(readAgainAfter(whole, 2)).toBe(200_000);
  expect(readAgainAfter(whole, 1)).toBe(100_000);
  expect(readAgainAfter(whole, 3)).toBe(200_001);
});

it('puts an event that came late in its place, and leaves none twice', () => {
  const after = readAgainAfter(whole, 2);
  const again = withPage(whole, after, page([event(200_001, 'late'), event(200_002, 'd')], null));
  expect(again.events.map((one) => ('stepId' in one ? one.stepId : ''))).toEqual(['a', 'b', 'c', 'late', 'd']);
});
