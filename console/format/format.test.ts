import { expect, it } from 'vitest';
import { countText, roundUsdText, sizeText, usdText } from './amounts.ts';
import { agoText, durationText } from './time.ts';

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_500, '1.5 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('says that %d milliseconds are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

it('says how far a moment is from now, in both directions', () => {
  const nowMs = Date.parse('2026-11-28T07:00:00Z');
  expect(agoText('2026-11-28T06:55:00Z', nowMs)).toBe('5 minutes ago');
  expect(agoText('2026-11-29T07:00:00Z', nowMs)).toBe('tomorrow');
  expect(agoText('2026-11-28T07:00:00Z', nowMs)).toBe('now');
});

it('writes sums so that small ones are not nothing', () => {
  expect([0, 12_340_000, 123, 99_999].map(usdText)).toEqual(['$0.00', '$12.34', '$0.000123', '$0.099999']);
  expect([0, 500_000, 10_000, 5_000, 1_250_000_000].map(roundUsdText)).toEqual([
    '$0.00',
    '$0.50',
    '$0.01',
    '$0.005',
    '$1,250.00',
  ]);
  expect(countText(1_234_567)).toBe('1,234,567');
  expect([12, 8_192, 3_000_000].map(sizeText)).toEqual(['12 B', '8.2 KB', '3.0 MB']);
});
