import { defineAgent, definePlaybook } from 'holdfast';
import { paceInput, paceNext } from './pace.ts';

export default defineAgent({
  name: 'pacer',
  description: 'Runs as many steps as it is told. For load tests and benchmarks.',
  grants: ['Pace:v1/step'],
  deadline: '7d',
  playbooks: {
    pace: definePlaybook({
      description: 'Run steps one after another, or in waves of a given width.',
      input: paceInput,
      next: paceNext,
    }),
  },
});
