import { expect, test } from 'vitest';
import type { Sample } from './rows.ts';
import { median, rowsOf } from './rows.ts';

const floors = { floor: 'floor', ownClient: 'own' };
const sample = (engine: string, round: number, ms: number, steps = 10): Sample => ({ engine, steps, round, ms });

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([5])).toBe(5);
  expect(() => median([])).toThrow(/no values/);
});

test('a ratio compares runs of one round, so that a slow moment of the machine cancels out', () => {
  const samples = [
    sample('floor', 0, 10),
    sample('engine', 0, 20),
    sample('floor', 1, 50),
    sample('engine', 1, 100),
    sample('floor', 2, 11),
    sample('engine', 2, 90),
    sample('own', 0, 5),
    sample('own', 1, 25),
    sample('own', 2, 10),
  ];
  const row = rowsOf(samples, floors, () => 64).find(({ engine }) => engine === 'engine');
  expect(row).toEqual({
    engine: 'engine',
    steps: 10,
    runs: 3,
    msPerStep: 9,
    stepsPerSecond: 111.1,
    ratioToFloor: 2,
    ratioToOwnClient: 4,
    peakRssMb: 64,
    msPerStepRange: [2, 10],
  });
});

test('runs of different lengths get rows of their own and are compared with the floor of their own length', () => {
  const samples = [
    sample('floor', 0, 10),
    sample('engine', 0, 30),
    sample('floor', 0, 1000, 100),
    sample('engine', 0, 1500, 100),
  ];
  const rows = rowsOf(samples, floors, (_, steps) => steps);
  expect(rows.map(({ engine, steps, ratioToFloor, peakRssMb }) => [engine, steps, ratioToFloor, peakRssMb])).toEqual([
    ['floor', 10, 1, 10],
    ['engine', 10, 3, 10],
    ['floor', 100, 1, 100],
    ['engine', 100, 1.5, 100],
  ]);
});

test('without a floor there is no ratio, rather than a wrong one', () => {
  expect(rowsOf([sample('engine', 0, 30)], floors, () => 1)[0]?.ratioToFloor).toBeNull();
});
