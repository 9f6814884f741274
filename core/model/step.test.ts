import { expect, it } from 'vitest';
import { statusCharacters, statusOfCharacter, stepOutcome, stepStatuses, supersededCharacter } from './step.ts';

it('every status has one character of its own, and none of them means superseded', () => {
  const characters = stepStatuses.map((status) => statusCharacters[status]);
  expect(new Set([...characters, supersededCharacter]).size).toBe(stepStatuses.length + 1);
  expect(characters.every((character) => character.length === 1)).toBe(true);
});

it('a character leads back to its status', () => {
  for (const status of stepStatuses) expect(statusOfCharacter(statusCharacters[status])).toBe(status);
  expect(statusOfCharacter(supersededCharacter)).toBeUndefined();
});

it.each(['', 'x', 'P', 'pp', ' '])('%j is refused by name instead of being taken for some status', (character) => {
  expect(() => statusOfCharacter(character)).toThrow(`'${character}'`);
});

it('the characters are those that stored heads hold', () => {
  expect(stepStatuses.map((status) => statusCharacters[status]).join('')).toBe('prcfdso');
  expect(supersededCharacter).toBe('-');
});

it.each([
  { kind: 'done', stepId: 'a' },
  { kind: 'done', stepId: 'a', attempts: 1.5 },
  { kind: 'failed', stepId: 'a', attempts: 1 },
  { kind: 'failed', stepId: 'a', attempts: 1, failure: { class: 'bad luck', message: 'x' } },
  { kind: 'retry', stepId: 'a', attempts: 1, failure: { class: 'transient', message: 'x' } },
  { kind: 'busy', stepId: 'a' },
  { kind: 'succeeded', stepId: 'a' },
])('an outcome that lacks what its kind needs is refused: %j', (outcome) => {
  expect(stepOutcome.safeParse(outcome).success).toBe(false);
});
