import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from './json.ts';
import { findReferences, parseReference, renderReferences, walkPath } from './references.ts';

it.each([
  ['${input}', { source: 'input', path: [] }],
  ['${input.trip.city}', { source: 'input', path: ['trip', 'city'] }],
  ['${input.travellers.0.name}', { source: 'input', path: ['travellers', '0', 'name'] }],
  ['${steps.hotel.output}', { source: 'step', stepId: 'hotel', path: [] }],
  ['${steps.hotel.output.a.b}', { source: 'step', stepId: 'hotel', path: ['a', 'b'] }],
  ['${steps.step-2_x.output.price-eur}', { source: 'step', stepId: 'step-2_x', path: ['price-eur'] }],
] as const)('%s is a reference', (text, reference) => {
  expect(parseReference(text)).toEqual({ kind: 'reference', reference });
});

it.each([
  '',
  'Lisbon',
  'input.city',
  '$input',
  '${',
  '${}',
  '${env.SECRET}',
  '${inputs.a}',
  '{{input.a}}',
  '$ {input}',
])('%j is a literal', (text) => {
  expect(parseReference(text)).toEqual({ kind: 'literal' });
});

it.each([
  ['To ${input.city}'],
  ['${input.city}!'],
  ['${input.a}${input.b}'],
  ['${input.${input.a}}'],
  [' ${input.city}'],
  ['${input.city}\n'],
  ['${ input.city }'],
  ['${input.}'],
  ['${input..a}'],
  ['${input.a b}'],
  ['${input.00}'],
  ['${input.a[0]}'],
  ['${input["a"]}'],
  ["${input['a']}"],
  ['${input.é}'],
  ['${input.a || steps.b}'],
  ['${input.__proto__}'],
  ['${input.a.__proto__.b}'],
  ['${input.constructor}'],
  ['${input.a.prototype}'],
  ['${steps}'],
  ['${steps.hotel}'],
  ['${steps.hotel.input.a}'],
  ['${steps.hotel.outputs}'],
  ['${steps.__proto__.output}'],
  ['${steps.constructor.output.a}'],
  ['see ${steps.hotel.output'],
])('%j is malformed, and says how', (text) => {
  const parse = parseReference(text);
  expect(parse.kind).toBe('malformed');
  if (parse.kind === 'malformed') expect(parse.why.length).toBeGreaterThan(20);
});

it('references are found in document order with their places, malformed ones too', () => {
  const value: Json = { a: ['x', '${input.p}', { b: '${steps.s.output}' }], c: 'to ${input.q}', d: [3, null, true] };
  expect(findReferences(value).map(({ at, parse }) => [at.join('.'), parse.kind])).toEqual([
    ['a.1', 'reference'],
    ['a.2.b', 'reference'],
    ['c', 'malformed'],
  ]);
});

it('text in the place of a key is never a reference', () => {
  const value: Json = { '${input.a}': 'x' };
  expect(findReferences(value)).toEqual([]);
  expect(renderReferences(value, () => 'replaced')).toEqual(value);
});

it.each([
  [['a', 'b'], { found: true, value: 7 }],
  [['list', '1'], { found: true, value: 'y' }],
  [['nothing'], { found: true, value: null }],
  [[], { found: true, value: { a: { b: 7 }, list: ['x', 'y'], nothing: null, text: 'abc' } }],
  [['a', 'c'], { found: false, missing: 'c' }],
  [['list', '2'], { found: false, missing: '2' }],
  [['list', 'length'], { found: false, missing: 'length' }],
  [['text', 'length'], { found: false, missing: 'length' }],
  [['text', '0'], { found: false, missing: '0' }],
  [['nothing', 'a'], { found: false, missing: 'a' }],
  [['toString'], { found: false, missing: 'toString' }],
  [['a', 'hasOwnProperty'], { found: false, missing: 'hasOwnProperty' }],
  [['__proto__'], { found: false, missing: '__proto__' }],
  [['constructor', 'name'], { found: false, missing: 'constructor' }],
])('a walk along %j follows own properties only', (path, walk) => {
  expect(walkPath({ a: { b: 7 }, list: ['x', 'y'], nothing: null, text: 'abc' }, path)).toEqual(walk);
});

it('whatever stands on the prototype of objects stays out of reach', () => {
  const inherited = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.array(fc.constantFrom(...inherited), { minLength: 1, maxLength: 3 }),
      (value, path) => {
        const holder = { value } as Json;
        // JSON may hold members of these names itself: they are its own.
        fc.pre(!inherited.some((name) => JSON.stringify(value).includes(`"${name}":`)));
        expect(walkPath(holder, ['value', ...path]).found).toBe(false);
      },
    ),
  );
});

it('every leaf of a value is reached by the path to it', () => {
  const leaves = (value: Json, at: string[] = []): string[][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) => leaves(member, [...at, key]))
      : [at];
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const path of leaves(value as Json)) expect(walkPath(value as Json, path).found).toBe(true);
    }),
  );
});

it('a reference yields the whole value with its type', () => {
  const rendered = renderReferences({ n: '${input.n}', all: ['${input.o}'] }, (reference) => {
    const walk = walkPath({ n: 5, o: { p: null } }, reference.path);
    return walk.found ? walk.value : 'missing';
  });
  expect(rendered).toEqual({ n: 5, all: [{ p: null }] });
});

it('what a reference yields is not scanned again, so data cannot become a reference', () => {
  const hostile: Json = { text: '${steps.secret.output}', deep: ['${input.card}', 'x ${input.y}'] };
  const asked: string[] = [];
  const rendered = renderReferences({ a: '${input.a}' }, (_, text) => {
    asked.push(text);
    return hostile;
  });
  expect(rendered).toEqual({ a: hostile });
  expect(asked).toEqual(['${input.a}']);
});

it('rendering a value without references gives an equal value, with a member called __proto__ too', () => {
  const odd = JSON.parse('{"__proto__":{"admin":true},"a":["__proto__"]}') as Json;
  const rendered = renderReferences(odd, () => null);
  expect(JSON.stringify(rendered)).toBe(JSON.stringify(odd));
  expect((rendered as { admin?: boolean }).admin).toBeUndefined();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(findReferences(value as Json).length === 0);
      expect(renderReferences(value as Json, () => 'never')).toEqual(value);
    }),
  );
});

it('a malformed reference is never rendered', () => {
  expect(() => renderReferences(['to ${input.city}'], () => 'x')).toThrow('mixes text and a reference');
});
