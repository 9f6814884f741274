import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const words = { en: 'Hello', pt: 'Olá', no: 'Hei' } as const;

export default defineSkill({
  id: 'Greeting:v1',
  release: '1.0.0',
  description: 'Greets people.',
  actions: {
    greet: defineAction({
      description: 'Greet one person by name.',
      input: z.strictObject({ name: z.string().min(1), language: z.enum(['en', 'pt', 'no']).optional() }),
      output: z.object({ text: z.string() }),
      effect: { class: 'P' },
      run: ({ name, language }) => Promise.resolve({ text: `${words[language ?? 'en']}, ${name}!` }),
    }),
  },
});
