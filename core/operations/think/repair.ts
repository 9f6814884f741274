import type { PromptPart } from '../../ports/model-client.ts';
import { dataBlock } from './data-block.ts';
import { shortenText } from './shorten.ts';

const mostShownCharacters = 4_000;
const mostProblems = 20;
const mostProblemCharacters = 500;

/** An answer that could not be used. */
export interface BadAnswer {
  readonly text: string;
  /** The token limit at which it was cut off, when it was. */
  readonly cutAtTokens: number | undefined;
  /** In the reader's words. */
  readonly problems: readonly string[];
}

/**
 * What is added to a prompt for the next try, so that no prompt is ever asked twice.
 *
 * @param attempt 2 for the second call, then 3 and so on
 */
export function repairPart({ text, cutAtTokens, problems }: BadAnswer, attempt: number): PromptPart {
  const told = problems.slice(0, mostProblems).map((problem) => shortenText(problem, mostProblemCharacters));
  const more = problems.length - told.length;
  return {
    role: 'user',
    text: [
      `# Attempt ${attempt}`,
      'The last answer could not be used. It began like this:',
      dataBlock('last answer', 'model', [shortenText(text, mostShownCharacters)]),
      dataBlock('problems of the last answer', 'model', more > 0 ? [...told, `and ${more} more`] : told),
      ...(cutAtTokens === undefined
        ? []
        : [
            `It was cut off after ${cutAtTokens} tokens. Say the same in far fewer words, above all in "reasoning" and "options".`,
          ]),
      'Answer again with the whole JSON object, and mend all of these problems.',
    ].join('\n'),
    stable: false,
  };
}

/** What is added for another model after one that would not answer. */
export function afterRefusalPart(attempt: number): PromptPart {
  return { role: 'user', text: `# Attempt ${attempt}\nAn earlier attempt gave no answer.`, stable: false };
}
