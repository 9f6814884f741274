import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');
/** What the console is made of. The lock file stands for its packages. */
const sources = ['console/**/*', 'core/contract/**/*', 'core/model/**/*', 'docs/errors/*', 'package-lock.json'];
const built = join(repository, 'dist', 'console', 'index.html');
const builtFrom = join(repository, 'dist', 'console.sha256');

/** Builds the web console into dist/console, unless what is there was built from the same sources. */
export async function buildConsole(): Promise<'built' | 'fresh'> {
  const hash = hashOfSources();
  if (existsSync(built) && existsSync(builtFrom) && readFileSync(builtFrom, 'utf8') === hash) return 'fresh';
  // Only here: an installed package has the console and no Vite.
  const { build } = await import('vite');
  process.stderr.write('Building the web console; this takes some seconds, once for each change of it.\n');
  // A test runner says 'test' here, and Vite would take its word and build for development.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ configFile: join(repository, 'console', 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
  mkdirSync(join(repository, 'dist'), { recursive: true });
  writeFileSync(builtFrom, hash);
  return 'built';
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const paths = globSync(sources, { cwd: repository, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const path of paths)
    hash.update(path.slice(repository.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

if (import.meta.main) await buildConsole();
