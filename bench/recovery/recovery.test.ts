import { beforeAll, describe, expect, it } from 'vitest';
import { failureClasses } from '../../core/model/failure.ts';
import { resultOf, verdictsOf } from './measure.ts';
import type { RecoveryResult } from './measure.ts';
import { allScenarios } from './scenarios/all.ts';
import { modes } from './scenario.ts';
import { missed } from './tally.ts';

const seed = 1;
const scenarios = allScenarios(seed);
let result: RecoveryResult;

beforeAll(async () => {
  result = resultOf(await verdictsOf(scenarios));
}, 300_000);

describe('the recovery bench', () => {
  it('has two scenarios of every class of failure, and several from a seed', () => {
    for (const one of failureClasses) {
      expect(scenarios.filter(({ about }) => about === one).length, one).toBeGreaterThanOrEqual(2);
    }
    expect(scenarios.filter((one) => one.seed === seed).length).toBeGreaterThanOrEqual(10);
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
    expect(allScenarios(seed).map(({ name }) => name)).toEqual(scenarios.map(({ name }) => name));
  });

  it('is about both what can be mended and what a person has to decide, without a model and with one', () => {
    for (const mode of modes) {
      const { scenarios: all, recoverable } = result.modes[mode];
      expect(recoverable, mode).toBeGreaterThanOrEqual(25);
      expect(all - recoverable, mode).toBeGreaterThanOrEqual(25);
    }
  });

  it.each(modes)('reaches its goal, mode %s', (mode) => {
    expect(missed(mode, result.modes[mode]), JSON.stringify(result.failures, null, 2)).toEqual([]);
    const { duplicateEffects, lostEffects, wrong } = result.modes[mode];
    expect([duplicateEffects, lostEffects, wrong]).toEqual([0, 0, 0]);
  });
});
