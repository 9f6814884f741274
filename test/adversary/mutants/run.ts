import { parseArgs } from 'node:util';
import { inThread, inThreads } from '../threads.ts';
import { mutants } from './all-mutants.ts';

const { values } = parseArgs({
  options: {
    plans: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const plans = Number(values.plans);
const chosen = mutants.filter(({ name }) => values.only === undefined || name.includes(values.only));
const survivors: string[] = [];
let caught = 0;
await inThreads(
  chosen.map((mutant) => async () => {
    const tally = await inThread({ from: Number(values.seed), plans, stopAtFirst: true, mutant });
    const isCaught = tally.leakedPlan + tally.leakedDispatch + tally.unauthorized > 0;
    if (isCaught) caught += 1;
    else survivors.push(mutant.name);
    const what = isCaught ? `caught by plan ${tally.plans}` : `SURVIVED ${tally.plans} plans`;
    const how = tally.failures.find(({ what: found }) => !found.startsWith('benign'))?.what ?? '';
    process.stdout.write(`${mutant.name}: ${what}. ${how}\n`);
  }),
  Number(values.threads),
);
process.stdout.write(`${JSON.stringify({ seeded: chosen.length, caught, survivors })}\n`);
process.exit(survivors.length > 0 ? 1 : 0);
