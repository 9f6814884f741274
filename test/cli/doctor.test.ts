import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, holdfast } from './command.ts';
import { portOf, startPlatform } from './platform.ts';

const project = new URL('../../examples/hello-project', import.meta.url).pathname;

async function findings(args: readonly string[], env: Readonly<Record<string, string>>) {
  const ended = await holdfast(['doctor', '--json', ...args], { env });
  const { findings: list } = JSON.parse(ended.stdout) as {
    findings: { check: string; verdict: string; found: string; remedy?: string }[];
  };
  return { exitCode: ended.exitCode, problems: list.filter(({ verdict }) => verdict === 'problem'), list };
}

it('finds nothing where all is well', async () => {
  const platform = await startPlatform({ listRuns: () => ({ items: [], nextCursor: null }) });
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' };
  const { exitCode, problems, list } = await findings(['--project', project], env);
  await platform.stop();
  expect(problems).toEqual([]);
  expect(list.map(({ check }) => check)).toEqual(['node', 'project', 'data directory', 'port', 'platform', 'token']);
  expect(exitCode).toBe(0);
});

it('a platform that is not there is a problem with a remedy, and exit 4', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const env = { HOLDFAST_URL: `http://127.0.0.1:${portOf(server)}`, HOLDFAST_TOKEN: 'a.b.c' };
  await new Promise((resolve) => server.close(resolve));
  const { exitCode, problems } = await findings(['--project', project], env);
  expect(problems.map(({ check }) => check)).toEqual(['port', 'platform']);
  expect(problems[1]?.remedy).toContain('holdfast start');
  expect(exitCode).toBe(4);
});

it('each problem is found though there are others, and exit 1', async () => {
  const folder = emptyFolder();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const platform = await startPlatform({});
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: file };
  const { exitCode, problems } = await findings(['--project', folder], env);
  await platform.stop();
  expect(problems.map(({ check }) => check)).toEqual(['project', 'data directory', 'token']);
  for (const { remedy } of problems) expect(remedy).toMatch(/.{10}/);
  expect(exitCode).toBe(1);
});
