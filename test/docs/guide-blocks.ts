import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** A fenced block of a guide. */
export interface GuideBlock {
  readonly language: string;
  /** The file that its info string names, relative to the project of the guide. */
  readonly file: string | undefined;
  /** Said to be no whole source: it is left alone. */
  readonly isFragment: boolean;
  /** 1-based line of its first line within the guide. */
  readonly line: number;
  readonly text: string;
}

/** The fenced blocks of a guide. Throws when a fence is not closed, or a file name leads out of the project. */
export function blocksOf(markdown: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  let open: { fence: string; words: string[]; line: number; lines: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (open && text.startsWith(open.fence) && /^`+\s*$/.test(text)) {
      blocks.push(blockOf(open.words, open.line, open.lines));
      open = undefined;
    } else if (open) {
      open.lines.push(text);
    } else {
      const [, fence, words = ''] = /^(`{3,})([^`]*)$/.exec(text) ?? [];
      if (fence) open = { fence, words: words.trim().split(/\s+/), line: index + 2, lines: [] };
    }
  }
  if (open) throw new Error(`The block that begins in line ${open.line - 1} is not closed.`);
  return blocks;
}

function blockOf([language = '', ...rest]: readonly string[], line: number, lines: readonly string[]): GuideBlock {
  const isFragment = rest[0] === 'fragment';
  const file = isFragment ? undefined : rest[0];
  if (file !== undefined && (posix.isAbsolute(file) || posix.normalize(file) !== file || file.startsWith('..'))) {
    throw new Error(`The block in line ${line} names '${file}'; name a file within the project.`);
  }
  return { language, file, isFragment, line, text: `${lines.join('\n')}\n` };
}

/** A guide as a project on disk. */
export interface GuideProject {
  /** Relative to the repository. */
  readonly guide: string;
  readonly directory: string;
  /** Its whole sources, relative to the directory, with the line of the guide where each begins. */
  readonly sources: ReadonlyMap<string, number>;
}

/** Where projects of guides lie for the length of a test: ignored, and within the package, so that `holdfast` resolves. */
export function guidesFolder(): string {
  mkdirSync(join(repository, '.holdfast'), { recursive: true });
  return mkdtempSync(join(repository, '.holdfast', 'guides-'));
}

/** Names of all guides, relative to the repository. */
export function guides(): string[] {
  return readdirSync(join(repository, 'docs', 'guides'))
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .map((file) => `docs/guides/${file}`);
}

export function readGuide(guide: string): string {
  return readFileSync(join(repository, guide), 'utf8');
}

/** Writes the blocks of a guide into a folder of its own. Throws when two blocks name one file. */
export function writeProject(folder: string, guide: string, markdown: string): GuideProject {
  const directory = join(folder, basename(guide, '.md'));
  const sources = new Map<string, number>();
  const written = new Set<string>();
  for (const { language, file, isFragment, line, text } of blocksOf(markdown)) {
    const isSource = language === 'ts' && !isFragment;
    if (!isSource && file === undefined) continue;
    const name = file ?? `block-in-line-${line}.ts`;
    if (written.has(name)) throw new Error(`${guide}:${line} writes ${name} for the second time.`);
    written.add(name);
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
    if (isSource) sources.set(name, line);
  }
  return { guide, directory, sources };
}

const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    holdfast: [join(repository, 'core', 'sdk', 'index.ts')],
    'holdfast/testing': [join(repository, 'testing', 'index.ts')],
  },
};

/** The mistakes that the compiler finds in the projects of a folder, as `docs/guides/x.md:line: error TS…: message`. */
export async function typeMistakes(folder: string, projects: readonly GuideProject[]): Promise<string[]> {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], { cwd: folder }).catch(
    (error: { stdout?: string }) => {
      if (typeof error.stdout === 'string' && error.stdout !== '') return { stdout: error.stdout };
      throw error;
    },
  );
  const found = [...stdout.matchAll(/^(\S+)\((\d+),\d+\): (error TS\d+: .*)$/gm)].map(
    ([, file = '', line, message]) => {
      const [name = '', ...path] = file.split('/');
      const project = projects.find(({ directory }) => basename(directory) === name);
      const begins = project?.sources.get(path.join('/'));
      return project && begins !== undefined
        ? `${project.guide}:${begins + Number(line) - 1}: ${message}`
        : `${file}:${line}: ${message}`;
    },
  );
  if (found.length === 0 && stdout.trim() !== '') throw new Error(`The compiler said: ${stdout}`);
  return found;
}

/** Runs the tests of a project with Node's own runner. Throws with what they print when one fails. */
export async function runTests(directory: string, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  // The runner would take itself for a part of the one that has started it.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  await run(process.execPath, ['--test', ...files], { cwd: directory, env: environment });
}
