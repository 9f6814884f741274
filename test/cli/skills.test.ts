import { expect, it } from 'vitest';
import type { SkillPage } from '../../core/contract/api.ts';
import { holdfast } from './command.ts';
import { startPlatform } from './platform.ts';

const skill = (id: string): SkillPage['items'][number] => ({
  id,
  release: '1.0.0',
  description: 'Writes notes.',
  actions: [
    { name: 'write', description: 'Write a note.', effect: { class: 'P' }, timeoutSeconds: 20, maxAttempts: 3 },
  ],
});
const env = (url: string) => ({ HOLDFAST_URL: url, HOLDFAST_TOKEN: 'token' });

it('skills search asks for the skills that fit the words, and keeps their order', async () => {
  const platform = await startPlatform({
    listSkills: ({ query }) => ({
      items:
        query['search'] === 'write it down'
          ? [{ ...skill('Notes:v2'), matched: ['write', 'down'], whenToUse: 'When memory fails.' }, skill('Diary:v1')]
          : [],
      nextCursor: null,
    }),
  });
  const found = await holdfast(['skills', 'search', 'write', 'it', 'down'], { env: env(platform.url) });
  const json = await holdfast(['skills', 'search', 'write it down', '--json'], { env: env(platform.url) });
  const nothing = await holdfast(['skills', 'search', 'fly'], { env: env(platform.url) });
  await platform.stop();
  expect(found).toMatchObject({ exitCode: 0, stderr: '' });
  expect(found.stdout.indexOf('Notes:v2')).toBeLessThan(found.stdout.indexOf('Diary:v1'));
  expect(found.stdout).toMatch(/Notes:v2 +write +write, down +When memory fails\./);
  expect(found.stdout).toMatch(/Diary:v1 .*Writes notes\./);
  expect((JSON.parse(json.stdout) as SkillPage).items.map(({ id }) => id)).toEqual(['Notes:v2', 'Diary:v1']);
  expect(nothing).toMatchObject({ exitCode: 0, stdout: '' });
  expect(nothing.stderr).toContain('No skill fits');
});

it('skills list and show say which skills are deprecated and what to use instead', async () => {
  const old = { ...skill('Notes:v1'), deprecated: { replacedBy: 'Notes:v2' } };
  const platform = await startPlatform({
    listSkills: () => ({ items: [old, skill('Notes:v2')], nextCursor: null }),
    showSkill: () => ({
      ...old,
      skillHash: 'hash',
      actions: old.actions.map((action) => ({ ...action, input: {}, output: {} })),
    }),
  });
  const list = await holdfast(['skills'], { env: env(platform.url) });
  const shown = await holdfast(['skills', 'show', 'Notes:v1'], { env: env(platform.url) });
  await platform.stop();
  expect(list).toMatchObject({ exitCode: 0, stderr: 'Notes:v1 is deprecated; use Notes:v2.\n' });
  expect(shown.stdout).toContain('deprecated: use Notes:v2');
});
