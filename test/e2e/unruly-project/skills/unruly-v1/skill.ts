import { threadId } from 'node:worker_threads';
import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const shared = {
  input: z.strictObject({ forMs: z.int().nonnegative().optional() }),
  output: z.object({ threadId: z.int() }),
  effect: { class: 'P' },
  timeoutSeconds: 2,
} as const;

const never = (): Promise<never> => new Promise(() => undefined);

const raising = (): never => {
  throw new Error('not this way');
};
const hostile = new Proxy({}, { get: raising, has: raising, ownKeys: raising, getPrototypeOf: raising });
const circular: { threadId: number; self?: object } = { threadId };
circular.self = circular;

export default defineSkill({
  id: 'Unruly:v1',
  release: '1.0.0',
  description: 'Misbehaves.',
  actions: {
    answer: defineAction({
      ...shared,
      description: 'Answer after a while.',
      run: async ({ forMs = 0 }) => {
        await new Promise((resolve) => setTimeout(resolve, forMs));
        return { threadId };
      },
    }),
    spin: defineAction({
      ...shared,
      description: 'Keep the thread busy, so that not even a timer can stop it.',
      run: ({ forMs = 3_600_000 }) => {
        const untilMs = Date.now() + forMs;
        while (Date.now() < untilMs);
        return Promise.resolve({ threadId });
      },
    }),
    hang: defineAction({ ...shared, description: 'Wait for something that never comes.', run: never }),
    exit: defineAction({
      ...shared,
      description: 'End the process, as some libraries do.',
      maxAttempts: 1,
      run: () => process.exit(0),
    }),
    throwLater: defineAction({
      ...shared,
      description: 'Throw where nobody can catch it.',
      run: () => {
        setTimeout(() => {
          throw new Error('thrown from a timer');
        });
        return never();
      },
    }),
    rejectUnseen: defineAction({
      ...shared,
      description: 'Leave a rejected promise behind.',
      run: () => {
        void Promise.reject(new Error('nobody awaits this'));
        return never();
      },
    }),
    answerCircle: defineAction({
      ...shared,
      description: 'Answer with what is no JSON.',
      run: () => Promise.resolve(circular),
    }),
    answerTooMuch: defineAction({
      ...shared,
      description: 'Answer with 20 MB.',
      run: () => Promise.resolve({ threadId, more: 'x'.repeat(20 * 1024 * 1024) }),
    }),
    throwHostile: defineAction({
      ...shared,
      description: 'Throw something that cannot even be looked at.',
      run: (): Promise<never> => Promise.reject(hostile),
    }),
    throwMuch: defineAction({
      ...shared,
      description: 'Throw an error with a message of 10 MB.',
      run: (): Promise<never> => Promise.reject(new Error('x'.repeat(10_000_000))),
    }),
    checkLater: defineAction({
      ...shared,
      description: 'Check with a promise, which is rejected.',
      run: () => Promise.resolve({ threadId }),
      check: (() => Promise.reject(new Error('too late'))) as never,
    }),
    workOn: defineAction({
      ...shared,
      description: 'Go on after the answer, with something that is refused.',
      run: (_input, { secret }) => {
        setTimeout(() => void secret('NOT_DECLARED'), 100);
        return Promise.resolve({ threadId });
      },
    }),
  },
});
