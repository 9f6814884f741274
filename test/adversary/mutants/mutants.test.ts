import { expect, it } from 'vitest';
import { inThread, inThreads } from '../threads.ts';
import { misfits } from './fit.ts';
import { mutants } from './all-mutants.ts';

const threads = 2;
/** More than the most hidden of the bugs takes. */
const plans = 60_000;
/** They take three minutes alone. */
const playMs = 1_200_000;

it('every bug still fits the sources that it was written for', () => {
  expect(misfits(mutants)).toEqual([]);
});

it(
  'every bug that is put into the gate, the labels, the approvals, the policies or the reach is found',
  async () => {
    expect(mutants.length).toBeGreaterThanOrEqual(20);
    const survivors = await inThreads(
      mutants.map((mutant) => async () => {
        const tally = await inThread({ from: 1, plans, stopAtFirst: true, mutant });
        return tally.leakedPlan + tally.leakedDispatch + tally.unauthorized > 0 ? [] : [mutant.name];
      }),
      threads,
    );
    expect(survivors.flat()).toEqual([]);
  },
  playMs,
);
