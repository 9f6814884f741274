import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freshSeconds, isSignedBy, signatureOf } from './webhook-signature.ts';

it('what was signed is known again with the secret, for five minutes either way', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.nat(4_000_000_000),
      fc.integer({ min: -400, max: 400 }),
      (body, key, at, off) => {
        const signature = signatureOf(body, key, at);
        expect(isSignedBy(key, body, signature, at + off)).toBe(Math.abs(off) <= freshSeconds);
      },
    ),
  );
});

it('no other body, secret or time has the same signature', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (body, key, other) => {
      fc.pre(body !== other && key !== other);
      const signature = signatureOf(body, key, 1_000);
      expect(isSignedBy(key, other, signature, 1_000)).toBe(false);
      expect(isSignedBy(other, body, signature, 1_000)).toBe(false);
      expect(isSignedBy(key, body, signature.replace('t=1000', 't=1001'), 1_000)).toBe(false);
    }),
  );
});

it('is pinned, so that receivers can rely on it', () => {
  expect(signatureOf('{"a":1}', 'secret', 1_700_000_000)).toBe(
    't=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686',
  );
});

it.each(['', 't=1,v1=', 'v1=ab,t=1', `t=1,v1=${'0'.repeat(63)}`, `t=1,v1=${'g'.repeat(64)}`])(
  'a signature %j is none',
  (signature) => {
    expect(isSignedBy('secret', 'body', signature, 1)).toBe(false);
  },
);
