import { expect, it } from 'vitest';
import { ownMember } from './open-steps.ts';

it.each(['toString', 'constructor', 'hasOwnProperty', 'valueOf'])(
  "a step may be called '%s' without being taken for what every object inherits",
  (stepId) => {
    expect(ownMember({}, stepId)).toBeUndefined();
    expect(ownMember({ [stepId]: 2 }, stepId)).toBe(2);
  },
);
