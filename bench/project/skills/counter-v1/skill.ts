import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

export default defineSkill({
  id: 'Counter:v1',
  release: '1.0.0',
  description: 'Adds one to a number.',
  actions: {
    add: defineAction({
      description: 'The number that follows value.',
      input: z.object({ value: z.int() }),
      output: z.object({ value: z.int() }),
      // Declared as a side effect, so that a step takes the whole way: an intent before the call, and its end after it.
      effect: { class: 'K', keyTtl: '24h' },
      run: ({ value }) => Promise.resolve({ value: value + 1 }),
    }),
  },
});
