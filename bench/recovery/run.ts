import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { failureClasses } from '../../core/model/failure.ts';
import { thisMachine } from '../machine.ts';
import { printTable } from '../table.ts';
import { resultOf, verdictsOf } from './measure.ts';
import type { RecoveryResult } from './measure.ts';
import { allScenarios } from './scenarios/all.ts';
import { modes } from './scenario.ts';
import { missed } from './tally.ts';
import type { Tally, Verdict } from './tally.ts';

const usage =
  'Usage: npm run bench:recovery [-- --json --smoke --seed N --only WORDS --verbose --save FILE]. --only: scenarios whose name or class holds them.';
const smokeEvery = 8;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...{ json: { type: 'boolean', default: false }, smoke: { type: 'boolean', default: false } },
      ...{ verbose: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
      ...{ only: { type: 'string', default: '' }, save: { type: 'string' } },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) {
    console.error(`--seed must be a whole number; it is '${values.seed}'. ${usage}`);
    process.exitCode = 2;
    return;
  }
  const scenarios = allScenarios(seed).filter(
    ({ name, about }, index) => `${about} ${name}`.includes(values.only) && (!values.smoke || index % smokeEvery === 0),
  );
  if (scenarios.length === 0) {
    console.error(`No scenario has '${values.only}' in its name or class. ${usage}`);
    process.exitCode = 2;
    return;
  }
  const verdicts = await verdictsOf(scenarios);
  const result = resultOf(verdicts);
  print(result);
  if (values.verbose) printEach(verdicts);
  for (const { scenario, mode, verdict, why } of result.failures) {
    console.error(`${verdict}, ${mode}: ${scenario}\n  ${why.join('\n  ')}`);
  }
  for (const problem of modes.flatMap((mode) => missed(mode, result.modes[mode]))) {
    console.error(`MISSED: ${problem}.`);
    process.exitCode = 1;
  }
  const text = JSON.stringify({ ...thisMachine(), seed, ...result });
  if (values.save !== undefined) writeFileSync(values.save, `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  if (values.json) console.log(text);
}

const heads = ['', 'scenarios', 'recoverable', 'recovered', 'for a person', 'rightly', 'poorly', 'needlessly', 'wrong'];

function print(result: RecoveryResult): void {
  const classes = failureClasses.flatMap((one) => {
    const tally = result.byClass[one];
    return tally ? [row(one, tally)] : [];
  });
  const totals = modes.map((mode) => row(mode === 'rules' ? 'without a model' : 'with a model', result.modes[mode]));
  printTable(heads, [...classes, ...totals, row('all', result)]);
  console.log(
    `\n${result.duplicateEffects} effects too many, ${result.lostEffects} lost. How to read this: bench/README.md\n`,
  );
}

function row(name: string, tally: Tally): string[] {
  const { scenarios, recoverable, recovered, escalatedRightly, escalatedPoorly, escalatedNeedlessly, wrong } = tally;
  const counts = [scenarios, recoverable, recovered, scenarios - recoverable];
  return [name, ...[...counts, escalatedRightly, escalatedPoorly, escalatedNeedlessly, wrong].map(String)];
}

function printEach(verdicts: readonly Verdict[]): void {
  for (const { about, scenario, mode, verdict } of verdicts) console.log(`${about}, ${mode}: ${scenario}: ${verdict}`);
  console.log('');
}

await main();
