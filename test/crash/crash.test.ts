import { describe, expect, it } from 'vitest';
import { inThread } from '../mutants/threads.ts';
import type { Report } from './campaign.ts';
import { scenarios } from './scenarios.ts';
import type { Task, Which } from './thread.ts';

const played = (scenario: string, which: Which): Promise<Report> =>
  inThread<Task, Report>(new URL('./thread.ts', import.meta.url), {
    ...{ scenario, which },
    ...{ stopAtFirst: false, mutant: undefined },
  });

describe.each(scenarios)('$name', ({ name }) => {
  it('loses nothing, does nothing twice and misreports nothing, wherever it crashes', async () => {
    const report = await played(name, { kind: 'singles' });
    expect(report.failures).toEqual([]);
    expect(report.unregistered).toEqual([]);
    expect(report).toMatchObject({ lost: 0, duplicate: 0, failedButDone: 0, doneButNot: 0, needlessDoubt: 0 });
    // Two moments for each call, and the run without a crash; all on two platforms.
    expect(report.runs).toBe((report.calls * 2 + 1) * 2);
    expect(report.calls).toBeGreaterThan(50);
  });
});
