import { createServer } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { emptyFolder, holdfast, startCommand } from './command.ts';
import type { RunningCommand } from './command.ts';
import { portOf } from './platform.ts';

const project = new URL('../../examples/hello-project', import.meta.url).pathname;
const started: RunningCommand[] = [];
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
});

/** Starts the real platform on a free port and gives what another terminal needs for it. */
async function start(data: string, ...more: string[]) {
  const command = startCommand(['start', '--port', '0', '--project', project, '--data', data, ...more]);
  started.push(command);
  await command.saw('Ctrl-C stops it.');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(command.printed())?.[0] ?? '';
  return { command, env: { HOLDFAST_URL: url, HOLDFAST_DATA: data } };
}

async function stop(command: RunningCommand) {
  command.child.kill('SIGTERM');
  return command.ended;
}

it('starts, says where everything is, runs an agent, stops cleanly, and remembers until --fresh', async () => {
  const data = join(emptyFolder(), 'kept');
  const first = await start(data);
  const banner = first.command.printed();
  expect(banner).toContain(`project   ${project}`);
  expect(banner).toContain(`data      ${data}`);
  expect(banner).toContain('resuming  0 runs');
  expect(banner).toMatch(/mails {5}http:\/\/127\.0\.0\.1:\d+\/mails/);
  expect(banner).toContain(`export HOLDFAST_URL=${first.env.HOLDFAST_URL}`);
  expect(banner).toContain(`export HOLDFAST_DATA='${data}'`);

  const run = ['run', 'greeter', '--playbook', 'greet', '--input', '{"name":"Ada"}', '--watch', '--json'];
  const ran = await holdfast(run, { env: first.env });
  expect(ran.exitCode).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    status: 'completed',
    output: { first: expect.stringContaining('Ada') },
  });

  const healthy = await holdfast(['doctor', '--project', project], { env: first.env });
  expect(healthy.exitCode).toBe(0);
  expect(healthy.stdout).not.toContain('problem');

  const stopped = await stop(first.command);
  expect(stopped.exitCode).toBe(0);
  expect(stopped.stderr).toContain('Stopped.');

  const second = await start(data);
  const listed = await holdfast(['runs', '--json'], { env: second.env });
  expect(JSON.parse(listed.stdout)).toMatchObject({ items: [{ agent: 'greeter', status: 'completed' }] });
  await stop(second.command);
  await holdfast(['secrets', 'set', 'HOTEL_API_KEY', '--data', data], { input: 'hush-hush' });

  const third = await start(data, '--fresh');
  const forgotten = await holdfast(['runs', '--json'], { env: third.env });
  expect(JSON.parse(forgotten.stdout)).toEqual({ items: [], nextCursor: null });
  await stop(third.command);
  // Nobody could bring those back.
  const secrets = await holdfast(['secrets', 'list', '--data', data]);
  expect(secrets.stdout).toBe('HOTEL_API_KEY\n');
});

it('a port or a data directory that is taken is wrong use: exit 2, and what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const port = portOf(server);
  const args = ['start', '--project', project];
  const taken = await holdfast([...args, '--port', String(port), '--data', emptyFolder()]);
  await new Promise((resolve) => server.close(resolve));
  expect(taken).toMatchObject({ exitCode: 2, stdout: '' });
  expect(taken.stderr).toContain(`Port ${port} is in use`);
  expect(taken.stderr).toContain('--port');

  const data = emptyFolder();
  const { command } = await start(data);
  const refused = await holdfast([...args, '--port', '0', '--data', data]);
  await stop(command);
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('Another platform is using');
});

it('a broken project is told file by file: exit 2', async () => {
  const broken = emptyFolder();
  mkdirSync(join(broken, 'agents', 'x'), { recursive: true });
  writeFileSync(join(broken, 'agents', 'x', 'agent.ts'), 'export default 42;\n');
  const ended = await holdfast(['start', '--port', '0', '--project', broken]);
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain('agents/x/agent.ts');
  expect(ended.stderr).not.toContain('    at ');
});

it.each([
  ['HOLDFAST_MODELS', 'gpt-5-mini'],
  ['HOLDFAST_MODEL_PRICES', '{}'],
  ['HOLDFAST_TENANT_DAY_BUDGET', '{"eur":5}'],
  ['HOLDFAST_LIMITS', '{"localSweepMs":0}'],
  ['HOLDFAST_LIMITS', 'many'],
])('%s as %s is told at once, and not by the first model step: exit 2', async (name, value) => {
  const args = ['start', '--port', '0', '--project', project, '--data', emptyFolder()];
  const ended = await holdfast(args, { env: { [name]: value } });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(name);
  expect(ended.stderr).not.toContain('    at ');
});

it('--fresh wipes nothing that was never a data directory', async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'thesis.txt'), 'years of work');
  const ended = await holdfast(['start', '--port', '0', '--project', project, '--data', folder, '--fresh']);
  expect(ended.exitCode).toBe(2);
  expect(ended.stderr).toContain(`would wipe ${folder}`);
});
