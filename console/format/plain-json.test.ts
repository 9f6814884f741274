import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainJson, plainText } from './plain-json.ts';

describe('JSON as it is shown', () => {
  test('is the same value, whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(plainJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('hides no character that moves others or cannot be seen', () => {
    expect(plainJson({ to: 'a\u202eb\u200bc' })).toBe('{\n  "to": "a\\u202eb\\u200bc"\n}');
    expect(plainJson('\u{e0041}')).toBe('"\\udb40\\udc41"');
    expect(plainText('one\ntwo\u2066')).toBe('one\ntwo\\u2066');
  });
});
