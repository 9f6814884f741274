import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOneSlip, similarWordsOf } from './similar-words.ts';

it.each([
  ['invoice', 'invioce', true],
  ['invoice', 'invoce', true],
  ['invoice', 'invvoice', true],
  ['invoice', 'invoise', true],
  ['invoice', 'invoice', false],
  ['invoice', 'invocie', true],
  ['invoice', 'envoyce', false],
  ['invoice', 'voice', false],
])('%s and %s are one slip apart: %s', (one, other, expected) => {
  expect(isOneSlip(one, other)).toBe(expected);
  expect(isOneSlip(other, one)).toBe(expected);
});

it('every letter that is left out of a word is one slip, from both sides, unless the word stays the same', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{2,12}$/), fc.nat(), (word, place) => {
      const at = place % word.length;
      const shorter = word.slice(0, at) + word.slice(at + 1);
      expect(isOneSlip(word, shorter)).toBe(true);
      expect(isOneSlip(shorter, word)).toBe(true);
    }),
  );
});

it('guesses nothing for short words, for words with digits and where nothing is near', () => {
  const similar = similarWordsOf(['train', 'trail', 'rain', 'w2']);
  expect(similar('trian')).toEqual(['train']);
  expect(similar('trai')).toEqual([]);
  expect(similar('tra1n')).toEqual([]);
  expect(similar('hotel')).toEqual([]);
});
