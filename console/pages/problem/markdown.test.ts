import { expect, it } from 'vitest';
import { blocksOf, inlinesOf } from './markdown.ts';

it('takes a page apart into what it is made of', () => {
  const page =
    '# no-luck\n\nIt failed\n(HTTP 500).\n\n## Causes\n\n- one `x`\n  goes on\n- two\n\n```\nnpm start\n```\nAfter.\n';
  expect(blocksOf(page)).toEqual([
    { kind: 'heading', level: 1, text: 'no-luck' },
    { kind: 'paragraph', text: 'It failed (HTTP 500).' },
    { kind: 'heading', level: 2, text: 'Causes' },
    { kind: 'list', items: ['one `x` goes on', 'two'] },
    { kind: 'code', text: 'npm start' },
    { kind: 'paragraph', text: 'After.' },
  ]);
});

it('finds code and links in a text', () => {
  expect(inlinesOf('See `a` and [that](b.md).')).toEqual([
    { kind: 'text', text: 'See ' },
    { kind: 'code', text: 'a' },
    { kind: 'text', text: ' and ' },
    { kind: 'link', text: 'that', to: 'b.md' },
    { kind: 'text', text: '.' },
  ]);
  expect(inlinesOf('`all`')).toEqual([{ kind: 'code', text: 'all' }]);
});
