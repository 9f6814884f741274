import { parseArgs } from 'node:util';
import { inThreads } from '../../mutants/threads.ts';
import { mutants } from './all-mutants.ts';
import { caughtBy } from './caught-by.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const chosen = mutants.filter(({ mutant: { name } }) => values.only === undefined || name.includes(values.only));
const survivors: string[] = [];
await inThreads(
  chosen.map((one) => async () => {
    const found = await caughtBy(one);
    if (found === undefined) survivors.push(one.mutant.name);
    process.stdout.write(`${one.mutant.name}: ${found === undefined ? 'SURVIVED' : `caught, ${found}`}\n`);
  }),
  Number(values.threads),
);
const tally = { seeded: chosen.length, caught: chosen.length - survivors.length, survivors };
process.stdout.write(values.json ? `${JSON.stringify(tally)}\n` : `${tally.caught} of ${tally.seeded} caught\n`);
process.exit(survivors.length > 0 ? 1 : 0);
