import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostAnswerBytes, mostAnswerLevels, readAnswer } from './read-answer.ts';
import { scanObject } from './strict-json.ts';

const read = (text: string): ReturnType<typeof readAnswer> => readAnswer({ text, ending: 'complete' });
const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

/** JSON values that a careful reader takes: no half characters, no name that is the prototype's. */
const soundObject = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' }))
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

describe('an answer', () => {
  test.each<[what: string, text: string, notes: number]>([
    ['alone', '{"a":1}', 0],
    ['between white space', '\n\t {"a":1}\r\n', 0],
    ['in a fence', '```json\n{"a":1}\n```', 1],
    ['in a fence without a language', '```\n{"a":1}\n```', 1],
    ['after prose', 'Here is {what, I} think [1]:\n{"a":1}', 1],
    ['before prose', '{"a":1}\nThat is all.', 1],
  ])('is read when its object stands %s', (_what, text, notes) => {
    const reading = read(text);
    expect(reading).toMatchObject({ kind: 'value', value: { a: 1 } });
    expect(reading.kind === 'value' && reading.notes).toHaveLength(notes);
  });

  test.each<[problem: string, text: string]>([
    ['is empty', '  \n'],
    ['holds no JSON object', 'I cannot think of anything.'],
    ['holds no JSON object', '[1, 2]'],
    ['holds no JSON object', "{'a': 1}"],
    ['inside of other brackets', '[{"a":1}]'],
    ['inside of other brackets', '{reasoning: \'x\', steps: {"a":1}}'],
    ['more than one JSON object', '{"a":1} or rather {"a":2}'],
    ['more than one JSON object', '{"a":1}{"a":1}'],
    [`expected ',' or '}' at character 8, found "\\"b\\":2}"`, '{"a":1 "b":2}'],
    ['found the end of the text', '{"a":1'],
    ['expected a name in double quotes', '{"a":1,}'],
    ['expected a value', '{"a":undefined}'],
    ['expected a value', '{"a":NaN}'],
    ["expected ',' or '}'", '{"a":01}'],
    ["expected ',' or ']'", '{"a":[1}'],
    ['not closed, or holds a line break', '{"a":"line\nbreak"}'],
    ['wrong escape', '{"a":"\\x"}'],
    ['the name "a" stands twice in one object, again at character 8', '{"a":1,"a":2}'],
    ['the name "a" stands twice', '{"a":1,"\\u0061":2}'],
    ['the name "b" stands twice', '{"a":[{"b":1,"c":{},"b":1}]}'],
    ['"__proto__" is not allowed', '{"__proto__":{}}'],
    ['half of a character', '{"a":"\\ud800"}'],
    ['the number "12345678901234567890" cannot be kept exactly', '{"a":12345678901234567890}'],
    ['the number "1e999" cannot be kept exactly', '{"a":1e999}'],
    [`nested deeper than ${mostAnswerLevels} levels`, nested(mostAnswerLevels + 1)],
    [`${mostAnswerBytes} are allowed`, `{"a":"${'x'.repeat(mostAnswerBytes)}"}`],
  ])('is invalid, and says so: %s', (problem, text) => {
    const reading = read(text);
    expect(reading.kind === 'invalid' && reading.problems.join()).toContain(problem);
  });

  test('may be nested as deep as is allowed', () => {
    expect(read(nested(mostAnswerLevels)).kind).toBe('value');
  });

  test.each(['truncated', 'refused', 'filtered', 'toolCall'] as const)(
    'that ended as %s is that, whatever it says',
    (ending) => {
      expect(readAnswer({ text: '{"a":1}', ending })).toEqual({ kind: ending });
    },
  );

  test('whose ending is unknown is judged by what it says', () => {
    expect(readAnswer({ text: '{"a":1}', ending: 'other' }).kind).toBe('value');
  });
});

describe('for every text', () => {
  test('an object that was written as JSON is read back, with prose around it or not', () => {
    fc.assert(
      fc.property(
        soundObject,
        fc.constantFrom('', 'So: ', '```json\n'),
        fc.constantFrom(0, 2),
        (value, before, indent) => {
          const reading = read(`${before}${JSON.stringify(value, null, indent)}\n`);
          // JSON has no -0.
          expect(reading).toMatchObject({ kind: 'value', value: JSON.parse(JSON.stringify(value)) });
        },
      ),
    );
  });

  test('a repeated name is refused wherever it stands and however it is written', () => {
    const escaped = (name: string): string =>
      `"${[...Array(name.length).keys()].map((at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
    fc.assert(
      fc.property(soundObject, fc.string(), fc.nat({ max: 20 }), (rest, name, levels) => {
        const members = Object.entries(rest).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
        const inner = `{${[`${JSON.stringify(name)}:1`, ...members, `${escaped(name)}:2`].join(',')}}`;
        expect(read('{"x":['.repeat(levels) + inner + ']}'.repeat(levels)).kind).toBe('invalid');
      }),
    );
  });

  test('the scanner and JSON.parse agree on what is JSON', () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"'.split(''),
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      '\\u0041',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        const text = `{${parts.join('')}`;
        const scan = scanObject(text, 0, 64);
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(scan.ok && text.slice(scan.end).trim() === '').toBe(parses);
      }),
      { numRuns: 5_000 },
    );
  });

  test('reading never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'{}[]":,\\a1 '.split('')) })),
        (text) => {
          expect(['value', 'invalid']).toContain(read(text).kind);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, string]>([
    ['opening braces', '{'],
    ['objects in objects', '{"a":'],
    ['objects in lists', '{"a":[{},'],
    ['objects in prose', '{a {}'],
    ['quotes', '{"'],
    ['backslashes in a text', '{"a":"\\\\'],
    ['digits', '{"a":1'],
    ['white space after braces', '{                '],
    ['empty objects', '{}'],
  ])('200 KB of %s are judged in no time', (_what, piece) => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    const before = performance.now();
    expect(read(text).kind).toBe('invalid');
    expect(read(`{"a":"${'{'.repeat(200_000)}`).kind).toBe('invalid');
    expect(read(`{"a":"${'x'.repeat(200_000)}"}`).kind).toBe('value');
    expect(read(`{${' '.repeat(200_000)}`).kind).toBe('invalid');
    expect(performance.now() - before).toBeLessThan(500);
  });
});
