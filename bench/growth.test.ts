import { expect, test } from 'vitest';
import { inFreshFolder } from './fresh-folder.ts';
import type { GrowthRow } from './growth-rows.ts';
import { growth, measureGrowth } from './growth-rows.ts';

test('a step of 1,000 costs the bytes and write units of a step of 10, within 10 %', { timeout: 180_000 }, async () => {
  const rows = await inFreshFolder('growth', measureGrowth);
  expect(growth(rows)).toEqual([]);
  // Two ledger writes, and shares of a plan revision and of the head.
  for (const { writeUnitsPerStep } of rows.filter(({ playbook }) => playbook === 'planned')) {
    expect(writeUnitsPerStep).toBeGreaterThanOrEqual(2);
    expect(writeUnitsPerStep).toBeLessThan(3);
  }
});

test('what grows is named with its numbers', () => {
  const row = (steps: number, bytesPerStep: number): GrowthRow => ({
    playbook: 'planned',
    steps,
    bytesPerStep,
    writeUnitsPerStep: 2,
    readUnitsPerStep: 0,
    runBytes: 0,
    runWriteUnits: 0,
    stateBytes: 0,
    transitionsPerStep: 0,
  });
  expect(growth([row(10, 500), row(1000, 549)])).toEqual([]);
  expect(growth([row(10, 500), row(1000, 600)])).toEqual([
    'planned: bytesPerStep is 500.00 at 10, 600.00 at 1000 steps; 10 % of the first is allowed',
  ]);
});
