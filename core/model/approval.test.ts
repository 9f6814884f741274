import { expect, it } from 'vitest';
import type { Approval, ApprovedUse } from './approval.ts';
import { approvalBinding, standingOf } from './approval.ts';

const use: ApprovedUse = {
  tenantId: 'acme',
  runId: 'run-1',
  stepId: 'pay',
  direction: 'F',
  skill: 'Bank:v1',
  action: 'pay',
  skillHash: 'code',
  argsHash: 'bytes',
};

it.each(Object.keys(use) as (keyof ApprovedUse)[])('an approval is bound to the %s', (member) => {
  const other = { ...use, [member]: member === 'direction' ? 'C' : 'other' };
  expect(approvalBinding(other)).not.toBe(approvalBinding(use));
});

it('parts of a use cannot be shifted from one to another', () => {
  expect(approvalBinding({ ...use, runId: 'a|b', stepId: 'c' })).not.toBe(
    approvalBinding({ ...use, runId: 'a', stepId: 'b|c' }),
  );
});

it.each<[Approval['verdict'] | undefined, number, ReturnType<typeof standingOf>]>([
  [undefined, 1, 'open'],
  ['approved', 1, 'approved'],
  ['approved', 2, 'approved'],
  ['rejected', 1, 'rejected'],
  ['rejected', 2, 'open'],
])('a verdict %s on the first occurrence means for occurrence %i: %s', (verdict, occurrence, standing) => {
  const said = {
    escalationId: 'esc-1',
    by: 'ada',
    reason: 'why',
    atMs: 1,
    writeToken: 't',
    binding: 'b',
    occurrence: 1,
  };
  expect(standingOf(verdict && { ...use, ...said, verdict }, occurrence)).toBe(standing);
});
