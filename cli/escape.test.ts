import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Safe, safe } from './escape.ts';

const controls = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const anyText = fc.string({ unit: 'binary' });

it('no text has a character left that a terminal would obey, alone or within a template', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(Safe.line(text).text).not.toMatch(controls);
      expect(safe`a ${text} b`.text).not.toMatch(controls);
      expect(Safe.lines(text).text.replace(/[\n\t]/g, '')).not.toMatch(controls);
    }),
  );
});

it('JSON stays equal in value, on lines of its own', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), anyText), (value) => {
      const { text } = Safe.json(value);
      expect(text.replaceAll('\n', '')).not.toMatch(controls);
      // JSON has no negative zero.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('a template escapes its values once', () => {
  expect(safe`${safe`${'\u0007'}`}|${'\n'}|${7}`.text).toBe(String.raw`\x07|\n|7`);
});

it('letters of all scripts and emoji stay as they are', () => {
  const text = 'Zürich 東京 عمّان 👩‍👩‍👧 ½ €';
  expect(Safe.line(text).text).toBe(text);
});
