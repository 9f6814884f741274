import { expect, test } from 'vitest';
import { durationMs, parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['2s', 2_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
])('%s is %d milliseconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(['', '5', 's', '1.5s', '-1s', '1e3s', '5 m', '5M', '05m', '1h30m', '999999999999d', 5, null, undefined])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('a wrong duration is refused with the text given and what is allowed', () => {
  expect(() => durationMs('1.5h')).toThrow("'1.5h' is not a duration; write a whole number and ms, s, m, h or d");
});
