import { existsSync, statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promptsFolder, readAgentPrompts } from '../../core/contract/agent-prompts.ts';
import type { PromptsEntry } from '../../core/contract/agent-prompts.ts';
import type { AgentPrompts } from '../../core/model/agent-prompts.ts';
import type { ProjectProblem } from './project-error.ts';

/** Reads `agents/<folder>/prompts`. An agent without that folder has no prompts of its own. */
export async function loadPrompts(
  directory: string,
  folder: string,
): Promise<{ readonly prompts: AgentPrompts; readonly problems: readonly ProjectProblem[] }> {
  const room = ['agents', folder, promptsFolder].join('/');
  const { prompts, problems } = readAgentPrompts(await entriesOf(join(directory, room)));
  return {
    prompts,
    problems: problems.map(({ file, ...problem }) => ({ file: file ? `${room}/${file}` : room, at: '', ...problem })),
  };
}

async function entriesOf(folder: string): Promise<PromptsEntry[] | undefined> {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) return undefined;
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
      return { name, bytes: isFile ? await readFile(path) : undefined };
    }),
  );
}
