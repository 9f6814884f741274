import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';
import { rolldown } from 'rolldown';
import { readSkillCard } from '../../core/contract/skill-card.ts';
import { holdersOf } from '../../core/authz/grant-holders.ts';
import type { SkillCard } from '../../core/model/skill-card.ts';
import type { Project, SkillManifest } from '../project.ts';

/** Code of one Lambda function: a handler with the definitions that it may know. */
export interface Bundle {
  /** Folder in the output: `api`, or `skill-hotel-booking-v1`. */
  readonly name: string;
  /** Folder in `functions/`. */
  readonly handler: string;
  /** Folders in `skills/` and `agents/` of the project. */
  readonly skills: readonly string[];
  readonly agents: readonly string[];
  /** The one skill whose steps it carries out: of agents it knows only what they may do with it. */
  readonly hosts?: SkillManifest;
  /** Whether it knows what the SKILL.md of each skill says. */
  readonly knowsCards: boolean;
  /** Whether it asks models, and so knows the prompts of each agent. */
  readonly asksModels: boolean;
}

/** Functions of the platform, and whether they know the skills and agents of the project. */
const platformFunctions = {
  api: true,
  decide: true,
  think: true,
  delegate: true,
  inbox: false,
  sweep: false,
  notify: false,
  'export-spans': true,
  'token-claims': false,
  'publish-console': false,
};
export type PlatformFunction = keyof typeof platformFunctions;

/** Name of the bundle of one skill version. */
export const skillBundle = (folder: string): string => `skill-${folder}`;

/** One bundle for each function of a project. That of a skill holds this skill and no other. */
export function bundlesOf(project: Project): Bundle[] {
  const skills = project.skills.map((skill) => skill.folder);
  const agents = project.agents.map((agent) => agent.name);
  return [
    ...Object.entries(platformFunctions).map(([name, knowsProject]) => ({
      name,
      handler: name,
      ...(knowsProject ? { skills, agents } : { skills: [], agents: [] }),
      knowsCards: knowsProject,
      asksModels: name === 'think',
    })),
    ...project.skills.map((skill) => ({
      name: skillBundle(skill.folder),
      handler: 'skill-host',
      skills: [skill.folder],
      agents: [],
      hosts: skill,
      knowsCards: false,
      asksModels: false,
    })),
  ];
}

/**
 * Writes `<outDir>/<bundle>/index.mjs` for every function and removes what was there before.
 * Equal sources give equal bytes, so that a deployment changes only the functions whose code changed.
 * Returns the paths of the written files.
 */
export async function writeBundles(options: {
  readonly packageDir: string;
  readonly project: Project;
  readonly outDir: string;
}): Promise<string[]> {
  await rm(options.outDir, { recursive: true, force: true });
  // One after the other: each takes both cores by itself, and all at once take a gigabyte.
  const written: string[] = [];
  for (const bundle of bundlesOf(options.project)) written.push(await writeBundle(bundle, options));
  return written;
}

async function writeBundle(
  bundle: Bundle,
  { packageDir, project, outDir }: { packageDir: string; project: Project; outDir: string },
): Promise<string> {
  const cards = bundle.knowsCards ? await cardsOf(bundle.skills, project.dir) : [];
  const build = await rolldown({
    cwd: packageDir,
    input: { index: entryId },
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    plugins: [generatedModules(bundle, cards, packageDir, project)],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(`Bundling ${bundle.name}: ${log.message}`);
    },
  });
  try {
    const { output } = await build.write({
      dir: join(outDir, bundle.name),
      format: 'esm',
      entryFileNames: '[name].mjs',
      codeSplitting: false,
      minify: true,
    });
    const [file, ...more] = output;
    if (more.length > 0) throw new Error(`Bundling ${bundle.name} gave ${output.length} files instead of one.`);
    const judges = bundle.skills.length > 0;
    if (judges) await copyFile(cedarModule(), join(outDir, bundle.name, 'cedar_wasm_bg.wasm'));
    return join(outDir, bundle.name, file.fileName);
  } finally {
    await build.close();
  }
}

const entryId = 'holdfast:entry';
const definitionsId = 'holdfast:definitions';

/** The entry of a bundle, the definitions it provides, and `holdfast` as the one copy of the sdk in this package. */
function generatedModules(bundle: Bundle, cards: readonly SkillCard[], packageDir: string, project: Project): Plugin {
  const modules = new Map([
    [entryId, entryModule(bundle.handler, join(packageDir, 'functions'))],
    [definitionsId, definitionsModule(bundle, cards, join(packageDir, 'functions', 'registry.ts'), project)],
  ]);
  return {
    name: 'holdfast',
    resolveId: (id) => {
      if (id === 'holdfast') return join(packageDir, 'core', 'sdk', 'index.ts');
      return modules.has(id) ? `\0${id}` : undefined;
    },
    load: (id) => modules.get(id.replace('\0', '')),
  };
}

/**
 * Imports run in their order: the definitions are there before the handler's module begins, and the network is closed
 * before the first line of a skill.
 */
function entryModule(handler: string, functionsDir: string): string {
  const folder = join(functionsDir, handler);
  return [
    ...(handler === 'skill-host' ? [`import ${quoted(join(folder, 'closed-network.ts'))};`] : []),
    `import ${quoted(definitionsId)};`,
    `export { handler } from ${quoted(join(folder, 'handler.ts'))};`,
  ].join('\n');
}

/** What the SKILL.md of each skill says, in the order of the folders. Throws for one that is missing or broken. */
function cardsOf(folders: readonly string[], projectDir: string): Promise<SkillCard[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const path = join(projectDir, 'skills', folder, 'SKILL.md');
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        throw new Error(`${path} cannot be read. Each skill has a SKILL.md that says when to use it.`, {
          cause: error,
        });
      });
      const reading = readSkillCard(text, folder);
      if (reading.ok) return reading.card;
      const problems = reading.problems.map(({ at, wrong, given, allowed, remedy }) =>
        `${at} ${wrong}: ${given}. Allowed: ${allowed}. ${remedy}.`.trim(),
      );
      throw new Error(`${path}: ${problems.join(' ')}`);
    }),
  );
}

function definitionsModule(bundle: Bundle, cards: readonly SkillCard[], registry: string, project: Project): string {
  const skills = bundle.skills.map((folder) => join(project.dir, 'skills', folder, 'skill.ts'));
  const agents = bundle.agents.map((folder) => join(project.dir, 'agents', folder, 'agent.ts'));
  const list = (name: string, paths: readonly string[]): string =>
    paths.map((_, index) => `${name}${index}`).join(', ');
  const holders = bundle.hosts
    ? JSON.stringify(holdersOf(bundle.hosts.id, project.agents))
    : `[${list('agent', agents)}]`;
  const knowsProject = bundle.skills.length > 0;
  return [
    `import { provideProject } from ${quoted(registry)};`,
    ...skills.map((path, index) => `import skill${index} from ${quoted(path)};`),
    ...agents.map((path, index) => `import agent${index} from ${quoted(path)};`),
    `provideProject({`,
    `  registry: {`,
    `    skills: new Map([${list('skill', skills)}].map((skill) => [skill.id, skill])),`,
    `    agents: new Map(${holders}.map((agent) => [agent.name, agent])),`,
    ...(bundle.knowsCards
      ? [
          `    cards: new Map([${cards.map((card, index) => `[skill${index}.id, ${JSON.stringify(card)}]`).join(', ')}]),`,
        ]
      : []),
    ...(bundle.asksModels
      ? [`    prompts: new Map(${JSON.stringify(project.agents.map(({ name, prompts }) => [name, prompts]))}),`]
      : []),
    `  },`,
    `  policies: ${JSON.stringify(knowsProject ? project.policies : [])},`,
    `  isPart: ${bundle.hosts !== undefined},`,
    `});`,
  ].join('\n');
}

/** The policy engine, which a bundle reads from beside itself. */
function cedarModule(): string {
  return fileURLToPath(new URL('./cedar_wasm_bg.wasm', import.meta.resolve('@cedar-policy/cedar-wasm/web')));
}

const quoted = (text: string): string => JSON.stringify(text);
