import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { freePort, makeProjectFolder, RunningPlatform, repository, untilAtRest } from './running-platform.ts';

const removals: (() => void)[] = [];
afterEach(() => RunningPlatform.killAll());
afterAll(() => {
  for (const remove of removals) remove();
});

async function projectFolder(...path: string[]): Promise<ProjectFolder> {
  const folder = await makeProjectFolder(join(repository, ...path));
  removals.push(() => folder.remove());
  return folder;
}

it('any folder with skills and agents is a project: its playbook runs', async () => {
  const folder = await projectFolder('examples', 'hello-project');
  const platform = await RunningPlatform.start(folder);
  const ended = await holdfast(['run', 'greeter', '--playbook', 'greet', '--input', '{"name":"Ada"}', '--watch'], {
    env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory },
  });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain('Hello, Ada!');
  expect(ended.stdout).toContain('Hei, Ada!');
});

it('a project with several broken definitions is refused with one clear message for each, and exit code 2', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-broken-'));
  removals.push(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(join(repository, 'examples', 'hello-project'), directory, { recursive: true });
  const write = (path: string, content: string): void => {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  const card = (name: string): string =>
    `---\nname: ${name}\ndescription: Does something. Use it for tests.\n---\n\n# It\n`;
  write('agents/nobody/agent.ts', 'export default 42;\n');
  write('agents/untyped/agent.ts', 'export default {{;\n');
  write(
    'agents/grabby/agent.ts',
    "import { defineAgent } from 'holdfast';\n" +
      "export default defineAgent({ name: 'grabby', description: 'Wants all.', grants: ['Vault:v1'], deadline: '1h', playbooks: {} });\n",
  );
  write('skills/lonely-v1/SKILL.md', card('lonely-v1'));
  write('skills/lonely-v1/skill.ts', "import 'no-such-package';\nexport default 1;\n");
  write('holdfast.json', '{ "services": [{ "name": "x", "command": "gone.ts", "port": 1234, "setting": "X_URL" }] }');

  const ended = await holdfast(['start', '--project', directory, '--port', String(await freePort())]);
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(`The project in ${directory} cannot be loaded (5 problems)`);
  const problems = [
    ['agents/nobody/agent.ts', 'does not export a definition of defineAgent by default'],
    ['agents/untyped/agent.ts', 'is no code that Node can run'],
    ['agents/grabby/agent.ts', 'Vault:v1'],
    ['skills/lonely-v1/skill.ts', 'imports something that is not there'],
    ['holdfast.json', 'is no script that is there'],
  ] as const;
  for (const [file, wrong] of problems) {
    const after = ended.stderr.split('\n').findIndex((line) => line.trim() === file);
    expect(after, `${file} in ${ended.stderr}`).toBeGreaterThan(0);
    expect(ended.stderr.split('\n')[after + 1]).toContain(wrong);
  }
  // Told to a person: no stack.
  expect(ended.stderr).not.toMatch(/^ +at /m);
});

it('a skill that ends its worker, or never ends, costs only its own run, which waits for a person', async () => {
  const folder = await projectFolder('test', 'e2e', 'unruly-project');
  const platform = await RunningPlatform.start(folder);
  const start = (playbook: string): Promise<string> => platform.startRun({ agent: 'unruly', playbook, input: {} });
  const [deadly, endless] = [await start('exit'), await start('spin')];
  for (let count = 0; count < 5; count += 1) {
    expect(await untilAtRest(platform, await start('answer'))).toMatchObject({ status: 'completed' });
  }
  const only = (run: RunView) => run.steps.window.find(({ id }) => id === 'only');
  const dead = await untilAtRest(platform, deadly, 120_000);
  expect(dead).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human' } });
  expect(only(dead)).toMatchObject({ status: 'failed' });
  expect(await platform.showRun(endless)).toMatchObject({ status: 'running' });
  // A worker that is busy for ever does not keep the platform from ending.
  const stoppedAtMs = Date.now();
  await platform.stop();
  expect(Date.now() - stoppedAtMs).toBeLessThan(20_000);
});
