import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

export default defineSkill({
  id: 'CarDesk:v1',
  release: '1.0.0',
  description: 'Reserves cars',
  secrets: ['CAR_API_KEY'],
  uses: ['mail'],
  dependency: 'car-api',
  actions: {
    run: defineAction({
      description: 'Answers with a text that is in no other skill.',
      input: z.object({}),
      output: z.object({ marker: z.string() }),
      effect: { class: 'P' },
      timeoutSeconds: 200,
      run: async () => ({ marker: 'marker-of-car-desk-v1' }),
    }),
  },
});
