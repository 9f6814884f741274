import { expect, it } from 'vitest';
import { readSkillCard } from './skill-card.ts';

const card = (front: string, body = ''): string => `---\n${front}\n---\n${body}`;

it('a card is the description of the front matter and the text below it', () => {
  const text = card(
    'name: notes-v1\ndescription: "Keeps notes: use it to remember."\nlicense: MIT',
    '\n# Notes\n\nBe short.\n',
  );
  expect(readSkillCard(text, 'notes-v1')).toEqual({
    ok: true,
    card: { description: 'Keeps notes: use it to remember.', body: '# Notes\n\nBe short.' },
  });
  expect(readSkillCard(text.replaceAll('\n', '\r\n'), 'notes-v1')).toMatchObject({ ok: true });
  expect(readSkillCard(card('name: a-v1\ndescription: A.'), 'a-v1')).toMatchObject({ card: { body: '' } });
});

it.each([
  ['# Notes', 'has no front matter'],
  [card('name: [notes'), 'is not YAML'],
  [card('name: notes-v1'), 'is missing or wrong'],
  [card(`name: notes-v1\ndescription: ${'x'.repeat(1_025)}`), 'is missing or wrong'],
  [card('name: other-v1\ndescription: Notes.'), 'is not the name of the folder'],
])('a card that is none is refused: %#', (text, wrong) => {
  expect(readSkillCard(text, 'notes-v1')).toMatchObject({ ok: false, problems: [{ wrong }] });
});
