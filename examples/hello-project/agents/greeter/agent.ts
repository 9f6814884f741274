import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

export default defineAgent({
  name: 'greeter',
  description: 'Welcomes people.',
  grants: ['Greeting:v1/greet'],
  deadline: '5m',
  playbooks: {
    greet: definePlaybook({
      description: 'Greet one person in two languages.',
      input: z.strictObject({ name: z.string().min(1) }),
      steps: [
        {
          id: 'english',
          skill: 'Greeting:v1',
          action: 'greet',
          input: { name: '${input.name}' },
          why: 'Most people understand it.',
        },
        {
          id: 'norwegian',
          skill: 'Greeting:v1',
          action: 'greet',
          input: { name: '${input.name}', language: 'no' },
          why: 'It is friendlier still.',
        },
      ],
      output: { first: '${steps.english.output.text}', second: '${steps.norwegian.output.text}' },
    }),
  },
});
