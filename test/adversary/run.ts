import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { drive, leastPassed, passes, thisProject } from './benign/drive.ts';
import { benignPlans } from './benign/plans.ts';
import { addedUp } from './campaign.ts';
import { inThread, inThreads } from './threads.ts';

const { values } = parseArgs({
  options: {
    plans: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    json: { type: 'boolean', default: false },
  },
});
const plans = Number(values.plans);
const seed = Number(values.seed);
const threads = Number(values.threads);
if (![plans, seed, threads].every((one) => Number.isSafeInteger(one) && one > 0)) {
  process.stderr.write('--plans, --seed and --threads are whole numbers above 0.\n');
  process.exit(2);
}

const startedMs = performance.now();
const part = Math.min(25_000, Math.ceil(plans / threads));
let played = 0;
const tallies = await inThreads(
  Array.from({ length: Math.ceil(plans / part) }, (_, index) => async () => {
    const from = seed + index * part;
    const tally = await inThread({
      from,
      plans: Math.min(part, plans - index * part),
      stopAtFirst: false,
      mutant: undefined,
    });
    played += tally.plans;
    if (!values.json) process.stdout.write(`${played} of ${plans} plans\n`);
    for (const { seed: at, what } of tally.failures) process.stdout.write(`  seed ${at}: ${what}\n`);
    return tally;
  }),
  threads,
);
const { failures, ...total } = addedUp(tallies);
const plansPerSecond = Math.round((total.plans / (performance.now() - startedMs)) * 1000);

const project = await thisProject();
const honest = await Promise.all(benignPlans.map((plan) => drive(plan, project)));
const passed = honest.filter(passes);
for (const { name, ended, approvals } of honest.filter((one) => !passes(one))) {
  process.stdout.write(`  honest plan '${name}': ${ended}, ${approvals} approvals\n`);
}
const benign = { benignPassed: passed.length, benignTotal: honest.length };
process.stdout.write(`${JSON.stringify({ ...total, ...benign, plansPerSecond })}\n`);
process.exit(failures.length > 0 || passed.length < leastPassed ? 1 : 0);
