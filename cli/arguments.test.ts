import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import {
  budgetArgument,
  durationArgument,
  labelArgument,
  limitArgument,
  readJsonOption,
  runIdArgument,
} from './arguments.ts';

it.each([
  ['90s', 90],
  ['15m', 900],
  ['1h', 3_600],
  ['7d', 604_800],
])('a duration of %s has %i seconds', (text, seconds) => {
  expect(durationArgument(text)).toBe(seconds);
});

it.each(['', '1', 'h', '0h', '-1h', '1.5h', '1w', '1h30m', '9999999d'])("'%s' is no duration", (text) => {
  expect(() => durationArgument(text)).toThrow(InvalidArgumentError);
});

it('labels are collected, and a value may hold an equals sign or nothing', () => {
  expect(labelArgument('b=', labelArgument('a=x=y'))).toEqual({ a: 'x=y', b: '' });
  for (const text of ['a', '=a', '']) expect(() => labelArgument(text)).toThrow(InvalidArgumentError);
});

it('limits of a budget are collected, and the last one of a unit counts', () => {
  expect(budgetArgument('steps=3', budgetArgument('usd=0.50'))).toEqual({ usd: 0.5, steps: 3 });
  expect(budgetArgument('usd=2', { usd: 1 })).toEqual({ usd: 2 });
  for (const text of ['', 'usd', 'usd=', 'usd=-1', 'usd=1=2', 'euro=1', '__proto__=1', 'tokens=1e9']) {
    expect(() => budgetArgument(text), text).toThrow(InvalidArgumentError);
  }
});

it('a refused argument says what it should be and where to find one', () => {
  expect(() => runIdArgument('42')).toThrow(/must look like run-.*'holdfast runs' lists them/);
  for (const text of ['0', '101', '1.5', 'all']) expect(() => limitArgument(text)).toThrow(InvalidArgumentError);
  expect(limitArgument('100')).toBe(100);
});

it('an option that is neither JSON nor a file names both', async () => {
  await expect(readJsonOption('--input', 'trip')).rejects.toThrow(/--input 'trip' is neither JSON nor a file/);
  await expect(readJsonOption('--input', '{a:1}')).rejects.toThrow('--input is not valid JSON');
  await expect(readJsonOption('--input', '"text"')).resolves.toBe('text');
});
