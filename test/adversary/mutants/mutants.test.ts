import { expect, it } from 'vitest';
import { inThread, inThreads } from '../threads.ts';
import { misfits } from '../../mutants/fit.ts';
import { mutants } from './all-mutants.ts';

const threads = 2;
/** More than any takes but those below. */
const plans = 20_000;
const playMs = 1_200_000;
/** Bugs that take thousands of plans, and most of the time of all of them: `npm run adversary:mutants` looks for these too. */
const hidden: readonly string[] = [
  'an approval is for any arguments',
  'the skill host believes the hash of the arguments that it is told',
  'a limit is one too low',
  "a step's output that is handed on as a whole is believed",
  'whoever may hand something on may hand it to anybody',
  'the id of a step that was long over may be given again',
];

/** Every check looks for a third of the bugs, of each kind; `npm run adversary:mutants` for each of them. */
const everyNth = 3;

it('every bug still fits the sources that it was written for', () => {
  expect(misfits(mutants)).toEqual([]);
  expect(mutants.map(({ name }) => name)).toEqual(expect.arrayContaining([...hidden]));
});

it(
  'bugs that are put into the gate, the labels, the approvals, the policies or the reach are found',
  async () => {
    const looked = mutants.filter(({ name }, index) => !hidden.includes(name) && index % everyNth === 1);
    expect(looked.length).toBeGreaterThanOrEqual(30);
    const survivors = await inThreads(
      looked.map((mutant) => async () => {
        const tally = await inThread({ from: 1, plans, stopAtFirst: true, mutant });
        return tally.leakedPlan + tally.leakedDispatch + tally.unauthorized > 0 ? [] : [mutant.name];
      }),
      threads,
    );
    expect(survivors.flat()).toEqual([]);
  },
  playMs,
);
