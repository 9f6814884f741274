import { customersWords } from './thesaurus/customers.ts';
import { engineeringWords } from './thesaurus/engineering.ts';
import { generalWords } from './thesaurus/general.ts';
import { messagesWords } from './thesaurus/messages.ts';
import { moneyWords } from './thesaurus/money.ts';
import { peopleWords } from './thesaurus/people.ts';
import { tradeWords } from './thesaurus/trade.ts';
import { travelWords } from './thesaurus/travel.ts';
import { stem } from './words.ts';

/** How many words the longest phrase of the thesaurus has. */
export const longestPhrase = 5;

const entries = [
  ...[moneyWords, peopleWords, tradeWords, travelWords],
  ...[messagesWords, engineeringWords, customersWords, generalWords],
].flatMap((words) => words.trim().split('\n'));

/** What a word or phrase may stand for. */
export interface Meaning {
  /** Stemmed, with a space between the words of a phrase. */
  readonly term: string;
  /** 1, or less for what is only a kind of it: who asks for a taxi may be served by what speaks of cabs. */
  readonly strength: number;
}

const kindStrength = 0.5;

const thesaurus = new Map<string, Map<string, number>>();
for (const entry of entries) {
  const [heads = [], kinds = heads] = entry.split(':').map(phrasesOf);
  for (const head of heads) {
    for (const kind of kinds) {
      note(kind, head, 1);
      note(head, kind, kindStrength);
    }
  }
}

/** Phrases of more than one word: an index notes them beside their words. */
const phrases = new Set([...thesaurus.keys()].filter((phrase) => phrase.includes(' ')));

const meanings = new Map(
  [...thesaurus].map(([said, terms]) => [said, [...terms].map(([term, strength]): Meaning => ({ term, strength }))]),
);

function note(said: string, term: string, strength: number): void {
  if (said === term) return;
  const terms = thesaurus.get(said) ?? new Map<string, number>();
  terms.set(term, Math.max(strength, terms.get(term) ?? 0));
  thesaurus.set(said, terms);
}

/** What a stemmed word or phrase may stand for, besides itself. */
export function meaningsOf(phrase: string): readonly Meaning[] {
  return meanings.get(phrase) ?? [];
}

/** Whether words that follow one another, stemmed, are a phrase of the thesaurus. */
export function isPhrase(words: string): boolean {
  return phrases.has(words);
}

/** Stemmed words of the thesaurus, for those who look for a word that was misspelt. */
export const thesaurusWords: readonly string[] = [...thesaurus.keys()].filter((phrase) => !phrase.includes(' '));

function phrasesOf(words: string): string[] {
  return words
    .trim()
    .split(/\s+/)
    .map((phrase) => phrase.split('-').map(stem).join(' '));
}
