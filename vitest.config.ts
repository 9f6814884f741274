import { defineConfig } from 'vitest/config';

const produced = ['**/node_modules/**', '**/dist/**', '**/cdk.out/**', '**/.holdfast/**'];
/** Real processes, killed and started again, and a real browser: minutes, most of them spent waiting. */
const endToEnd = ['test/{e2e,browser}/**/*.test.ts'];
/** What fills the machine by itself, or measures it. */
const campaigns = [
  ...['crash', 'adversary', 'package'].map((room) => `test/${room}/**/*.test.ts`),
  'test/e2e/scale.test.ts',
];
/** Emulators, servers and CDK apps within the test's own process. */
const inProcess = ['{local,testing,cli,lib,examples,bench,core/adapters}/**/*.test.ts'];
const pure = ['test/layers/**/*.test.ts', 'test/repository/**/*.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,functions,skills,agents,bin,console}/**/*.test.{ts,tsx}', ...pure],
          exclude: [...produced, ...inProcess],
          // Pure code has no state to keep apart, and a worker for each file takes 25 times as long.
          isolate: false,
          sequence: { groupOrder: 0 },
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts', ...inProcess],
          exclude: [...produced, ...pure, ...endToEnd, ...campaigns],
          maxWorkers: 2,
          globalSetup: 'test/stacks/bundle-directory.ts',
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: endToEnd,
          exclude: [...produced, ...campaigns],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'campaigns',
          include: campaigns,
          exclude: produced,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
