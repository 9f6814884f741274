import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends the output with the plain line `N passed, N failed`, which .ci/run adds up. A file that could not be loaded
 * and an error outside any test count as failed.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const results = modules.flatMap((file) => [...file.children.allTests()].map((test) => test.result().state));
    const broken = modules.filter((file) => file.errors().length > 0 || [...file.children.allSuites()].some(hasErrors));
    const passed = results.filter((state) => state === 'passed').length;
    const failed = results.filter((state) => state === 'failed').length + broken.length + errors.length;
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}

function hasErrors(suite: { errors(): readonly unknown[] }): boolean {
  return suite.errors().length > 0;
}
