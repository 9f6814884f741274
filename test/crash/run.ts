import { parseArgs } from 'node:util';
import { inThreads } from '../mutants/threads.ts';
import { planOf, sumOf } from './campaign.ts';
import { playInThread } from './in-thread.ts';
import { promises } from './judge.ts';
import { scenarios } from './scenarios.ts';
import type { Task, Which } from './thread.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    /** Every crash of a process with every crash of the next one. */
    pairs: { type: 'boolean', default: false },
    /** So many runs of each scenario with three crashes. */
    triples: { type: 'string' },
    /** One run, as a failure names it; with `triples`, the number of the first one. */
    seed: { type: 'string' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

function wrong(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const count = values.triples === undefined ? undefined : Number(values.triples);
if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) {
  wrong(`--triples is '${values.triples}'; give how many runs, as in --triples 1000.`);
}
const one = count === undefined && values.seed !== undefined ? planOf(values.seed) : undefined;
if (count === undefined && values.seed !== undefined && !one) {
  wrong(
    `--seed is '${values.seed}'; give one that a failure names, as in trip:12.before:cloud, or a number with --triples.`,
  );
}
const name = one?.scenario ?? values.scenario;
const chosen = scenarios.filter((scenario) => name === undefined || scenario.name === name);
if (chosen.length === 0)
  wrong(`There is no scenario '${name}'; there are ${scenarios.map((each) => each.name).join(', ')}.`);

const which: Which = one
  ? { kind: 'one', plan: one }
  : count === undefined
    ? { kind: values.pairs ? 'pairs' : 'singles' }
    : { kind: 'triples', from: Number(values.seed ?? '1'), count };

const reports = await inThreads(
  chosen.map((scenario) => async () => {
    const task: Task = { scenario: scenario.name, which, stopAtFirst: false, mutant: undefined };
    const report = await playInThread(task);
    const broken = promises.map((promise) => `${promise} ${report[promise]}`).join(', ');
    process.stdout.write(`${scenario.name}: ${report.calls} calls, ${report.runs} runs; ${broken}\n`);
    for (const { seed, what } of report.failures) process.stdout.write(`  ${seed}: ${what}\n`);
    return report;
  }),
  Number(values.threads),
);
const all = sumOf(reports);
if (values.json) process.stdout.write(`${JSON.stringify(all)}\n`);
process.exit(all.failures.length > 0 || all.unregistered.length > 0 ? 1 : 0);
