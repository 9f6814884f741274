import { describe, expect, it } from 'vitest';
import { DecisionCache } from './decision-cache.ts';
import { lineAtByte, policiesIn } from './policy-text.ts';

describe('a file of policies', () => {
  it.each<[string, [string, number][]]>([
    ['', []],
    ['// a;\n \n', []],
    [
      'a;b;',
      [
        ['a;', 1],
        ['b;', 1],
      ],
    ],
    [
      'a // ;\n;\n\n b',
      [
        ['a // ;\n;', 1],
        ['b', 4],
      ],
    ],
    [
      '"a;\\";//"; b;',
      [
        ['"a;\\";//";', 1],
        ['b;', 1],
      ],
    ],
    ['"never closed; b;', [['"never closed; b;', 1]]],
    [
      '"a\\\\";"b";',
      [
        ['"a\\\\";', 1],
        ['"b";', 1],
      ],
    ],
    ['\r\n\ta\r\n;', [['a\r\n;', 2]]],
    [';', [[';', 1]]],
  ])('%j is cut at the ends of its policies', (text, expected) => {
    expect(policiesIn(text).map(({ text: one, line }) => [one, line])).toEqual(expected);
  });

  it('has lines where the engine counts bytes', () => {
    expect(lineAtByte({ text: 'ä😀\nb\nc', line: 5 }, 'ä😀\nb\n'.length + 3)).toBe(7);
  });
});

describe('a cache of decisions', () => {
  it('forgets what was not asked for longest', () => {
    const cache = new DecisionCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    expect(cache.get('a')).toBe(1);
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([1, undefined, 3, 2]);
  });

  it('may keep nothing', () => {
    const cache = new DecisionCache<number>(0);
    cache.set('a', 1);
    expect([cache.get('a'), cache.size]).toEqual([undefined, 0]);
  });
});
