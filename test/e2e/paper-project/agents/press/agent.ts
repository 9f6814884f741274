import { defineAgent, definePlaybook } from 'holdfast';
import type { GrantDeclaration } from 'holdfast';
import * as z from 'zod';

const versions = ['Paper:v1'];
const newest = versions.at(-1) ?? '';

const step = (id: string, action: string, dependsOn: string[] = []) => ({
  ...{ id, skill: newest, action, dependsOn },
  input: { title: '${input.title}', sheet: id },
});

export default defineAgent({
  name: 'press',
  description: 'Prints with the newest paper.',
  grants: versions.flatMap((version): GrantDeclaration[] => [
    `${version}/print`,
    { grant: `${version}/bind`, approval: 'required' },
  ]),
  playbooks: {
    print: definePlaybook({
      description: 'Print three sheets, one after the other.',
      input: z.strictObject({ title: z.string() }),
      steps: [step('one', 'print'), step('two', 'print', ['one']), step('three', 'print', ['two'])],
      output: '${steps.three.output.by}',
    }),
    bind: definePlaybook({
      description: 'Bind a book.',
      input: z.strictObject({ title: z.string() }),
      steps: [step('book', 'bind')],
      output: '${steps.book.output.by}',
    }),
  },
});
