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
  expect(standingOf(verdict && { ...use, ...said, verdict }, occurrence, 1)).toBe(standing);
});

it.each([
  [['ada'], 2, 'open'],
  [['ada', 'grace'], 2, 'approved'],
  [['ada', 'ada'], 2, 'open'],
  [['ada', 'grace'], 3, 'open'],
  [undefined, 1, 'approved'],
  [undefined, 2, 'open'],
] as const)('the votes of %j are for a quorum of %i: %s', (people, quorum, standing) => {
  const said = {
    escalationId: 'esc-1',
    by: 'ada',
    reason: 'why',
    atMs: 1,
    writeToken: 't',
    binding: 'b',
    occurrence: 1,
  };
  const votes = people?.map((by) => ({ by, reason: 'why', atMs: 1 }));
  const approval: Approval = { ...use, ...said, verdict: 'approved', ...(votes ? { votes } : {}) };
  expect(standingOf(approval, 1, quorum)).toBe(standing);
  expect(standingOf({ ...approval, verdict: 'rejected' }, 1, quorum)).toBe('rejected');
});
