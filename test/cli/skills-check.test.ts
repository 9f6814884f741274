import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { emptyFolder, holdfast } from './command.ts';
import type { Ended } from './command.ts';

let directory: string;
const lockFile = (): string => join(directory, 'skills.lock.json');
const check = (...args: string[]): Promise<Ended> => holdfast(['skills', 'check', '--project', directory, ...args]);

interface Terms {
  readonly input?: string;
  readonly output?: string;
  readonly release?: string;
  readonly more?: string;
}

function writeSkill(
  id: string,
  { input = 'city: z.string()', output = 'id: z.string()', release = '1.0.0', more = '' }: Terms = {},
): void {
  const folder = id.toLowerCase().replace(':', '-');
  mkdirSync(join(directory, 'skills', folder), { recursive: true });
  writeFileSync(join(directory, 'skills', folder, 'SKILL.md'), `---\nname: ${folder}\ndescription: A skill.\n---\n`);
  writeFileSync(
    join(directory, 'skills', folder, 'skill.ts'),
    `import { defineAction, defineSkill } from 'holdfast';
    import * as z from 'zod';
    const action = (input, output) => defineAction({ description: 'Books.', input, output, run: async () => ({ id: '' }) });
    export default defineSkill({ id: '${id}', release: '${release}', description: 'A skill.', actions: {
      book: action(z.strictObject({ ${input} }), z.object({ ${output} })), ${more} } });`,
  );
}

beforeEach(async () => {
  directory = emptyFolder();
  writeSkill('Hotel:v1');
  writeSkill('Notes:v1');
  expect(await check('--write')).toMatchObject({ exitCode: 0 });
});

it('skills check passes while the skills promise what the lock says, with no platform running', async () => {
  const ended = await check();
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain('2 skills promise what skills.lock.json says');
});

it('the lock is written alike each time, sorted, with a release and the JSON Schemas of each skill', async () => {
  const lock = readFileSync(lockFile(), 'utf8');
  rmSync(lockFile());
  expect(await check('--write')).toMatchObject({ exitCode: 0 });
  expect(readFileSync(lockFile(), 'utf8')).toBe(lock);
  expect(Object.keys((JSON.parse(lock) as { skills: object }).skills)).toEqual(['Hotel:v1', 'Notes:v1']);
  expect(JSON.parse(lock)).toMatchObject({
    lockVersion: 1,
    skills: { 'Hotel:v1': { release: '1.0.0', contract: { actions: { book: { input: { required: ['city'] } } } } } },
  });
});

it('widening passes and says how to record it; recorded, it is the promise', async () => {
  writeSkill('Hotel:v1', {
    input: 'city: z.string(), stars: z.int().optional()',
    more: 'cancel: action(z.object({}), z.object({}))',
    release: '1.1.0',
  });
  const before = readFileSync(lockFile(), 'utf8');
  const widened = await check();
  expect(widened).toMatchObject({ exitCode: 0, stderr: '' });
  expect(widened.stdout).toContain('Hotel:v1  changed  1.0.0 -> 1.1.0');
  expect(widened.stdout).toContain('book.input.stars: was refused');
  expect(widened.stdout).toContain('cancel: was absent, is a new action');
  expect(widened.stdout).toContain("record it with 'holdfast skills check --write'");
  expect(readFileSync(lockFile(), 'utf8')).toBe(before);

  expect(await check('--write')).toMatchObject({ exitCode: 0 });
  writeSkill('Hotel:v1');
  const narrowed = await check();
  expect(narrowed.exitCode).toBe(2);
  expect(narrowed.stdout).toContain('cancel: was an action, is gone');
});

it('narrowing fails, names each field and the way out, and is never recorded', async () => {
  writeSkill('Hotel:v1', { input: 'city: z.string().max(9), guest: z.string()', output: '' });
  const before = readFileSync(lockFile(), 'utf8');
  for (const args of [[], ['--write']]) {
    const ended = await check(...args);
    expect(ended.exitCode).toBe(2);
    expect(ended.stdout).toContain(
      'book.input.city: was string, is string, at most 9 long. Accept what was accepted, or make the change in Hotel:v2.',
    );
    expect(ended.stdout).toContain('book.input.guest: was absent, is required');
    expect(ended.stdout).toContain('book.output.id: was required, is absent');
    expect(ended.stdout).toContain("raise 'release'");
    expect(readFileSync(lockFile(), 'utf8')).toBe(before);
  }
});

it('a new version passes, and a version that is gone fails unless its end is recorded', async () => {
  writeSkill('Hotel:v2', { input: 'place: z.string()' });
  expect((await check()).stdout).toContain('Hotel:v2  new  1.0.0');
  rmSync(join(directory, 'skills', 'notes-v1'), { recursive: true });
  const gone = await check();
  expect(gone.exitCode).toBe(2);
  expect(gone.stdout).toContain('Notes:v1  removed  1.0.0');
  expect(await check('--write')).toMatchObject({ exitCode: 0 });
  expect(readFileSync(lockFile(), 'utf8')).not.toContain('Notes:v1');
  expect(await check()).toMatchObject({ exitCode: 0 });
});

it('skills check --json tells it as one document', async () => {
  writeSkill('Hotel:v1', { input: 'city: z.int()' });
  const ended = await check('--json');
  expect(ended.exitCode).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    verdict: 'breaking',
    written: false,
    skills: [
      { id: 'Hotel:v1', state: 'changed', changes: [{ kind: 'breaking', path: 'book.input.city' }] },
      { state: 'same' },
    ],
  });
});

it('a lock that is missing or broken and a project that cannot be loaded are told with what to do', async () => {
  writeFileSync(lockFile(), '{"lockVersion":1,"skills":{"Hotel:v1":{}}}');
  const broken = await check('--write');
  expect(broken.exitCode).toBe(2);
  expect(broken.stderr).toContain('skills.lock.json cannot be read: skills.Hotel:v1.release');
  rmSync(lockFile());
  const missing = await check();
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain("'holdfast skills check --write'");
  expect(existsSync(lockFile())).toBe(false);
  writeSkill('Notes:v1', { release: 'one' });
  const unloadable = await check();
  expect(unloadable.exitCode).toBe(2);
  expect(unloadable.stderr).toContain('cannot be loaded');
});
