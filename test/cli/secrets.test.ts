import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileSecretStore } from '../../core/adapters/secrets/index.ts';
import { emptyFolder, holdfast } from './command.ts';

const set = (data: string, name: string, input: string) =>
  holdfast(['secrets', 'set', name, '--data', data], { input });

it('a secret is read from standard input and kept in a file that only its owner can read', async () => {
  const data = join(emptyFolder(), 'not', 'there', 'yet');
  const ended = await set(data, 'HOTEL_API_KEY', 'a "secret" value\n');
  expect(ended).toEqual({ exitCode: 0, stdout: `HOTEL_API_KEY is kept in ${data}.\n`, stderr: '' });
  await set(data, 'CAR_API_KEY', 'first line\nsecond line\n');
  await set(data, 'HOTEL_API_KEY', 'another value');
  const file = join(data, 'secrets.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    CAR_API_KEY: 'first line\nsecond line',
    HOTEL_API_KEY: 'another value',
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await new FileSecretStore(file).read('HOTEL_API_KEY')).toBe('another value');
});

it('secrets are listed by name, never with a value', async () => {
  const cwd = emptyFolder();
  const data = join(cwd, '.holdfast');
  expect(await holdfast(['secrets'], { cwd })).toMatchObject({ exitCode: 0, stdout: '' });
  await set(data, 'B_KEY', 'hush-hush-1');
  await set(data, 'A_KEY', 'hush-hush-2');
  expect(await holdfast(['secrets', 'list'], { cwd })).toEqual({ exitCode: 0, stdout: 'A_KEY\nB_KEY\n', stderr: '' });
  const asJson = await holdfast(['secrets', 'list', '--json'], { env: { HOLDFAST_DATA: data } });
  expect(JSON.parse(asJson.stdout)).toEqual({ names: ['A_KEY', 'B_KEY'] });
});

it.each([
  ['no name', 'hotel-key', 'long enough', "'hotel-key' is no name of a secret"],
  ['too short', 'HOTEL_KEY', 'short', 'The value has 5 characters. A secret needs 8'],
  ['empty', 'HOTEL_KEY', '', 'The value has 0 characters'],
])('a secret that is %s is refused and nothing is kept', async (_, name, value, message) => {
  const data = emptyFolder();
  const ended = await set(data, name, value);
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(message);
  expect(existsSync(join(data, 'secrets.json'))).toBe(false);
});

it('a value is taken from nowhere but standard input', async () => {
  const ended = await holdfast(['secrets', 'set', 'HOTEL_KEY', 'hush-hush'], { cwd: emptyFolder() });
  expect(ended.exitCode).toBe(2);
});

it('a file that others can read, or that is malformed, is refused without showing what is in it', async () => {
  const data = emptyFolder();
  const file = join(data, 'secrets.json');
  writeFileSync(file, '{"HOTEL_KEY":"hush-hush"}');
  chmodSync(file, 0o644);
  const open = await holdfast(['secrets', 'list', '--data', data]);
  expect(open.exitCode).toBe(2);
  expect(open.stderr).toContain(`chmod 600 '${file}'`);
  chmodSync(file, 0o600);
  writeFileSync(file, '{"HOTEL_KEY":"hush-hush');
  const broken = await set(data, 'CAR_KEY', 'long enough');
  expect(broken.exitCode).toBe(2);
  expect(open.stderr + broken.stderr).not.toContain('hush');
});
