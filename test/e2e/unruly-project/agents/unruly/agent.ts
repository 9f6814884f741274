import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const playbook = (action: string) =>
  definePlaybook({
    description: `Does one step: ${action}.`,
    input: z.strictObject({}),
    steps: [{ id: 'only', skill: 'Unruly:v1', action, input: {} }],
  });

export default defineAgent({
  name: 'unruly',
  description: 'Does one thing, badly.',
  grants: ['Unruly:v1'],
  deadline: '1d',
  playbooks: { answer: playbook('answer'), spin: playbook('spin'), exit: playbook('exit') },
});
