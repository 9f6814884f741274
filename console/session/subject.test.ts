import { expect, test } from 'vitest';
import { subjectOf } from './subject.ts';

const tokenOf = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

test('a token says by which name the API calls its bearer, where it can be read', () => {
  expect(subjectOf(tokenOf({ sub: 'zoë>?' }))).toBe('zoë>?');
  expect(subjectOf(tokenOf({ sub: 'x'.repeat(200) }))).toHaveLength(128);
  for (const token of ['opaque', '', 'a.b.c', tokenOf({ sub: 7 }), tokenOf(null)]) {
    expect(subjectOf(token)).toBeUndefined();
  }
});
