import { isPhrase, longestPhrase } from './synonyms.ts';
import { stem, wordsOf } from './words.ts';

/** What is known about a skill in words. */
export interface SkillText {
  /** `UserManagement:v2` */
  readonly id: string;
  /** Of SKILL.md or of the definition. */
  readonly description: string;
  /** The body of SKILL.md. */
  readonly instructions?: string;
  readonly actions: readonly { readonly name: string; readonly description: string }[];
  /** Set for a deprecated skill: the id of the one to use instead. */
  readonly replacedBy?: string;
}

export type Field = 'name' | 'description' | 'actionNames' | 'actionDescriptions' | 'instructions';
export const fieldNames = ['name', 'description', 'actionNames', 'actionDescriptions', 'instructions'] as const;

/** The stems of a skill by the place where they stand, and the phrases of the thesaurus among them. */
export function fieldTerms(skill: SkillText): Record<Field, string[]> {
  return {
    name: termsAndPhrases(skill.id.split(':')[0] ?? skill.id),
    description: termsAndPhrases(skill.description),
    actionNames: skill.actions.flatMap(({ name }) => termsAndPhrases(name)),
    actionDescriptions: skill.actions.flatMap(({ description }) => termsAndPhrases(description)),
    instructions: termsAndPhrases(skill.instructions ?? ''),
  };
}

function termsAndPhrases(text: string): string[] {
  const words = wordsOf(text);
  const terms = words.filter(({ counts }) => counts).map(({ stem }) => stem);
  // W-2 is looked for as w2, and check-in as checkin.
  for (const compound of text.match(/[\p{L}\p{Nd}]+(?:-[\p{L}\p{Nd}]+)+/gu) ?? []) {
    terms.push(stem(compound.replaceAll('-', '').toLowerCase()));
  }
  for (const start of words.keys()) {
    for (let length = 2; length <= longestPhrase && start + length <= words.length; length += 1) {
      const phrase = words.slice(start, start + length).map(({ stem }) => stem);
      if (isPhrase(phrase.join(' '))) terms.push(phrase.join(' '));
    }
  }
  return terms;
}

/** Average number of terms by field; 0 for a field that no skill has. */
export function averageLengths(texts: readonly Readonly<Record<Field, readonly string[]>>[]): Record<Field, number> {
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
