import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startTimer } from './timer.ts';

it('calls again and again, one call at a time, also after one that failed', async () => {
  const errors: string[] = [];
  const third = Promise.withResolvers<void>();
  let calls = 0;
  let underWay = 0;
  let most = 0;
  const timer = startTimer(
    5,
    async () => {
      calls += 1;
      if (calls === 3) third.resolve();
      most = Math.max(most, (underWay += 1));
      await pause(10);
      underWay -= 1;
      if (calls === 1) throw new Error('the first one fails');
    },
    (error) => errors.push(error.message),
  );
  await third.promise;
  await timer.stop();
  expect(underWay).toBe(0);
  expect(most).toBe(1);
  expect(errors).toEqual(['the first one fails']);
  const ended = calls;
  await pause(40);
  expect(calls).toBe(ended);
});

it('that is stopped before its first call never makes one', async () => {
  let calls = 0;
  const timer = startTimer(
    5,
    async () => {
      calls += 1;
    },
    () => undefined,
  );
  await timer.stop();
  await pause(30);
  expect(calls).toBe(0);
});
