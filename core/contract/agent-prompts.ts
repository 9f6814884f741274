import type { AgentPrompts } from '../model/agent-prompts.ts';
import { purposes } from '../model/think-input.ts';
import type { Purpose } from '../model/think-input.ts';

/** Folder in `agents/<name>`: `prompts/plan.md`. */
export const promptsFolder = 'prompts';

const mostPromptCharacters = 16_000;
const promptFiles: ReadonlyMap<string, Purpose> = new Map(purposes.map((purpose) => [`${purpose}.md`, purpose]));
const promptFileNames = [...promptFiles.keys()].join(', ');

/** What lies in `agents/<name>/prompts`. */
export interface PromptsEntry {
  readonly name: string;
  /** Undefined for what is no file. */
  readonly bytes: Uint8Array | undefined;
}

/** What is wrong with the prompts of an agent, and what to do about it. */
export interface PromptProblem {
  /** Name within the folder of the prompts; empty for the folder itself. */
  readonly file: string;
  readonly wrong: string;
  readonly given: string;
  readonly allowed: string;
  readonly remedy: string;
}

export interface PromptsReading {
  /** Those without problems, in the order of the purposes: equal files give equal bytes, in whatever order they come. */
  readonly prompts: AgentPrompts;
  readonly problems: readonly PromptProblem[];
}

/**
 * Reads the prompts of one agent. A text is the same whatever a checkout or an editor does to ends of lines, a byte order
 * mark, or the end of the file: it is the beginning of what a provider caches.
 *
 * @param entries undefined when `agents/<name>/prompts` is there but is no folder
 */
export function readAgentPrompts(entries: readonly PromptsEntry[] | undefined): PromptsReading {
  if (entries === undefined) return { prompts: {}, problems: [noFolder] };
  const read = entries.map((entry) => readPrompt(entry));
  const texts = new Map(read.flatMap((one) => ('text' in one ? [[one.purpose, one.text] as const] : [])));
  return {
    prompts: Object.fromEntries(
      purposes.flatMap((purpose) => (texts.has(purpose) ? [[purpose, texts.get(purpose)]] : [])),
    ),
    problems: read.flatMap((one) => ('text' in one ? [] : [one])),
  };
}

type ReadPrompt = { readonly purpose: Purpose; readonly text: string } | PromptProblem;

function readPrompt({ name, bytes }: PromptsEntry): ReadPrompt {
  const purpose = promptFiles.get(name);
  if (purpose === undefined || bytes === undefined) return unknownEntry(name, bytes === undefined);
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return {
      file: name,
      wrong: 'is not UTF-8',
      given: `${bytes.length} bytes that are no text in it`,
      allowed: 'Markdown in UTF-8',
      remedy: 'Save it in that encoding',
    };
  }
  const text = decoded.replaceAll(/\r\n?/g, '\n').trimEnd();
  const allowed = `1 to ${mostPromptCharacters} characters`;
  if (text === '') {
    const remedy = `Write what a model should know when it is asked to ${purpose}, or remove the file`;
    return {
      file: name,
      wrong: 'says nothing',
      given: bytes.length === 0 ? 'an empty file' : 'nothing but white space',
      allowed,
      remedy,
    };
  }
  if (text.length > mostPromptCharacters) {
    const remedy = 'Shorten it: every question of that kind is paid with all of it';
    return { file: name, wrong: 'is too long', given: `${text.length} characters`, allowed, remedy };
  }
  const index = text.search(/[^\P{Cc}\t\n]/u);
  if (index === -1) return { purpose, text };
  return {
    file: name,
    wrong: 'holds a control character',
    given: `U+${text.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0')} at character ${index + 1}`,
    allowed: 'text, tabs and ends of lines',
    remedy: 'Remove it',
  };
}

function unknownEntry(name: string, isNoFile: boolean): PromptProblem {
  const meant = purposes.find((purpose) => name.toLowerCase().startsWith(purpose));
  return {
    file: name,
    wrong: isNoFile ? 'is no file' : 'is no prompt',
    given: JSON.stringify(name),
    allowed: promptFileNames,
    remedy:
      isNoFile || meant === undefined
        ? `Move it out of ${promptsFolder}/`
        : `Rename it to ${meant}.md, or move it out of ${promptsFolder}/`,
  };
}

const noFolder: PromptProblem = {
  file: '',
  wrong: 'is no folder',
  given: `something else with the name ${promptsFolder}`,
  allowed: `a folder with ${promptFileNames}, or none`,
  remedy: 'Make it a folder, with a file for each prompt',
};
