import { readFile, readdir } from 'node:fs/promises';
import { shortlistOf } from '../../core/model/shortlist.ts';
import type { SkillText } from '../../core/model/shortlist.ts';

/** How many skills a planner is shown. */
export const shownSkills = 5;
/** The share of queries whose skill must be among them. */
export const leastRecall = 0.95;

/** Files of goals, oldest first, and what had been seen of them when the ranker was made. */
export const goalSets = [
  { file: 'queries.md', seen: 'its misses' },
  { file: 'held-out.md', seen: 'its misses' },
  { file: 'fresh.md', seen: 'its recall only' },
  { file: 'reserve.md', seen: 'nothing' },
] as const;
/** The set by which the ranker is judged. */
export const judgedBy = 'fresh.md';

interface Query {
  readonly expected: string;
  readonly text: string;
}

export interface ShortlistOutcome extends Query {
  /** 1-based; 0 when the skill was not found at all. */
  readonly place: number;
  /** What a planner would be shown. */
  readonly shown: readonly string[];
}

export interface ShortlistMeasurement {
  readonly skills: number;
  readonly outcomes: readonly ShortlistOutcome[];
}

/** Ranks the catalogue for every query of a file beside this one. Throws when a query expects a skill that is not there. */
export async function measureShortlist(queryFile: string): Promise<ShortlistMeasurement> {
  const skills = await readCatalogue();
  const queries = await readQueries(queryFile);
  const known = new Set(skills.map(({ id }) => id));
  if (known.size !== skills.length) throw new Error('The catalogue has a skill twice.');
  const stranger = queries.find(({ expected }) => !known.has(expected));
  if (queries.length === 0 || stranger) {
    throw new Error(`${queryFile}: ${stranger ? `'${stranger.expected}' is not in the catalogue` : 'no queries'}.`);
  }
  const shortlist = shortlistOf(skills);
  const outcomes = queries.map((query) => {
    const ids = shortlist.rank(query.text, skills.length).map(({ id }) => id);
    return { ...query, place: ids.indexOf(query.expected) + 1, shown: ids.slice(0, shownSkills) };
  });
  return { skills: skills.length, outcomes };
}

/** Share of the queries whose skill is among the first `places`. */
export function recallAt(places: number, outcomes: readonly ShortlistOutcome[]): number {
  return outcomes.filter(({ place }) => place >= 1 && place <= places).length / outcomes.length;
}

/** Skills of the catalogue files: `## id`, a line of description, then `- action: what it does`. */
async function readCatalogue(): Promise<SkillText[]> {
  const folder = new URL('./catalogue/', import.meta.url);
  const files = (await readdir(folder)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  return texts.flatMap((text) => text.split(/^## /m).slice(1)).map(readSkill);
}

function readSkill(entry: string): SkillText {
  const [id = '', description = '', ...lines] = entry.trim().split('\n');
  const actions = lines.map((line) => {
    const [, name, what] = /^- ([a-zA-Z0-9]+): (.+)$/.exec(line) ?? [];
    if (name === undefined || what === undefined) throw new Error(`${id}: '${line}' is no action.`);
    return { name, description: what };
  });
  return { id, description, actions };
}

/** Lines of `- expected skill | goal`. */
async function readQueries(file: string): Promise<Query[]> {
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  return [...text.matchAll(/^- (\S+) \| (.+)$/gm)].map(([, expected = '', goal = '']) => ({ expected, text: goal }));
}
