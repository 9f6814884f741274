import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** What of a package.json a test looks at. */
export interface PackageManifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const manifestIn = (folder: string): PackageManifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;

/** The package that `npm run build` makes, in a new folder. */
export async function buildPackage(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'holdfast-build-')), 'package');
  await run(process.execPath, [join(repository, 'bin', 'build.ts'), folder]);
  return folder;
}

export interface Packed {
  readonly tarball: string;
  /** Paths within the package. */
  readonly files: readonly string[];
  readonly integrity: string;
}

/** What `npm pack` makes of a built package. */
export async function pack(folder: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--offline'], { cwd: folder });
  const [packed] = JSON.parse(stdout) as [{ filename: string; integrity: string; files: { path: string }[] }];
  const { filename, integrity, files } = packed;
  return { tarball: join(folder, filename), integrity, files: files.map(({ path }) => path) };
}

/**
 * A project outside of the repository with the tarball in its node_modules, and links to those packages, and only
 * those, that the tarball depends on and that its author needs for types.
 */
export async function installInto(source: string, tarball: string): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'holdfast-installed-'));
  for (const part of ['package.json', 'skills', 'agents']) {
    cpSync(join(repository, source, part), join(project, part), { recursive: true });
  }
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  await run('tar', ['-xzf', tarball, '-C', modules]);
  renameSync(join(modules, 'package'), join(modules, 'holdfast'));
  for (const name of [...Object.keys(manifestIn(join(modules, 'holdfast')).dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  }
  return project;
}

/** The mistakes that the compiler finds in a project, as `file:line code`. */
export async function typeMistakes(project: string): Promise<string[]> {
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true } }),
  );
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], { cwd: project }).catch(
    (error: { stdout?: string }) => {
      if (typeof error.stdout === 'string' && error.stdout !== '') return { stdout: error.stdout };
      throw error;
    },
  );
  return [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)].map(
    ([, file, line, code]) => `${file}:${line} ${code}`,
  );
}
