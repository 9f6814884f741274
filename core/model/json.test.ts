import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, json, jsonHash, jsonSizeBytes, sha256 } from './json.ts';

const anyJson = fc.jsonValue({ depthSize: 'medium', maxDepth: 5 });

/** The same value with the members of every object in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

it('canonical text says the same as the value', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('canonical text does not depend on the order of members', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      expect(jsonHash(reversed(value))).toBe(jsonHash(value));
    }),
  );
});

it('canonical text is the same after a trip through the store', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

it('members are in the order of their code units, whatever the language', () => {
  expect(canonicalJson({ é: 1, z: 2, Z: 3, 10: 4, 9: 5, '\u{1F600}': 6, '\uFFFD': 7 })).toBe(
    '{"10":4,"9":5,"Z":3,"z":2,"é":1,"\u{1F600}":6,"\uFFFD":7}',
  );
});

it.each([
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [[undefined, 1], '[null,1]'],
  [undefined, 'null'],
  [null, 'null'],
  [-0, '0'],
  ['a"b', '"a\\"b"'],
  [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
])('the canonical text of %j is %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

it('the hash is that of the UTF-8 bytes', () => {
  // FIPS 180-4, the example for "abc".
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256('é')).not.toBe(sha256('e\u0301'));
});

it.each([
  ['é', 4],
  ['\u{1F600}', 6],
  [{ a: [1, 2] }, 11],
  [undefined, 4],
])('the size of %j is counted in bytes, not in characters', (value, sizeBytes) => {
  expect(jsonSizeBytes(value)).toBe(sizeBytes);
});

it.each([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a bigint', 1n],
  ['a function', () => 1],
  ['undefined', undefined],
  ['undefined within', { a: undefined }],
])('%s is no JSON value', (_, value) => {
  expect(json.safeParse(value).success).toBe(false);
});
