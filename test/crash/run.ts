import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Json } from '../../core/model/json.ts';
import { loadProject } from '../../local/project/load-project.ts';
import { crashEverywhere, scenarios } from './harness.ts';

const { values } = parseArgs({ options: { scenario: { type: 'string' }, json: { type: 'boolean', default: false } } });
const chosen = scenarios.filter(({ name }) => values.scenario === undefined || name === values.scenario);
if (chosen.length === 0) {
  process.stderr.write(
    `There is no scenario '${values.scenario}'; there are ${scenarios.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as Json;
const { registry } = await loadProject(repository);
const totals = {
  points: 0,
  calls: 0,
  runs: 0,
  lost: 0,
  duplicate: 0,
  failedButDone: 0,
  doneButNot: 0,
  needlessDoubt: 0,
};
const unregistered = new Set<string>();
const failures: { seed: string; what: string }[] = [];
for (const scenario of chosen) {
  const report = await crashEverywhere(scenario, registry, input);
  process.stdout.write(
    `${scenario.name}: ${report.points} I/O points known, ${report.calls} calls, ${report.runs} runs; ` +
      `lost ${report.lost}, duplicate ${report.duplicate}, failed but done ${report.failedButDone}, ` +
      `done but not ${report.doneButNot}, needless doubt ${report.needlessDoubt}\n`,
  );
  for (const { seed, what } of report.failures) process.stdout.write(`  ${seed}: ${what}\n`);
  totals.points = report.points;
  for (const name of ['calls', 'runs', 'lost', 'duplicate', 'failedButDone', 'doneButNot', 'needlessDoubt'] as const) {
    totals[name] += report[name];
  }
  for (const point of report.unregistered) unregistered.add(point);
  failures.push(...report.failures);
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...totals, unregistered: [...unregistered], failures })}\n`);
process.exit(failures.length > 0 || unregistered.size > 0 ? 1 : 0);
