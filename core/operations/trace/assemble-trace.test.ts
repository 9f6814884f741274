import { expect, it } from 'vitest';
import { headOf, planOf, requestOf } from '../../../test/conformance/records.ts';
import { sealedTexts } from '../../model/model-step.ts';
import type { AcceptedStep } from '../../model/plan.ts';
import { assembleTrace } from './assemble-trace.ts';
import type { RevisionItems } from './revision-items.ts';

const head = headOf(1);
const nothing: RevisionItems = {
  ...{ revision: 1, plan: undefined, previous: undefined, next: undefined, mends: [] },
  ...{ ledger: new Map(), answers: new Map(), notes: [], escalations: new Map(), approvals: new Map() },
};
const none = { request: undefined, head: undefined, wishes: {} };

it('tells what went wrong before a model is asked to plan anew', () => {
  const failures = [{ stepId: 'a', skill: 'X:v1', action: 'b', class: 'bug', message: 'it broke' }];
  const question: AcceptedStep = {
    ...{ id: 'revise-2', skill: 'Model:v1', action: 'revise', why: '', after: [], timeoutSeconds: 1 },
    ...{ functionArn: 'arn', skillHash: 'h', input: { texts: sealedTexts({ goal: 'x', failures, mode: 'upfront' }) } },
  };
  const plan = { ...planOf(head, 2), author: 'engine' as const, reason: 'a model plans again', steps: [question] };
  const [diagnosed, revised] = assembleTrace({ ...nothing, revision: 2, plan }, none);
  expect(diagnosed).toMatchObject({
    ...{ type: 'recovery.diagnosed', seq: 200_001, by: 'planner', decision: 'replan', why: 'a model plans again' },
    failures: [{ stepId: 'a', class: 'bug', message: 'it broke' }],
  });
  expect(revised).toMatchObject({ type: 'plan.revised', seq: 200_002, steps: [{ id: 'revise-2', input: {} }] });
});

it('begins with the request and ends with the end, whatever the clocks say', () => {
  const over = { ...head, status: 'failed' as const, ending: 'no', updatedAtMs: 5 };
  const events = assembleTrace({ ...nothing, revision: 0 }, { request: requestOf(head), head: over, wishes: over });
  expect(events.map(({ type }) => type)).toEqual(['run.started', 'run.ended']);
});

it('tells a wait once that was decided again after a crash', () => {
  const note = (version: number) => ({
    ...{ tenantId: 'acme', runId: head.runId, revision: 1, version, atMs: version },
    decided: { kind: 'wait' as const, untilMs: 100, reason: 'it is busy' },
  });
  const events = assembleTrace({ ...nothing, notes: [note(3), note(4)] }, none);
  expect(events).toMatchObject([{ type: 'run.waited', reason: 'it is busy', at: '1970-01-01T00:00:00.003Z' }]);
});
