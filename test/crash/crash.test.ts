import { beforeAll, describe, expect, it } from 'vitest';
import { inThreads } from '../mutants/threads.ts';
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

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as Json;

const threads = 2;
const reports = new Map<string, Report>();

beforeAll(async () => {
  await inThreads(
    scenarios.map(({ name: scenario }) => async () => {
      const task = { scenario, which: { kind: 'alternating' }, stopAtFirst: false, mutant: undefined } as const;
      reports.set(scenario, await playInThread(task));
    }),
    threads,
  );
}, 1_200_000);

describe.each(scenarios)('$name', ({ name }) => {
  it('loses nothing, does nothing twice and misreports nothing, wherever it crashes', () => {
    const { calls = 0, runs, ...report } = reports.get(name) ?? {};
    expect(report).toMatchObject({ failures: [], unregistered: [] });
    expect(report).toMatchObject({ lost: 0, duplicate: 0, failedButDone: 0, doneButNot: 0, needlessDoubt: 0 });
    // Two moments for each call, and on both platforms the run without a crash.
    expect(runs).toBe(calls * 2 + 2);
    expect(calls).toBeGreaterThan(50);
  });
});

it('all scenarios together come to thousands of runs', () => {
  const runs = [...reports.values()].reduce((sum, report) => sum + report.runs, 0);
  expect(runs).toBeGreaterThan(3_000);
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
