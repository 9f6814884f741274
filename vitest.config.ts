import { defineConfig } from 'vitest/config';

const produced = ['**/node_modules/**', '**/dist/**', '**/cdk.out/**', '**/.holdfast/**'];
/** Real processes, killed and started again, and the package built and used: minutes, not seconds. */
const endToEnd = ['e2e', 'crash', 'adversary', 'package'].map((room) => `test/${room}/**/*.test.ts`);
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
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts', ...inProcess],
          exclude: [...produced, ...pure, ...endToEnd],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: endToEnd,
          exclude: produced,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
