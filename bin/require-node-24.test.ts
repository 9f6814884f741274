import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const preload = pathToFileURL(join(import.meta.dirname, 'require-node-24.mjs')).href;

function startAs(version: string): { status: number | null; stderr: string; stdout: string } {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' });`;
  const code = `${pretend} await import('${preload}'); console.log('went on');`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
}

describe('the check of the Node.js version', () => {
  it.each(['18.19.1', '20.11.0', '23.11.1'])('ends the process on %s and says what to do', (version) => {
    const { status, stderr, stdout } = startAs(version);
    expect(status).toBe(2);
    expect(stderr).toContain('Holdfast needs Node.js 24 or newer');
    expect(stderr).toContain(`this is Node.js ${version}`);
    expect(stderr).toContain('What to do:');
    expect(stdout).toBe('');
  });

  it.each(['24.0.0', '26.1.0'])('lets %s go on', (version) => {
    expect(startAs(version)).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' });
  });
});
