import { expect, it } from 'vitest';
import { deadExecution } from '../contract/machine.ts';
import { causeOf } from './death-cause.ts';

const input = JSON.stringify({ tenantId: 'acme', runId: 'run-1', agent: 'planner', generation: 2 });
const told = (detail: Record<string, unknown>): string =>
  causeOf(deadExecution.parse({ detail: { name: 'run-1-g2', status: 'FAILED', input, ...detail } }));

it('an execution that said nothing of its end is told by its status', () => {
  expect(told({ status: 'TIMED_OUT', error: null, cause: null })).toBe('run-1-g2 ended as TIMED_OUT');
  expect(told({ status: 'ABORTED' })).toBe('run-1-g2 ended as ABORTED');
  expect(told({ error: 'States.Timeout', cause: '' })).toBe('run-1-g2 ended as FAILED: States.Timeout');
});

it('what a function has thrown is told without its stack', () => {
  const cause = JSON.stringify({
    errorType: 'Error',
    errorMessage: 'no decision',
    trace: ['Error: no decision', 'at x'],
  });
  expect(told({ error: 'Error', cause })).toBe('run-1-g2 ended as FAILED: Error: no decision');
  expect(told({ cause: JSON.stringify({ errorMessage: 'killed' }) })).toBe('run-1-g2 ended as FAILED: killed');
});

it('any other cause is told as it is', () => {
  for (const cause of ['somebody stopped it', '{"a":1}', '{', 'null']) {
    expect(told({ cause })).toBe(`run-1-g2 ended as FAILED: ${cause}`);
  }
});
