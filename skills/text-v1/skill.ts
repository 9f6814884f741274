import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const text = z.string().max(10_000);
const placeholder = /\{([A-Za-z][A-Za-z0-9_]{0,39})\}/g;

const filled = z
  .strictObject({
    template: text.describe('Placeholders are names in braces: {name}'),
    values: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'must be a name such as orderId'), text)
      .describe('A text for each placeholder, and no others'),
  })
  .superRefine(({ template, values }, context) => {
    const asked = new Set(placeholdersOf(template));
    const given = Object.keys(values);
    for (const name of [...asked].filter((one) => !Object.hasOwn(values, one))) {
      const message = `the placeholder {${name}} has no value; there are values for ${given.join(', ') || 'none'}`;
      context.addIssue({ code: 'custom', path: ['template'], message });
    }
    for (const name of given.filter((one) => !asked.has(one))) {
      const message = `is not used: the template has no placeholder {${name}}`;
      context.addIssue({ code: 'custom', path: ['values', name], message });
    }
  });

export default defineSkill({
  id: 'Text:v1',
  release: '1.0.0',
  description: 'Puts texts together.',
  actions: {
    join: defineAction({
      description: 'Put texts one after another, with a separator between them.',
      input: z.strictObject({
        texts: z.array(text).min(1).max(100),
        separator: z.string().max(100).default('\n'),
      }),
      output: z.object({ text: z.string() }),
      effect: { class: 'P' },
      timeoutSeconds: 5,
      run: ({ texts, separator }) => Promise.resolve({ text: texts.join(separator) }),
    }),

    template: defineAction({
      description: 'Fill the placeholders of a text, such as {name}, with other texts.',
      input: filled,
      output: z.object({ text: z.string() }),
      effect: { class: 'P' },
      timeoutSeconds: 5,
      // One pass: what is filled in is not looked at again.
      run: ({ template, values }) =>
        Promise.resolve({ text: template.replaceAll(placeholder, (_, name: string) => values[name] ?? '') }),
    }),
  },
});

function placeholdersOf(template: string): string[] {
  return [...template.matchAll(placeholder)].map(([, name]) => name ?? '');
}
