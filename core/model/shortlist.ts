import { synonymsOf } from './synonyms.ts';
import { termsOf } from './words.ts';

/** What is known about a skill in words. */
export interface SkillText {
  /** `UserManagement:v2` */
  readonly id: string;
  /** Of SKILL.md or of the definition. */
  readonly description: string;
  /** The body of SKILL.md. */
  readonly instructions?: string;
  readonly actions: readonly { readonly name: string; readonly description: string }[];
}

export interface RankedSkill {
  readonly id: string;
  /** Comparable within one ranking only. */
  readonly score: number;
}

export interface Shortlist {
  /** The skills that fit a text best, best first; those that share nothing with it are left out. */
  readonly rank: (query: string, count: number) => readonly RankedSkill[];
}

type Field = 'name' | 'description' | 'actionNames' | 'actionDescriptions' | 'instructions';

/** How much a word counts by the place where it stands, and how much a long text there is held against a skill. */
const fields: Readonly<Record<Field, { readonly weight: number; readonly lengthPenalty: number }>> = {
  name: { weight: 3, lengthPenalty: 0.5 },
  description: { weight: 1.5, lengthPenalty: 0.6 },
  actionNames: { weight: 1.5, lengthPenalty: 0.6 },
  actionDescriptions: { weight: 1.5, lengthPenalty: 0.6 },
  instructions: { weight: 0.5, lengthPenalty: 0.75 },
};
const fieldNames = Object.keys(fields) as Field[];

/** After how many mentions another one hardly counts: k1 of BM25. */
const saturation = 1.2;
/** A word of the same meaning counts less than the word itself. */
const synonymWeight = 0.6;

interface Posting {
  readonly index: number;
  /** Mentions, weighed by field and its length. */
  mentions: number;
}

/**
 * Builds an index over skills that finds those that fit a goal: BM25F (Robertson, Zaragoza: The Probabilistic
 * Relevance Framework, 2009) over names, descriptions, actions and instructions, with stemming and a thesaurus.
 * Equal skills and an equal query give the same ranking on every machine.
 */
export function shortlistOf(skills: readonly SkillText[]): Shortlist {
  const texts = skills.map(fieldTerms);
  const averages = averageLengths(texts);
  const postings = new Map<string, Posting[]>();
  for (const [index, text] of texts.entries()) {
    for (const field of fieldNames) {
      const { weight, lengthPenalty } = fields[field];
      const relative = text[field].length / (averages[field] || 1);
      const mention = weight / (1 - lengthPenalty + lengthPenalty * relative);
      for (const term of text[field]) addMention(postings, term, index, mention);
    }
  }
  const versions = skills.map(({ id }) => Number(id.split(':v')[1] ?? 0));

  return {
    rank(query, count) {
      const scores = new Map<number, number>();
      const terms = termsOf(query);
      const pairs = terms.slice(1).map((term, index) => `${terms[index]} ${term}`);
      for (const term of new Set([...terms, ...pairs])) {
        for (const [index, score] of scoresOf(term, postings, skills.length)) {
          scores.set(index, (scores.get(index) ?? 0) + score);
        }
      }
      return [...scores]
        .toSorted(([a, scoreOfA], [b, scoreOfB]) => {
          // Sums of the same parts in another order may differ in their last bits.
          const difference = scoreOfB - scoreOfA;
          if (Math.abs(difference) > 1e-9) return difference;
          const [idOfA, idOfB] = [skills[a]?.id ?? '', skills[b]?.id ?? ''];
          const newer = (versions[b] ?? 0) - (versions[a] ?? 0);
          return newer === 0 ? (idOfA < idOfB ? -1 : 1) : newer;
        })
        .slice(0, count)
        .map(([index, score]) => ({ id: skills[index]?.id ?? '', score }));
    },
  };
}

function fieldTerms(skill: SkillText): Record<Field, string[]> {
  return {
    name: termsOf(skill.id),
    description: termsOf(skill.description),
    actionNames: skill.actions.flatMap(({ name }) => termsOf(name)),
    actionDescriptions: skill.actions.flatMap(({ description }) => termsOf(description)),
    instructions: termsOf(skill.instructions ?? ''),
  };
}

function averageLengths(texts: readonly Readonly<Record<Field, readonly string[]>>[]): Record<Field, number> {
  const average = (field: Field): number =>
    texts.reduce((sum, text) => sum + text[field].length, 0) / Math.max(1, texts.length);
  return {
    name: average('name'),
    description: average('description'),
    actionNames: average('actionNames'),
    actionDescriptions: average('actionDescriptions'),
    instructions: average('instructions'),
  };
}

function addMention(postings: Map<string, Posting[]>, term: string, index: number, mention: number): void {
  const known = postings.get(term);
  if (!known) postings.set(term, [{ index, mentions: mention }]);
  else if (known.at(-1)?.index === index)
    known[known.length - 1] = { index, mentions: (known.at(-1)?.mentions ?? 0) + mention };
  else known.push({ index, mentions: mention });
}

/** What one word of the query adds to each skill: by the word itself or by its best synonym, whichever counts more. */
function scoresOf(
  term: string,
  postings: ReadonlyMap<string, readonly Posting[]>,
  skillCount: number,
): Map<number, number> {
  const best = new Map<number, number>();
  const variants = [[term, 1] as const, ...synonymsOf(term).map((synonym) => [synonym, synonymWeight] as const)];
  for (const [variant, weight] of variants) {
    const found = postings.get(variant) ?? [];
    const rarity = Math.log(1 + (skillCount - found.length + 0.5) / (found.length + 0.5));
    for (const { index, mentions } of found) {
      const score = (weight * rarity * mentions) / (saturation + mentions);
      if (score > (best.get(index) ?? 0)) best.set(index, score);
    }
  }
  return best;
}
