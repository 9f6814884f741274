import { describe, expect, it } from 'vitest';
import type { PlanRevision } from '../model/plan.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { recoveriesLeft, recoveriesWith, stepsProblem } from './plan-budget.ts';

const head = (more: Partial<RunHead> = {}): RunHead => more as RunHead;
const request = (budget: RunRequest['budget'] = {}): RunRequest => ({ budget }) as RunRequest;
const asks = (action: string, carry: PlanRevision['carry'], author: PlanRevision['author'] = 'engine'): PlanRevision =>
  ({ author, carry, steps: [{ skill: 'Model:v1', action }] }) as unknown as PlanRevision;

describe('recoveries', () => {
  it('are three unless the budget says otherwise, and never less than none', () => {
    expect(recoveriesLeft(head(), request())).toBe(3);
    expect(recoveriesLeft(head({ replans: 2 }), request())).toBe(1);
    expect(recoveriesLeft(head({ replans: 5 }), request())).toBe(0);
    expect(recoveriesLeft(head(), request({ recoveries: 0 }))).toBe(0);
  });

  it('are those that a person has allowed since', () => {
    expect(recoveriesLeft(head({ replans: 2, budget: { recoveries: 7 } }), request({ recoveries: 2 }))).toBe(5);
  });

  it('count each revision once, however often the gate has it asked again', () => {
    expect(recoveriesWith(head(), asks('revise', { round: 1 }))).toEqual({ replans: 1 });
    expect(recoveriesWith(head({ replans: 1 }), asks('revise', { round: 2 }))).toEqual({ replans: 1 });
    expect(recoveriesWith(head(), asks('plan', { round: 1 }))).toEqual({});
    expect(recoveriesWith(head(), asks('revise', { round: 1 }, 'planner'))).toEqual({});
  });
});

describe('the steps of a budget', () => {
  it('may be used to the last', () => {
    expect(stepsProblem(8, 2, { steps: 10 }, 'planner')).toBeUndefined();
    expect(stepsProblem(8, 3, { steps: 10 }, 'planner')).toMatchObject({ class: 'budgetExceeded' });
  });

  it('bind playbooks too', () => {
    expect(stepsProblem(8, 3, { steps: 10 }, 'playbook')).toMatchObject({ class: 'budgetExceeded' });
  });

  it('are 1,000 where a model plans and nobody has said a number', () => {
    expect(stepsProblem(999, 1, {}, 'engine')).toBeUndefined();
    expect(stepsProblem(1_000, 1, {}, 'engine')).toMatchObject({ class: 'budgetExceeded' });
    expect(stepsProblem(1_000_000, 1, {}, 'playbook')).toBeUndefined();
  });
});
