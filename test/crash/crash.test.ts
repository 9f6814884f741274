import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Json } from '../../core/model/json.ts';
import { loadProject } from '../../local/project/load-project.ts';
import { crashEverywhere, scenarios } from './harness.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as Json;

it.each(scenarios)(
  '$name: a crash before or after any I/O call loses nothing, does nothing twice and misreports nothing',
  async (scenario) => {
    const { registry } = await loadProject(repository);
    const report = await crashEverywhere(scenario, registry, input);
    expect(report.failures).toEqual([]);
    expect(report.unregistered).toEqual([]);
    expect(report).toMatchObject({ lost: 0, duplicate: 0, failedButDone: 0, doneButNot: 0, needlessDoubt: 0 });
    // Two moments and two platforms for each call, and the run without a crash.
    expect(report.runs).toBe(report.calls * 4 + 1);
    expect(report.calls).toBeGreaterThan(50);
  },
);
