import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

export default defineSkill({
  id: 'Notes:v1',
  release: '1.0.0',
  description: 'Keeps notes',
  uses: ['store'],
  actions: {
    run: defineAction({
      description: 'Answers with a text that is in no other skill.',
      input: z.object({}),
      output: z.object({ marker: z.string() }),
      effect: { class: 'P' },
      timeoutSeconds: 5,
      run: async () => ({ marker: 'marker-of-notes-v1' }),
    }),
  },
});
