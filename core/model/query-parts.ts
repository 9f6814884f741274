import { isPhrase, longestPhrase, meaningsOf } from './synonyms.ts';
import { stem, wordsOf } from './words.ts';
import type { Word } from './words.ts';

/** A word or phrase of a query, with everything that it may mean. */
export interface QueryPart {
  /** As it stands in the query, in lower case. */
  readonly said: string;
  /** Terms to look for, and how much each counts; the term itself first. */
  readonly variants: readonly { readonly term: string; readonly weight: number }[];
}

export interface QueryReading {
  /** Whether a term stands in any skill. */
  readonly isKnown: (term: string) => boolean;
  /** Words that a misspelt one may stand for. */
  readonly similar: (word: string) => readonly string[];
  readonly weights: {
    readonly meaning: number;
    readonly similar: number;
    readonly insidePhrase: number;
    readonly plainWord: number;
  };
}

/** Words that go with any object, or with any time or amount: what they are said of tells more. */
const plainWords = new Set(
  (
    'add allow answer arrange ask begin bring build buy call change check choose close collect correct create decide delete ' +
    'do end enter establish expect fetch figure find finish fix follow handle help hold include inform keep learn leave ' +
    'list look mean mention move offer open pick place plan post prepare print produce provide pull push put read receive ' +
    'record release remove report request run say search see seem select send set show start state stop submit switch take ' +
    'talk tell think turn update use view wait work write ' +
    'able amount available bit current day different early free full good great hour kind last late later least left long ' +
    'lot minute month morning name new next night number old one part people possible ready right second side single sort ' +
    'sure time today tomorrow tonight total two three way week weekend year yesterday'
  )
    .split(' ')
    .map(stem),
);

/** Words that may stand between a verb and its particle: "turn the lights off". */
const mostBetween = 2;
const determiners = new Set([
  'a',
  'an',
  'the',
  'this',
  'that',
  'my',
  'your',
  'his',
  'her',
  'its',
  'our',
  'their',
  'any',
  'some',
]);
const particles = new Set(['up', 'off', 'on', 'out', 'back', 'down', 'over', 'away', 'in', 'through']);

/** Takes a query apart. A word that is said twice counts once. */
export function queryParts(query: string, reading: QueryReading): QueryPart[] {
  const words = wordsOf(query);
  const inPhrase = new Set<number>();
  const parts = new Map<string, QueryPart>();
  for (const { term, said, at } of phrasesIn(words)) {
    for (const index of at) inPhrase.add(index);
    parts.set(term, { said, variants: variantsOf(term, 1, reading) });
  }
  for (const [index, word] of words.entries()) {
    if (!word.counts || parts.has(word.stem)) continue;
    const plain = plainWords.has(word.stem) ? reading.weights.plainWord : 1;
    const weight = plain * (inPhrase.has(index) ? reading.weights.insidePhrase : 1);
    parts.set(word.stem, { said: word.written, variants: readWord(word, words[index + 1], weight, reading) });
  }
  return [...parts.values()];
}

function readWord(word: Word, next: Word | undefined, weight: number, reading: QueryReading): QueryPart['variants'] {
  const joined = next === undefined ? '' : word.stem + next.stem;
  const together = joined !== '' && isUnderstood(joined, reading) ? variantsOf(joined, weight, reading) : [];
  const variants = [...variantsOf(word.stem, weight, reading), ...together];
  if (isUnderstood(word.stem, reading) || word.isName) return variants;
  const guesses = [...reading.similar(word.stem), ...halvesOf(word.stem, reading)];
  return [...variants, ...guesses.flatMap((guess) => variantsOf(guess, weight * reading.weights.similar, reading))];
}

function variantsOf(term: string, weight: number, { weights }: QueryReading): QueryPart['variants'] {
  const meanings = meaningsOf(term).map(({ term: meaning, strength }) => ({
    term: meaning,
    weight: weight * weights.meaning * strength,
  }));
  return [{ term, weight }, ...meanings];
}

function isUnderstood(term: string, { isKnown }: QueryReading): boolean {
  return isKnown(term) || meaningsOf(term).length > 0;
}

/** "timezone" read as "time zone". */
function halvesOf(word: string, { isKnown }: QueryReading): string[] {
  for (let cut = 3; cut <= word.length - 3; cut += 1) {
    const [first, second] = [word.slice(0, cut), word.slice(cut)];
    for (const start of [first, `${first}e`, first.replace(/e$/, '')]) {
      if (isKnown(start) && isKnown(second)) return [start, second];
    }
  }
  return [];
}

interface FoundPhrase {
  readonly term: string;
  readonly said: string;
  readonly at: readonly number[];
}

function phrasesIn(words: readonly Word[]): FoundPhrase[] {
  const found: FoundPhrase[] = [];
  const note = (at: readonly number[]): void => {
    const parts = at.flatMap((index) => words[index] ?? []);
    const term = parts.map(({ stem: part }) => part).join(' ');
    if (isPhrase(term)) found.push({ term, said: parts.map(({ written }) => written).join(' '), at });
  };
  // "leave my car" is the phrase "leave car".
  const path = [...words.keys()].filter((index) => !determiners.has(words[index]?.written ?? ''));
  for (const start of path.keys()) {
    for (let length = 2; length <= longestPhrase && start + length <= path.length; length += 1) {
      note(path.slice(start, start + length));
    }
    for (let end = start + 2; end <= start + 1 + mostBetween && end < path.length; end += 1) {
      const [first, last] = [path[start] ?? 0, path[end] ?? 0];
      if (particles.has(words[last]?.written ?? '')) note([first, last]);
    }
  }
  return found;
}
