import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortlistOf } from './shortlist.ts';
import type { SkillText } from './shortlist.ts';
import { stem, termsOf } from './words.ts';

const skill = (id: string, description: string, ...actions: [string, string][]): SkillText => ({
  id,
  description,
  actions: actions.map(([name, what]) => ({ name, description: what })),
});

const skills = [
  skill('UserManagement:v1', 'User accounts.', ['create', 'Create an account.'], ['read', 'Read an account.']),
  skill('UserManagement:v2', 'User accounts.', ['create', 'Create an account.'], ['assignRole', 'Give a role.']),
  skill('Invoicing:v1', 'Sends invoices.', ['send', 'Send an invoice.']),
  skill('HotelBooking:v1', 'Books hotel stays.', ['book', 'Book one stay.']),
];
const idsFor = (query: string): string[] =>
  shortlistOf(skills)
    .rank(query, 5)
    .map(({ id }) => id);

it('finds a skill by its name in camelCase, by an action, by its description and by its instructions', () => {
  expect(idsFor('hotel')).toEqual(['HotelBooking:v1']);
  expect(idsFor('role')).toEqual(['UserManagement:v2']);
  expect(idsFor('stays')).toEqual(['HotelBooking:v1']);
  const taught = { ...skill('Rooms:v1', 'Rooms.'), instructions: 'Breakfast is included.' };
  expect(
    shortlistOf([...skills, taught])
      .rank('breakfast', 5)
      .map(({ id }) => id),
  ).toEqual(['Rooms:v1']);
});

it('finds a skill by other forms of its words, and by other words of the same meaning', () => {
  expect(idsFor('I am booking a room')[0]).toBe('HotelBooking:v1');
  expect(idsFor('send the bill')[0]).toBe('Invoicing:v1');
});

it('puts the word itself before a word of the same meaning', () => {
  const both = [skill('Cab:v1', 'Orders a cab.'), skill('Taxi:v1', 'Orders a taxi.')];
  expect(
    shortlistOf(both)
      .rank('a taxi', 2)
      .map(({ id }) => id),
  ).toEqual(['Taxi:v1', 'Cab:v1']);
});

it('says which words of the query a skill answers to, and with which of its own', () => {
  const [first] = shortlistOf(skills).rank('please send the bill', 5);
  expect(first?.id).toBe('Invoicing:v1');
  expect(first?.matches.map(({ said, found }) => [said, found])).toEqual([
    ['bill', 'invoic'],
    ['send', 'send'],
  ]);
});

it('finds by a phrase, whatever stands between a verb and its particle', () => {
  const returns = [skill('Returns:v1', 'Takes goods back.'), skill('Letters:v1', 'Sends letters.')];
  const first = (query: string) => shortlistOf(returns).rank(query, 1)[0]?.id;
  expect(first('send back the shoes')).toBe('Returns:v1');
  expect(first('send the shoes back')).toBe('Returns:v1');
  expect(first('send them')).toBe('Letters:v1');
});

it('finds a word in spite of a slip, but takes no name of somebody for one', () => {
  expect(idsFor('an invioce')).toEqual(['Invoicing:v1']);
  expect(idsFor('my acount')[0]).toContain('UserManagement');
  expect(idsFor('for Mr Invioce')).toEqual([]);
});

it('puts a deprecated skill below its replacement, which is found through it', () => {
  const old = { ...skill('Fax:v1', 'Sends a fax.'), replacedBy: 'Scan:v1' };
  const replacement = skill('Scan:v1', 'Hands papers over.');
  const ids = (query: string, ...among: SkillText[]) =>
    shortlistOf(among)
      .rank(query, 5)
      .map(({ id }) => id);
  expect(ids('a fax', old, replacement)).toEqual(['Scan:v1', 'Fax:v1']);
  expect(ids('a fax', old)).toEqual(['Fax:v1']);
  expect(ids('papers', old, replacement)[0]).toBe('Scan:v1');
  const circle = [
    { ...skill('A:v1', 'Fax.'), replacedBy: 'B:v1' },
    { ...skill('B:v1', 'Copy.'), replacedBy: 'A:v1' },
  ];
  expect(ids('fax', ...circle)).toHaveLength(2);
});

it('puts the newer of two equally fitting versions first', () => {
  const pair = ['v1', 'v2', 'v10'].map((version) => skill(`Notes:${version}`, 'Notes.'));
  expect(
    shortlistOf(pair)
      .rank('notes', 5)
      .map(({ id }) => id),
  ).toEqual(['Notes:v10', 'Notes:v2', 'Notes:v1']);
});

it('answers with nothing when nothing fits, when nothing is asked and when there are no skills', () => {
  expect(idsFor('quantum chromodynamics')).toEqual([]);
  expect(idsFor('')).toEqual([]);
  expect(idsFor('what is the')).toEqual([]);
  expect(shortlistOf([]).rank('hotel', 5)).toEqual([]);
});

it('words that are members of every object are words like others', () => {
  expect(idsFor('constructor __proto__ toString hasOwnProperty')).toEqual([]);
});

it('ranks alike in whatever order the skills come, at most as many as asked for, with falling scores', () => {
  const words = ['hotel', 'invoice', 'role', 'account', 'booking', 'send', 'bill', 'user'];
  fc.assert(
    fc.property(
      fc.shuffledSubarray(skills, { minLength: skills.length }),
      fc.array(fc.constantFrom(...words), { maxLength: 6 }),
      fc.integer({ min: 0, max: 4 }),
      (shuffled, query, count) => {
        const ranked = shortlistOf(shuffled).rank(query.join(' '), count);
        expect(ranked).toEqual(shortlistOf(skills).rank(query.join(' '), count));
        expect(ranked.length).toBeLessThanOrEqual(count);
        expect(ranked).toEqual(ranked.toSorted((a, b) => b.score - a.score));
      },
    ),
  );
});

it.each([
  ['booking books booked book', 1],
  ['cancel cancels cancelled canceling cancellation', 1],
  ['translate translation translates translated', 1],
  ['reserve reservation reserving', 1],
  ['policy policies', 1],
  ['address addresses', 1],
  ['approve approval approves', 1],
  ['ship shipping shipment', 1],
  ['deliver delivery delivered', 1],
  ['organise organize organisation organizing', 1],
  ['notify notification notifies', 1],
  ['pay paid payment', 1],
  ['send sent', 1],
  ['call called calls', 1],
  ['colour color colours', 1],
  ['hotel hostel', 2],
  ['bill bail', 2],
])('the stems of %s are %i', (forms, count) => {
  expect(new Set(forms.split(' ').map(stem)).size).toBe(count);
});

it('takes names in camelCase apart and leaves out words that tell nothing', () => {
  expect(termsOf('assignRole to the HTTPServer')).toEqual(['assign', 'rol', 'http', 'serv']);
});
