import type { ActionContext } from 'holdfast';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import text from './skill.ts';

const { join, template } = text.actions;
const unused = {} as ActionContext;

async function fill(input: { template: string; values: Record<string, string> }): Promise<string> {
  return (await template.run(template.input.parse(input), unused)).text;
}

function problemsOf(input: { template: string; values: Record<string, string> }): string[] {
  return (template.input.safeParse(input).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
}

test('texts are joined in their order, by line breaks unless another separator is given', async () => {
  const joined = async (input: { texts: string[]; separator?: string }): Promise<string> =>
    (await join.run(join.input.parse(input), unused)).text;
  expect(await joined({ texts: ['a', 'b'] })).toBe('a\nb');
  expect(await joined({ texts: ['a', '', 'b'], separator: ', ' })).toBe('a, , b');
  expect(await joined({ texts: ['alone'], separator: '-' })).toBe('alone');
});

describe('a template', () => {
  test('is filled wherever a placeholder stands', async () => {
    expect(await fill({ template: 'Dear {name}, {name}: {what}.', values: { name: 'Ada', what: 'paid' } })).toBe(
      'Dear Ada, Ada: paid.',
    );
  });

  test('keeps braces that are no placeholder', async () => {
    expect(await fill({ template: '{} { name } {1} {a-b} {{a}}', values: { a: 'x' } })).toBe(
      '{} { name } {1} {a-b} {x}',
    );
  });

  test('with a placeholder that has no value is refused, and told which', () => {
    expect(problemsOf({ template: '{name} {city}', values: { name: 'Ada' } })).toEqual([
      'template: the placeholder {city} has no value; there are values for name',
    ]);
    expect(problemsOf({ template: '{constructor}', values: {} })).toEqual([
      'template: the placeholder {constructor} has no value; there are values for none',
    ]);
  });

  test('with a value that it does not use is refused', () => {
    expect(problemsOf({ template: 'Dear {name}', values: { name: 'Ada', city: 'Oslo' } })).toEqual([
      'values.city: is not used: the template has no placeholder {city}',
    ]);
  });

  test('takes whatever is filled in as it is, placeholders and replacement patterns too', async () => {
    const texts = fc.string({ unit: fc.constantFrom('{b}', '{a}', '$&', '$1', '{', '}', 'x', '\n') });
    await fc.assert(
      fc.asyncProperty(texts, texts, async (a, b) => {
        expect(await fill({ template: '<{a}|{b}>', values: { a, b } })).toBe(`<${a}|${b}>`);
      }),
    );
  });
});
