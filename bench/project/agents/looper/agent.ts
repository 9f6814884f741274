import type { NextSteps, PlanStepInput } from 'holdfast';
import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const input = z.object({ steps: z.int().min(1) });

/** Steps of one revision of the planned loop; a revision may have 200. */
const revisionSteps = 100;

/** Steps from the one numbered `from`, each after the one before it and fed by its output. */
function chain(from: number, until: number): PlanStepInput[] {
  return Array.from({ length: until - from }, (_, index) => ({
    id: `add-${from + index}`,
    skill: 'Counter:v1',
    action: 'add',
    input: { value: index === 0 ? from : `\${steps.add-${from + index - 1}.output.value}` },
    why: 'It is the next one.',
  }));
}

function next(count: number, steps: number, atOnce: number): NextSteps {
  const until = Math.min(count + atOnce, steps);
  return { steps: chain(count, until), done: until === steps };
}

export default defineAgent({
  name: 'looper',
  description: 'Runs one step after another, as many as it is told.',
  grants: ['Counter:v1/add'],
  playbooks: {
    planned: definePlaybook({
      description: 'Sequential steps, planned a hundred at a time.',
      input,
      next: ({ steps }, { count }) => next(count, steps, revisionSteps),
    }),
    incremental: definePlaybook({
      description: 'Sequential steps, each planned once the one before it is over.',
      input,
      next: ({ steps }, { count }) => next(count, steps, 1),
    }),
  },
});
