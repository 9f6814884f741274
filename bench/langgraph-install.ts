import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('./langgraph/', import.meta.url);

/**
 * Installs LangGraph.js into bench/langgraph, from its own lock file, unless that was done already. It is never a
 * dependency of the product. No install script runs: better-sqlite3 carries its binaries within the package.
 *
 * @returns why it could not be installed, or undefined
 */
export function installLanggraph(): string | undefined {
  const lock = new URL('package-lock.json', folder);
  const installed = new URL('node_modules/.package-lock.json', folder);
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return undefined;
  const npm = process.env['npm_execpath'];
  const [command, ...first] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const outcome = spawnSync(command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(folder),
    encoding: 'utf8',
    // npm run hands its own settings down; those of the product do not apply here.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name))),
  });
  if (outcome.status === 0) return undefined;
  const said = (outcome.error?.message ?? outcome.stderr).split('\n').filter((line) => line.startsWith('npm error'));
  return `npm ci in bench/langgraph failed: ${said.slice(0, 3).join(' ') || outcome.error?.message || `exit code ${outcome.status}`}`;
}
