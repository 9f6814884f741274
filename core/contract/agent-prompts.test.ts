import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { purposes } from '../model/think-input.ts';
import { readAgentPrompts } from './agent-prompts.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const problemOf = (name: string, bytes: Uint8Array | undefined): string => {
  const { prompts, problems } = readAgentPrompts([{ name, bytes }]);
  expect(prompts).toEqual({});
  expect(problems).toHaveLength(1);
  return problems
    .map(({ wrong, given, allowed, remedy }) => `${wrong}. Given: ${given}. Allowed: ${allowed}. ${remedy}.`)
    .join('');
};

describe('the prompts of an agent', () => {
  test('are one file for each purpose', () => {
    const entries = purposes.map((purpose) => ({ name: `${purpose}.md`, bytes: bytesOf(`Be brief: ${purpose}.\n`) }));
    const { prompts, problems } = readAgentPrompts(entries);
    expect(problems).toEqual([]);
    expect(prompts).toEqual(Object.fromEntries(purposes.map((purpose) => [purpose, `Be brief: ${purpose}.`])));
  });

  test('may be none at all', () => {
    expect(readAgentPrompts([])).toEqual({ prompts: {}, problems: [] });
  });

  test('are the same bytes whatever a checkout or an editor does to their files', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll(/\p{Cc}/gu, ''));
    const lines = fc.array(line, { minLength: 1, maxLength: 8 });
    const endOfLine = fc.constantFrom('\n', '\r\n', '\r');
    const endOfFile = fc.constantFrom('', '\n', '\r\n\r\n', ' \t\n');
    const mark = fc.constantFrom('', '\u{FEFF}');
    fc.assert(
      fc.property(lines, endOfLine, endOfFile, mark, fc.boolean(), (written, eol, end, bom, reversed) => {
        const text = `Plan.\n${written.join('\n')}`;
        const plain = [
          { name: 'plan.md', bytes: bytesOf(text) },
          { name: 'verify.md', bytes: bytesOf('Look twice.') },
        ];
        const other = [
          { name: 'plan.md', bytes: bytesOf(bom + text.replaceAll('\n', eol) + end) },
          { name: 'verify.md', bytes: bytesOf(`Look twice.${end}`) },
        ];
        const read = JSON.stringify(readAgentPrompts(reversed ? other.toReversed() : other));
        expect(read).toBe(JSON.stringify(readAgentPrompts(plain)));
      }),
    );
  });

  test('keep what stands within them as it is', () => {
    const text = '  # Trips\n\n\tOne\u00a0two  \n\n\n- “three” 🚆';
    expect(readAgentPrompts([{ name: 'plan.md', bytes: bytesOf(text) }]).prompts).toEqual({ plan: text });
  });

  test.each<[told: string, name: string, bytes: Uint8Array | undefined]>([
    [
      'is no prompt. Given: "guess.md". Allowed: plan.md, revise.md, verify.md, reason.md, compact.md, diagnose.md. Move it out of prompts/.',
      'guess.md',
      bytesOf('Guess.'),
    ],
    ['Given: "Plan.MD". Allowed: plan.md, revise.md,', 'Plan.MD', bytesOf('Plan.')],
    ['Rename it to plan.md, or move it out of prompts/.', 'Plan.MD', bytesOf('Plan.')],
    ['Rename it to verify.md, or move it out of prompts/.', 'verify.txt', bytesOf('Look.')],
    ['is no prompt. Given: "constructor".', 'constructor', bytesOf('Build.')],
    ['is no file. Given: "plan.md". Allowed: plan.md, ', 'plan.md', undefined],
    ['is no file. Given: "drafts".', 'drafts', undefined],
    ['says nothing. Given: an empty file. Allowed: 1 to 16000 characters.', 'plan.md', bytesOf('')],
    ['says nothing. Given: nothing but white space. Allowed: 1 to', 'plan.md', bytesOf('\r\n \t\r\n')],
    ['is too long. Given: 16001 characters. Allowed: 1 to 16000', 'plan.md', bytesOf('x'.repeat(16_001))],
    ['is not UTF-8. Given: 4 bytes', 'plan.md', new Uint8Array([0x50, 0xff, 0xfe, 0x0a])],
    ['is not UTF-8. Given: 3 bytes', 'plan.md', new Uint8Array([0xed, 0xa0, 0x80])],
    ['holds a control character. Given: U+0000 at character 2.', 'plan.md', bytesOf('P\0l\0a\0n\0')],
    ['holds a control character. Given: U+001B at character 6.', 'plan.md', bytesOf('Plan \u001b[8mPay')],
  ])('are refused, and told: %s', (told, name, bytes) => {
    expect(problemOf(name, bytes)).toContain(told);
  });

  test('may be as long as a prompt may be, whatever ends the file', () => {
    const text = 'x'.repeat(16_000);
    expect(readAgentPrompts([{ name: 'plan.md', bytes: bytesOf(`${text}\r\n\r\n`) }]).prompts).toEqual({ plan: text });
  });

  test('are refused when their folder is something else', () => {
    expect(readAgentPrompts(undefined)).toMatchObject({ prompts: {}, problems: [{ file: '', wrong: 'is no folder' }] });
  });
});
