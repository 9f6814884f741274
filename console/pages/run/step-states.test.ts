import { expect, it } from 'vitest';
import type { RunView, StepView, TraceEvent } from '../../../core/contract/api.ts';
import type { PlannedStep } from '../../plan/plan-at.ts';
import { resolveInput, shownOutputs } from './resolve-input.ts';
import { spendByStep } from './spend-by-step.ts';
import { eventsOfStep, stepStates } from './step-states.ts';

const planned = (id: string, revision = 1): PlannedStep => ({
  ...{ revision, since: 1 },
  step: {
    ...{ id, skill: 'Trip:v1', action: 'book', input: {}, why: '', optional: false, after: [] },
    ...{ timeoutSeconds: 20, skillHash: 'h' },
  },
});
const view = (id: string, status: StepView['status'], more: Partial<StepView> = {}): StepView => ({
  ...{ id, revision: 1, skill: 'Trip:v1', action: 'book', why: '', optional: false, status, attempts: 2, ...more },
});
const of = { skill: 'Trip:v1', action: 'book', revision: 1 };
const at = (second: number): string => `2026-11-28T07:00:0${second}.000Z`;
const events: readonly TraceEvent[] = [
  {
    ...{ type: 'step.scheduled', seq: 1, at: at(1), stepId: 'flight', ...of, wave: 1, occurrence: 1, why: '' },
    ...{ skillHash: 'h', effectKey: 'k' },
  },
  {
    ...{ type: 'step.completed', seq: 2, at: at(3), stepId: 'flight', ...of, attempts: 1, trust: 'trusted' },
    ...{ output: { kind: 'inline', value: { price: 5, legs: [{ to: 'Oslo' }] } }, outputHash: 'x' },
  },
  { type: 'step.canceled', seq: 3, at: at(4), stepId: 'bus', ...of },
  {
    ...{ type: 'step.failed', seq: 4, at: at(5), stepId: 'hotel', ...of, attempts: 1, final: false },
    failure: { class: 'transient', message: 'no' },
  },
];
const run = (window: StepView[], status: RunView['status'] = 'running') => ({
  status,
  steps: { total: 5, over: 1, window },
});

it('tells of each step what the run says, else what the trace has told, else what its end means', () => {
  const plan = ['flight', 'bus', 'hotel', 'car'].map((id) => planned(id));
  const statuses = (states: ReturnType<typeof stepStates>) =>
    states.map(({ id, status, attempts }) => [id, status, attempts]);
  expect(statuses(stepStates(plan, run([view('hotel', 'inDoubt')]), events))).toEqual([
    ['flight', 'completed', 1],
    ['bus', 'skipped', 0],
    ['hotel', 'inDoubt', 2],
    ['car', 'pending', 0],
  ]);
  expect(stepStates([planned('car')], run([], 'completed'), events)[0]?.status).toBe('skipped');
  expect(stepStates(plan, run([]), events)[0]).toMatchObject({ startedAt: at(1), endedAt: at(3) });
});

it('does not take what became of one definition of a step for what became of another', () => {
  expect(stepStates([planned('flight', 2)], run([]), events)[0]?.status).toBe('pending');
  expect(eventsOfStep(events, 'flight', 1)).toHaveLength(2);
  expect(eventsOfStep(events, 'flight', 2)).toEqual([]);
});

it('shows a step as compensated whose effect was undone', () => {
  const window = [view('undo-flight', 'completed', { undoes: 'flight' })];
  expect(stepStates([planned('flight')], run(window), events)[0]?.status).toBe('compensated');
});

it('follows references as far as results are shown, and names those that it could not follow', () => {
  const outputs = shownOutputs(events);
  const template = {
    to: '${steps.flight.output.legs.0.to}',
    all: ['${input.who}', '${steps.hotel.output}', 'as ${it}', 7],
    gone: '${input.who.length}',
  };
  expect(resolveInput(template, { who: 'ada' }, outputs)).toEqual({
    value: { to: 'Oslo', all: ['ada', '${steps.hotel.output}', 'as ${it}', 7], gone: '${input.who.length}' },
    open: ['${steps.hotel.output}', '${input.who.length}'],
  });
  expect(resolveInput('${input}', { who: 'ada' }, outputs).value).toEqual({ who: 'ada' });
  expect(resolveInput('${input.constructor}', {}, outputs).open).toHaveLength(1);
});

it('adds up what models cost, by step and model', () => {
  const charged = (seq: number, stepId: string, usdMicros: number): TraceEvent => ({
    ...{ type: 'budget.charged', seq, at: at(1), revision: 1, stepId, usdMicros, tokens: 10, model: 'm' },
  });
  expect(spendByStep([charged(1, 'a', 5), charged(2, 'b', 7), charged(3, 'a', 9)])).toMatchObject([
    { stepId: 'a', usdMicros: 14, tokens: 20 },
    { stepId: 'b', usdMicros: 7, tokens: 10 },
  ]);
});
