import { expect, it } from 'vitest';
import { addedUp } from './campaign.ts';
import { inThread, inThreads } from './threads.ts';

const threads = 2;
const plans = 200_000;
/** It takes two minutes alone; a machine that does much else gets more. */
const playMs = 1_200_000;

it(
  'no hostile plan makes an agent do what it may not, and Decide and skill hosts each see to it',
  async () => {
    const part = plans / threads;
    const parts = Array.from(
      { length: threads },
      (_, index) => async () =>
        inThread({ from: 1 + index * part, plans: part, stopAtFirst: false, mutant: undefined }),
    );
    const tally = addedUp(await inThreads(parts, threads));
    expect(tally.failures).toEqual([]);
    expect(tally).toMatchObject({ plans, unauthorized: 0, leakedPlan: 0, leakedDispatch: 0 });
    // An engine that refuses everything is safe, and of no use.
    expect(tally.reachedDispatch).toBeGreaterThan(plans * 0.2);
    expect(tally.acceptedWithEffects).toBeGreaterThan(5_000);
    expect(tally.handedOn).toBeGreaterThan(plans * 0.03);
    expect(tally.effectsBelow).toBeGreaterThan(plans * 0.01);
    expect(tally.allowedPassed).toBe(tally.allowedTotal);
  },
  playMs,
);
