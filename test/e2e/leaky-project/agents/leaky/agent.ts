import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const actions = ['echo', 'flood', 'mistake', 'crash', 'odd', 'doubt', 'unfit', 'ask', 'answered', 'refused', 'escape'];

export default defineAgent({
  name: 'leaky',
  description: 'Does one thing, and tells more than it should.',
  grants: ['Leaky:v1'],
  deadline: '1d',
  playbooks: Object.fromEntries(
    actions.map((action) => [
      action,
      definePlaybook({
        description: `Does one step: ${action}.`,
        input: z.strictObject({}),
        steps: [{ id: 'only', skill: 'Leaky:v1', action, input: {} }],
        output: '${steps.only.output}',
      }),
    ]),
  ),
});
