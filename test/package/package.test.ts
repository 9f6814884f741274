import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdfast, startCommand } from '../cli/command.ts';
import type { RunningCommand } from '../cli/command.ts';
import { buildPackage, installInto, manifestIn, pack, typeMistakes } from './installed.ts';
import type { Packed } from './installed.ts';

let built: string;
let packed: Packed;
let project: string;
let platform: RunningCommand | undefined;

beforeAll(async () => {
  built = await buildPackage();
  packed = await pack(built);
  project = await installInto('examples/hello-project', packed.tarball);
});

afterAll(() => {
  platform?.child.kill('SIGKILL');
  for (const folder of [project, dirname(built)]) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

it('holds what runs, its declarations and its licence, and no source, test or setting of this repository', () => {
  expect(packed.files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'bin/holdfast.mjs',
      'core/sdk/index.js',
      'core/sdk/index.d.ts',
      'local/emulators/worker.js',
      'local/skill-hosts/worker.js',
      'statemachines/agent-run.asl.json',
      'docs/errors/README.md',
      'dist/console/index.html',
      'dist/console/licenses.md',
    ]),
  );
  const allowed = /^(LICENSE|README\.md|package\.json|docs\/errors\/.+\.md|statemachines\/.+\.asl\.json)$/;
  const compiled = /^(bin|cli|core|functions|local|testing)\/.+(\.js|\.mjs|\.d\.ts|\.d\.mts)$/;
  const bundled = /^dist\/console\/(assets\/[^/]+\.(js|css)|index\.html|icon\.svg|licenses\.md|manifest\.json)$/;
  const known = [allowed, compiled, bundled];
  const others = packed.files.filter((path) => !known.some((pattern) => pattern.test(path)));
  expect([...others, ...packed.files.filter((path) => path.includes('.test.'))]).toEqual([]);
});

it('describes itself by what was compiled, with exact versions and nothing for its own development', () => {
  const manifest = manifestIn(built);
  expect(Object.keys(manifest)).toEqual(
    'name version description license type bin exports engines dependencies'.split(' '),
  );
  expect(manifest).toMatchObject({
    name: 'holdfast',
    version: manifestIn(join(import.meta.dirname, '..', '..')).version,
    exports: {
      '.': { types: './core/sdk/index.d.ts', default: './core/sdk/index.js' },
      './testing': { types: './testing/index.d.ts', default: './testing/index.js' },
      './package.json': './package.json',
    },
  });
  expect(Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(readFileSync(join(built, 'package.json'), 'utf8')).not.toMatch(/https?:/);
});

it('is equal, byte for byte, when it is built again', async () => {
  const again = await buildPackage();
  try {
    expect((await pack(again)).integrity).toBe(packed.integrity);
  } finally {
    rmSync(dirname(again), { recursive: true });
  }
});

it('gives a project its types, and finds mistakes by them', async () => {
  expect(await typeMistakes(project)).toEqual([]);
  const mistaken = join(project, 'mistaken.ts');
  writeFileSync(
    mistaken,
    `import { defineAction } from 'holdfast';
import * as z from 'zod';
export default defineAction({
  description: 'Measures a name.',
  input: z.strictObject({ name: z.string() }),
  output: z.object({ length: z.number() }),
  effect: { class: 'P' },
  run: async ({ surname }, context) => {
    await context.fetch(5);
    return { length: 'long' };
  },
});
`,
  );
  try {
    expect(await typeMistakes(project)).toEqual([
      'mistaken.ts:8 TS2322',
      'mistaken.ts:8 TS2339',
      'mistaken.ts:9 TS2345',
    ]);
  } finally {
    rmSync(mistaken);
  }
});

it('tests an agent of a project that has installed it', async () => {
  const script = join(project, 'greet.ts');
  writeFileSync(
    script,
    `import { expectEffects, expectStatus, runAgent } from 'holdfast/testing';
import greeter from './agents/greeter/agent.ts';
import greeting from './skills/greeting-v1/skill.ts';
const faults = [{ at: 'Greeting:v1/greet', fault: 'hang' }] as const;
const result = await runAgent({ agent: greeter, skills: [greeting], playbook: 'greet', input: { name: 'Ada' }, faults });
expectStatus(result, 'completed');
expectEffects(result, { 'Greeting:v1/greet': 2 });
console.log(JSON.stringify(result.output));
`,
  );
  try {
    expect(await typeMistakes(project)).toEqual([]);
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: project });
    expect(JSON.parse(stdout)).toEqual({ first: 'Hello, Ada!', second: 'Hei, Ada!' });
  } finally {
    rmSync(script);
  }
});

it('starts a project that has installed it, and runs its agent to the end', async () => {
  const installed = { cwd: project, executable: join('node_modules', 'holdfast', 'bin', 'holdfast.mjs') };
  platform = startCommand(['start', '--project', '.', '--port', '0'], installed);
  await platform.saw('Ctrl-C stops it.');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(platform.printed())?.[0] ?? '';

  const run = ['run', 'greeter', '--playbook', 'greet', '--input', '{"name":"Ada"}', '--watch', '--json'];
  const ran = await holdfast(run, { ...installed, env: { HOLDFAST_URL: url } });
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    status: 'completed',
    output: { first: 'Hello, Ada!', second: 'Hei, Ada!' },
  });

  platform.child.kill('SIGTERM');
  expect((await platform.ended).exitCode).toBe(0);
});
