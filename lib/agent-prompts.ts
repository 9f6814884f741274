import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promptsFolder, readAgentPrompts } from '../core/contract/agent-prompts.ts';
import type { PromptsEntry } from '../core/contract/agent-prompts.ts';
import type { AgentPrompts } from '../core/model/agent-prompts.ts';

/**
 * Reads the prompts of the agent in a folder, none when it has none. Throws an Error that names each file that is no
 * prompt and says what to do.
 */
export async function agentPrompts(agentDir: string): Promise<AgentPrompts> {
  const folder = join(agentDir, promptsFolder);
  const { prompts, problems } = readAgentPrompts(await entriesOf(folder));
  if (problems.length === 0) return prompts;
  throw new Error(
    problems
      .map(
        ({ file, wrong, given, allowed, remedy }) =>
          `${join(folder, file)} ${wrong}: ${given}. Allowed: ${allowed}. ${remedy}.`,
      )
      .join('\n'),
  );
}

async function entriesOf(folder: string): Promise<PromptsEntry[] | undefined> {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) return undefined;
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
  const entries: PromptsEntry[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
    entries.push({ name, bytes: isFile ? await readFile(path) : undefined });
  }
  return entries;
}
