import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSkillCard } from '../../core/contract/skill-card.ts';
import { skillFolder } from '../../core/model/names.ts';
import { platformSkillLike } from '../../core/model/platform-skills.ts';
import type { AgentPrompts } from '../../core/model/agent-prompts.ts';
import type { SkillCard } from '../../core/model/skill-card.ts';
import type { AgentDefinition, SkillDefinition } from '../../core/model/skill.ts';
import type { DefinitionProblem } from '../../core/sdk/definition-error.ts';
import { loadPrompts } from './agent-prompts.ts';
import { importDefinition } from './import-definition.ts';
import type { ProjectProblem } from './project-error.ts';

const extensions = ['.ts', '.mts', '.js', '.mjs'];
const skillCard = 'SKILL.md';

/** One folder of `skills/` or `agents/`. Without a definition there is at least one problem. */
export interface LoadedFolder<Definition> {
  readonly folder: string;
  /** Of the definition, relative to the project. */
  readonly file: string;
  readonly definition: Definition | undefined;
  readonly problems: readonly ProjectProblem[];
}

/** Names of the folders of a room, sorted; none when there is no such room. */
export async function foldersOf(directory: string, room: string): Promise<string[]> {
  if (!existsSync(join(directory, room))) return [];
  const entries = await readdir(join(directory, room), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => entry.name)
    .toSorted();
}

export interface LoadedSkillFolder extends LoadedFolder<SkillDefinition> {
  /** What its SKILL.md says; undefined when that has problems. */
  readonly card: SkillCard | undefined;
}

/** Loads `skills/<folder>`: its definition, and its SKILL.md. */
export async function loadSkillFolder(directory: string, folder: string): Promise<LoadedSkillFolder> {
  const loaded = await loadFolder(directory, 'skills', folder, 'skill', ({ id }) => ({
    at: 'id',
    expected: skillFolder(id),
    given: id,
  }));
  const { card, problems } = await loadCard(directory, folder);
  return { ...loaded, card, problems: [...loaded.problems, ...takenIds(loaded), ...problems] };
}

function takenIds({ file, definition }: LoadedFolder<SkillDefinition>): ProjectProblem[] {
  const taken = definition && platformSkillLike(definition.id);
  if (!taken) return [];
  const given = JSON.stringify(definition.id);
  const allowed = `any other name; ${taken.id} holds ${taken.holds}`;
  const remedy = 'Rename the skill and its folder';
  return [{ file, at: 'id', wrong: 'belongs to the platform', given, allowed, remedy }];
}

export interface LoadedAgentFolder extends LoadedFolder<AgentDefinition> {
  /** What the files in its `prompts/` say, as far as they have no problems. */
  readonly prompts: AgentPrompts;
}

/** Loads `agents/<folder>`: its definition, and its prompts. */
export async function loadAgentFolder(directory: string, folder: string): Promise<LoadedAgentFolder> {
  const loaded = await loadFolder(directory, 'agents', folder, 'agent', ({ name }) => ({
    at: 'name',
    expected: name,
    given: name,
  }));
  const { prompts, problems } = await loadPrompts(directory, folder);
  return { ...loaded, prompts, problems: [...loaded.problems, ...problems] };
}

async function loadFolder<Kind extends 'skill' | 'agent'>(
  directory: string,
  room: string,
  folder: string,
  kind: Kind,
  folderName: (definition: Definitions[Kind]) => { at: string; expected: string; given: string },
): Promise<LoadedFolder<Definitions[Kind]>> {
  const fileName = extensions
    .map((extension) => kind + extension)
    .find((one) => existsSync(join(directory, room, folder, one)));
  const file = [room, folder, fileName ?? `${kind}.ts`].join('/');
  const failed = (problems: readonly DefinitionProblem[]) => ({
    folder,
    file,
    definition: undefined,
    problems: problems.map((problem) => ({ file, ...problem })),
  });
  if (fileName === undefined) {
    const allowed = extensions.map((extension) => kind + extension).join(', ');
    const remedy = `Write ${kind}.ts, or move the folder out of ${room}/`;
    return failed([{ at: '', wrong: 'is missing', given: `a folder ${room}/${folder} without it`, allowed, remedy }]);
  }
  const imported = await importDefinition(join(directory, file), kind);
  if (!imported.ok) return failed(imported.problems);
  const { definition } = imported;
  const { at, expected, given } = folderName(definition);
  if (expected === folder) return { folder, file, definition, problems: [] };
  const problem = {
    file,
    at,
    wrong: 'does not fit the name of its folder',
    given: `${JSON.stringify(given)} in ${room}/${folder}`,
    allowed: `the folder ${room}/${expected}`,
    remedy: `Rename the folder, or the ${kind}`,
  };
  return { folder, file, definition, problems: [problem] };
}

interface Definitions {
  readonly skill: SkillDefinition;
  readonly agent: AgentDefinition;
}

async function loadCard(
  directory: string,
  folder: string,
): Promise<{ readonly card: SkillCard | undefined; readonly problems: readonly ProjectProblem[] }> {
  const file = ['skills', folder, skillCard].join('/');
  if (!existsSync(join(directory, file))) {
    const problem = {
      file,
      at: '',
      wrong: 'is missing',
      given: `a folder skills/${folder} without it`,
      allowed: 'a file in the Agent Skills format',
      remedy: `Begin it with ---, name: ${folder}, description: …, ---, and write the instructions below`,
    };
    return { card: undefined, problems: [problem] };
  }
  const reading = readSkillCard(await readFile(join(directory, file), 'utf8'), folder);
  if (reading.ok) return { card: reading.card, problems: [] };
  return { card: undefined, problems: reading.problems.map((problem) => ({ file, ...problem })) };
}
