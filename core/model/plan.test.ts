import { expect, it } from 'vitest';
import { acceptedStep, maxStepsPerRevision, planDraft, planStep } from './plan.ts';

const step = { id: 'hotel', skill: 'HotelBooking:v1', action: 'book' };

it('an author may leave out what has a default', () => {
  expect(planStep.parse(step)).toEqual({ ...step, input: {}, why: '' });
});

it.each([
  ['a member that does not exist, such as a misspelt one', { ...step, dependson: ['flight'] }],
  ['a dependency that is no step id', { ...step, dependsOn: ['flight#F'] }],
  ['an input that is no JSON', { ...step, input: { at: Number.NaN } }],
  ['more dependencies than a revision has steps', { ...step, dependsOn: Array(maxStepsPerRevision + 1).fill('a') }],
])('a step with %s is refused', (_, wrong) => {
  expect(planStep.safeParse(wrong).success).toBe(false);
});

it('a plan carries steps and an output, and nothing that an author could smuggle in', () => {
  expect(planDraft.safeParse({ steps: [step], output: { hotel: '${steps.hotel.output}' } }).success).toBe(true);
  expect(planDraft.safeParse({ steps: [step], author: 'human' }).success).toBe(false);
  expect(planDraft.safeParse({ steps: [{ ...step, functionArn: 'arn' }] }).success).toBe(false);
});

it('an accepted step is not accepted without the function it is pinned to', () => {
  const accepted = { ...step, after: [], timeoutSeconds: 20, functionArn: 'arn', skillHash: 'hash' };
  expect(acceptedStep.safeParse(accepted).success).toBe(true);
  expect(acceptedStep.safeParse({ ...accepted, functionArn: undefined }).success).toBe(false);
});
