import { readFile, readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { shortlistOf } from '../../core/model/shortlist.ts';
import type { SkillText } from '../../core/model/shortlist.ts';

const listed = 5;
const leastRecall = 0.95;

interface Query {
  readonly expected: string;
  readonly text: string;
}

/** Skills of the catalogue files: `## id`, a line of description, then `- action: what it does`. */
async function readCatalogue(): Promise<SkillText[]> {
  const folder = new URL('./catalogue/', import.meta.url);
  const files = (await readdir(folder)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  return texts
    .flatMap((text) => text.split(/^## /m).slice(1))
    .map((entry) => {
      const [id = '', description = '', ...lines] = entry.trim().split('\n');
      const actions = lines.map((line) => {
        const [, name, what] = /^- ([a-z]\w*): (.+)$/i.exec(line) ?? [];
        if (name === undefined || what === undefined) throw new Error(`${id}: '${line}' is no action.`);
        return { name, description: what };
      });
      return { id, description, actions };
    });
}

/** Lines of `- expected skill | goal`. */
async function readQueries(file: string): Promise<Query[]> {
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  return [...text.matchAll(/^- (\S+) \| (.+)$/gm)].map(([, expected = '', goal = '']) => ({ expected, text: goal }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, queries: { type: 'string', default: 'queries.md' } },
  });
  const skills = await readCatalogue();
  const queries = await readQueries(values.queries);
  const known = new Set(skills.map(({ id }) => id));
  const strangers = queries.filter(({ expected }) => !known.has(expected));
  if (known.size !== skills.length || queries.length === 0 || strangers.length > 0) {
    throw new Error(`The catalogue has ${known.size} ids for ${skills.length} skills; not in it: ${JSON.stringify(strangers)}`);
  }
  const shortlist = shortlistOf(skills);
  const outcomes = queries.map((query) => {
    const ids = shortlist.rank(query.text, skills.length).map(({ id }) => id);
    return { query, place: ids.indexOf(query.expected) + 1, best: ids.slice(0, listed) };
  });
  const share = (places: number): number =>
    outcomes.filter(({ place }) => place >= 1 && place <= places).length / queries.length;
  for (const { query, place, best } of outcomes.filter((outcome) => outcome.place < 1 || outcome.place > listed)) {
    console.log(`missed: ${query.text}\n  ${query.expected} is ${place < 1 ? 'not found' : `at place ${place}`}; first: ${best.join(', ')}`);
  }
  const recallAt5 = share(listed);
  console.log(`\n${skills.length} skills, ${queries.length} queries: first ${share(1)}, in the first ${listed} ${recallAt5} (at least ${leastRecall})`);
  if (values.json) console.log(JSON.stringify({ skills: skills.length, queries: queries.length, recallAt5 }));
  if (recallAt5 < leastRecall) process.exitCode = 1;
}

await main();
