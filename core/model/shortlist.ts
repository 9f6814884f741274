import { queryParts } from './query-parts.ts';
import type { QueryPart } from './query-parts.ts';
import { similarWordsOf } from './similar-words.ts';
import { thesaurusWords } from './synonyms.ts';
import { averageLengths, fieldNames, fieldTerms } from './skill-text.ts';
import type { Field, SkillText } from './skill-text.ts';

export type { SkillText } from './skill-text.ts';

/** Why a skill was found: what was said, and the stem of the skill's text that answers to it. */
export interface WordMatch {
  /** As it stands in the query. */
  readonly said: string;
  /** In the skill, stemmed. */
  readonly found: string;
  /** What it adds to the score. */
  readonly score: number;
}

export interface RankedSkill {
  readonly id: string;
  /** Comparable within one ranking only. */
  readonly score: number;
  /** What counted most first. Empty for a skill that stands in for a deprecated one. */
  readonly matches: readonly WordMatch[];
}

export interface Shortlist {
  /** The skills that fit a text best, best first; those that share nothing with it are left out. */
  readonly rank: (query: string, count: number) => readonly RankedSkill[];
}

/** What the ranking weighs. */
export const defaultWeights = {
  /** How much a word counts by the place where it stands, and how much a long text there is held against a skill. */
  fields: {
    name: { weight: 4.5, lengthPenalty: 0.5 },
    description: { weight: 1.5, lengthPenalty: 0.6 },
    actionNames: { weight: 1.25, lengthPenalty: 0.6 },
    actionDescriptions: { weight: 1.5, lengthPenalty: 0.6 },
    instructions: { weight: 0.5, lengthPenalty: 0.75 },
  } as Readonly<Record<Field, { readonly weight: number; readonly lengthPenalty: number }>>,
  /** After how many mentions another one hardly counts: k1 of BM25. */
  saturation: 0.9,
  /** A word that may stand for another counts less than the word itself. */
  meaning: 0.6,
  /** A misspelt word counts less than the right one. */
  similar: 0.6,
  /** What further meanings of one word add, beside the best. */
  furtherMeanings: 0.3,
  /** A word that is part of a known phrase has said most of what it has to say. */
  insidePhrase: 0.3,
  /** Words that go with any object. */
  plainWord: 0.5,
  /** Rarity of a meaning: 1, of all words that may be meant together; 0, of itself. */
  jointRarity: 0.25,
  /** How much a skill gains by answering to more of the query. */
  coverage: 0.2,
};
export type Weights = typeof defaultWeights;

interface Posting {
  readonly index: number;
  /** Mentions, weighed by field and its length. */
  readonly mentions: number;
}

/**
 * Builds an index over skills that finds those that fit a goal: BM25F (Robertson, Zaragoza: The Probabilistic
 * Relevance Framework, 2009) over names, descriptions, actions and instructions, with stemming, a thesaurus and
 * forgiveness for slips. Equal skills and an equal query give the same ranking on every machine.
 */
export function shortlistOf(skills: readonly SkillText[], weights: Weights = defaultWeights): Shortlist {
  const postings = postingsOf(skills, weights);
  const similar = similarWordsOf([...postings.keys(), ...thesaurusWords]);
  const rarity = (count: number): number => Math.log(1 + (skills.length - count + 0.5) / (count + 0.5));

  const matchesOf = (part: QueryPart): Map<number, WordMatch> => {
    const found = part.variants.map(({ term, weight }) => ({ term, weight, at: postings.get(term) ?? [] }));
    const joint = rarity(new Set(found.flatMap(({ at }) => at.map(({ index }) => index))).size);
    const matches = new Map<number, WordMatch>();
    for (const { term, weight, at } of found) {
      const own = rarity(at.length);
      const rare = own + (Math.min(own, joint) - own) * weights.jointRarity;
      for (const { index, mentions } of at) {
        const score = (weight * rare * mentions) / (weights.saturation + mentions);
        const known = matches.get(index);
        const lesser = Math.min(score, known?.score ?? 0) * weights.furtherMeanings;
        if (known && known.score >= score) matches.set(index, { ...known, score: known.score + lesser });
        else matches.set(index, { said: part.said, found: term, score: score + lesser });
      }
    }
    return matches;
  };

  return {
    rank(query, count) {
      const bySkill = new Map<number, WordMatch[]>();
      const parts = queryParts(query, { isKnown: (term) => postings.has(term), similar, weights });
      for (const part of parts) {
        for (const [index, match] of matchesOf(part)) bySkill.set(index, [...(bySkill.get(index) ?? []), match]);
      }
      const answered = new Set([...bySkill.values()].flatMap((matches) => matches.map(({ said }) => said))).size;
      const ranked = [...bySkill].map(([index, matches]) => {
        const share = new Set(matches.map(({ said }) => said)).size / answered;
        const sum = matches.reduce((total, { score }) => total + score, 0);
        return {
          id: skills[index]?.id ?? '',
          score: sum * (1 - weights.coverage + weights.coverage * share),
          matches: matches.toSorted((a, b) => b.score - a.score || (a.said < b.said ? -1 : 1)),
        };
      });
      return withReplacements(ranked, skills).toSorted(better).slice(0, count);
    },
  };
}

function postingsOf(skills: readonly SkillText[], { fields }: Weights): ReadonlyMap<string, readonly Posting[]> {
  const texts = skills.map(fieldTerms);
  const averages = averageLengths(texts);
  const postings = new Map<string, Posting[]>();
  for (const [index, text] of texts.entries()) {
    const mentions = new Map<string, number>();
    for (const field of fieldNames) {
      const { weight, lengthPenalty } = fields[field];
      const relative = text[field].length / (averages[field] || 1);
      const mention = weight / (1 - lengthPenalty + lengthPenalty * relative);
      for (const term of text[field]) mentions.set(term, (mentions.get(term) ?? 0) + mention);
    }
    for (const [term, sum] of mentions) {
      const known = postings.get(term);
      if (known) known.push({ index, mentions: sum });
      else postings.set(term, [{ index, mentions: sum }]);
    }
  }
  return postings;
}

/** What fits a goal through a deprecated skill fits its replacement at least as well. */
function withReplacements(ranked: readonly RankedSkill[], skills: readonly SkillText[]): RankedSkill[] {
  const replacements = new Map(
    skills.flatMap(({ id, replacedBy }) => (replacedBy === undefined ? [] : [[id, replacedBy]])),
  );
  const known = new Set(skills.map(({ id }) => id));
  const found = new Map(ranked.map((skill) => [skill.id, skill]));
  for (const { id, score } of ranked) {
    const passed = new Set([id]);
    for (let next = replacements.get(id); next !== undefined && !passed.has(next); next = replacements.get(next)) {
      passed.add(next);
      if (!known.has(next)) continue;
      const replacement = found.get(next) ?? { id: next, score: 0, matches: [] };
      // Above by a hair, so that the replacement stands directly before what it replaces.
      if (replacement.score <= score) found.set(next, { ...replacement, score: score + passed.size * aHair });
    }
  }
  return [...found.values()];
}

const aHair = 1e-6;

function better(a: RankedSkill, b: RankedSkill): number {
  // Sums of the same parts in another order may differ in their last bits.
  if (Math.abs(a.score - b.score) > 1e-9) return b.score - a.score;
  const newer = versionOf(b.id) - versionOf(a.id);
  return newer === 0 ? (a.id < b.id ? -1 : 1) : newer;
}

const versionOf = (id: string): number => Number(id.split(':v')[1] ?? 0);
