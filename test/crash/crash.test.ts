import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../core/model/json.ts';
import { loadProject } from '../../local/project/load-project.ts';
import { planOf, seedOf } from './campaign.ts';
import type { Report } from './campaign.ts';
import { withDesks } from './desks.ts';
import type { Scenario } from './scenario.ts';
import { trial } from './trial.ts';
import type { Trial } from './trial.ts';
import { playInThread } from './in-thread.ts';
import { scenarios } from './scenarios.ts';
import type { Which } from './thread.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as Json;

const played = (scenario: string, which: Which): Promise<Report> =>
  playInThread({ scenario, which, stopAtFirst: false, mutant: undefined });

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

it('a failure that is named plays again as it was', async () => {
  const crashes = [
    { call: 40, when: 'after' },
    { call: 9, when: 'before' },
  ] as const;
  const seed = seedOf({ name: 'car-in-doubt-attested' }, { crashes, platform: 'cloud' });
  const plan = planOf(seed);
  expect(plan).toEqual({ scenario: 'car-in-doubt-attested', crashes, platform: 'cloud' });
  const { registry } = await loadProject(repository);
  const [scenario] = scenarios.filter(({ name }) => name === plan?.scenario);
  const again = (): Promise<Trial> => trial(scenario as Scenario, withDesks(registry), input, crashes, 'cloud');
  const [first, second] = [await again(), await again()];
  expect(second).toEqual(first);
  expect(first.calls).toHaveLength(3);
});
