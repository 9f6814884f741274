import { describe, expect, it } from 'vitest';
import { misfits } from '../../mutants/fit.ts';
import { inThreads } from '../../mutants/threads.ts';
import { mutants } from './all-mutants.ts';
import { caughtBy } from './caught-by.ts';

const threads = 2;

describe('bugs of the engine', () => {
  it('still fit the sources that they were written for', () => {
    expect(misfits(mutants.map(({ mutant }) => mutant))).toEqual([]);
    expect(mutants.length).toBeGreaterThanOrEqual(12);
  });

  it('are all caught by a crash at the right moment, or without any', async () => {
    const caught = await inThreads(
      mutants.map((one) => async () => [one.mutant.name, await caughtBy(one)] as const),
      threads,
    );
    expect(caught.filter(([, found]) => found === undefined)).toEqual([]);
  });
});
