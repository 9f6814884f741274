import { parse, YAMLParseError } from 'yaml';
import * as z from 'zod';
import type { SkillCard } from '../model/skill-card.ts';

/** Bounds of https://agentskills.io/specification: `name` is the folder's, `description` has 1 to 1,024 characters. */
const mostDescriptionCharacters = 1_024;

const frontMatter = z.looseObject({
  name: z.string(),
  description: z.string().trim().min(1).max(mostDescriptionCharacters),
});

/** What is wrong at one place of a SKILL.md, and what to do about it. */
export interface CardProblem {
  readonly at: string;
  readonly wrong: string;
  readonly given: string;
  readonly allowed: string;
  readonly remedy: string;
}

export type CardReading =
  | { readonly ok: true; readonly card: SkillCard }
  | { readonly ok: false; readonly problems: readonly CardProblem[] };

/** Reads the text of `skills/<folder>/SKILL.md`. */
export function readSkillCard(text: string, folder: string): CardReading {
  const wrong = (problem: CardProblem): CardReading => ({ ok: false, problems: [problem] });
  const [whole = '', block] = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
  if (block === undefined) {
    return wrong({
      at: '',
      wrong: 'has no front matter',
      given: `a file that begins with ${JSON.stringify(text.slice(0, 20))}`,
      allowed: 'name and description between two lines of ---',
      remedy: `Begin the file with ---, name: ${folder}, description: …, ---`,
    });
  }
  let values: unknown;
  try {
    values = parse(block);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    return wrong({
      at: 'front matter',
      wrong: 'is not YAML',
      given: error.message.split('\n')[0] ?? '',
      allowed: 'lines of name: value',
      remedy: 'Put the text in quotes when it holds a colon',
    });
  }
  const parsed = frontMatter.safeParse(values ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      at: `front matter ${issue.path.join('.')}`.trim(),
      wrong: 'is missing or wrong',
      given: issue.message,
      allowed: `name: ${folder}, and a description of 1 to ${mostDescriptionCharacters} characters`,
      remedy: 'Write what the skill does and when to use it: planners choose by it',
    }));
    return { ok: false, problems };
  }
  const { name, description } = parsed.data;
  if (name === folder) return { ok: true, card: { description, body: text.slice(whole.length).trim() } };
  return wrong({
    at: 'front matter name',
    wrong: 'is not the name of the folder',
    given: JSON.stringify(name),
    allowed: JSON.stringify(folder),
    remedy: 'Rename one of the two',
  });
}
