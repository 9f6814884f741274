import { expect, it } from 'vitest';
import { holdfast } from './command.ts';

/** Makes a process believe that it runs on another Node.js. */
const pretend = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;

it('an older Node.js gets a plain message with what was found, what is needed and what to do', async () => {
  const ended = await holdfast(['runs'], { nodeArguments: ['--import', pretend('20.20.2')] });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain('needs Node.js 24 or newer; this is Node.js 20.20.2');
  expect(ended.stderr).toContain('npm ci');
  expect(ended.stderr).not.toContain('    at ');
});

it('the needed Node.js and newer ones are let through', async () => {
  for (const version of ['24.0.0', '26.1.0']) {
    const ended = await holdfast(['--version'], { nodeArguments: ['--import', pretend(version)] });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  }
});
