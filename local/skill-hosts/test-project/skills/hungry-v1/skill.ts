import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const numbersInMegabyte = 131_072;

export default defineSkill({
  id: 'Hungry:v1',
  release: '1.0.0',
  description: 'Keeps megabytes in memory.',
  actions: {
    eat: defineAction({
      description: 'Keeps that many megabytes, and says how many it kept.',
      input: z.object({ megabytes: z.int() }),
      output: z.object({ megabytes: z.int() }),
      effect: { class: 'P' },
      run: ({ megabytes }) => {
        const kept: number[][] = [];
        while (kept.length < megabytes) {
          kept.push(Array.from({ length: numbersInMegabyte }, (_, index) => index + 0.5));
        }
        return Promise.resolve({ megabytes: kept.length });
      },
    }),
  },
});
