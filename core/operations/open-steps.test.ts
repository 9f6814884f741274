import { expect, it } from 'vitest';
import { headOf, planOf } from '../../test/conformance/records.ts';
import { ownMember, wantedOf } from './open-steps.ts';

it.each(['toString', 'constructor', 'hasOwnProperty', 'valueOf'])(
  "a step may be called '%s' without being taken for what every object inherits",
  (stepId) => {
    expect(ownMember({}, stepId)).toBeUndefined();
    expect(ownMember({ [stepId]: 2 }, stepId)).toBe(2);
  },
);

it('what closes the steps of a run that ends leaves no compensation out', () => {
  const compensation = { atMs: 1, by: 'ada', reason: 'no trip', ending: 'canceled' } as const;
  const head = headOf(1, { compensation });
  const [step] = planOf(head, 1).steps;
  if (!step) throw new Error('the plan has no step');
  expect(wantedOf(head, step).cancelRequested).toBe(true);
  const undo = { ...step, id: 'undo:hotel', compensates: { stepId: step.id, revision: 1 } };
  expect(wantedOf(head, undo).cancelRequested).toBe(false);
});
