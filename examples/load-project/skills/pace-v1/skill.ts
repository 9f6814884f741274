import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

export default defineSkill({
  id: 'Pace:v1',
  release: '1.0.0',
  description: 'The step of load tests.',
  actions: {
    step: defineAction({
      description: 'Add a number to the sum of the step before.',
      input: z.strictObject({
        number: z.int().positive(),
        previous: z.int().nonnegative(),
        payloadBytes: z.int().min(0).max(65_536).optional(),
      }),
      output: z.object({ sum: z.int().nonnegative(), payload: z.string().optional() }),
      effect: { class: 'P' },
      timeoutSeconds: 5,
      run: ({ number, previous, payloadBytes }) =>
        Promise.resolve({
          sum: previous + number,
          ...(payloadBytes === undefined ? {} : { payload: 'x'.repeat(payloadBytes) }),
        }),
    }),
  },
});
