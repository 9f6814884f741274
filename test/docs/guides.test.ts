import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProject } from '../../local/project/load-project.ts';
import { blocksOf, guides, guidesFolder, readGuide, runTests, typeMistakes, writeProject } from './guide-blocks.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = guidesFolder();
  folders.push(folder);
  return folder;
}

describe('the guides', () => {
  const folder = newFolder();
  const projects = guides().map((guide) => writeProject(folder, guide, readGuide(guide)));
  const isPartOfProject = (file: string): boolean => /^(skills|agents)\//.test(file);

  it('are written in code that compiles', async () => {
    expect(projects.flatMap(({ sources }) => [...sources.keys()]).length).toBeGreaterThan(5);
    expect(await typeMistakes(folder, projects)).toEqual([]);
  });

  it.each(projects)('$guide: its definitions are valid', async ({ directory, sources }) => {
    if ([...sources.keys()].some(isPartOfProject)) {
      const { registry } = await loadProject(directory, {});
      expect(registry.skills.size + registry.agents.size).toBeGreaterThan(0);
    }
    for (const file of [...sources.keys()].filter((one) => !isPartOfProject(one))) {
      await import(pathToFileURL(join(directory, file)).href);
    }
  });

  it.each(projects)('$guide: its tests pass', async ({ directory, sources }) => {
    const tests = [...sources.keys()].filter((file) => file.endsWith('.test.ts'));
    await expect(runTests(directory, tests)).resolves.toBeUndefined();
  });

  it('the one on writing skills makes a project with everything in it', async () => {
    const { registry } = await loadProject(join(folder, 'write-a-skill'), {});
    expect([...registry.skills.keys()].toSorted()).toEqual(['Almanac:v1', 'Billing:v1', 'Tickets:v1', 'Weather:v1']);
    expect([...registry.agents.keys()]).toEqual(['support']);
  });
});

describe('a guide that is wrong', () => {
  const skill = (effect: string, card = true): string =>
    [
      'Text.',
      '',
      '```ts skills/desk-v1/skill.ts',
      "import { defineAction, defineSkill } from 'holdfast';",
      "import * as z from 'zod';",
      "const action = { description: 'Ask.', input: z.object({}), output: z.object({ a: z.string() }) };",
      'export default defineSkill({',
      "  id: 'Desk:v1', release: '1.0.0', description: 'Asks.',",
      `  actions: { ask: defineAction({ ...action, ${effect} }) },`,
      '});',
      '```',
      ...(card ? ['```md skills/desk-v1/SKILL.md', '---', 'name: desk-v1', 'description: Asks.', '---', '```'] : []),
    ].join('\n');
  const good = "run: () => Promise.resolve({ a: '' })";

  it('is told where it does not compile', async () => {
    const folder = newFolder();
    const projects = [
      writeProject(folder, 'docs/guides/a.md', skill(good)),
      writeProject(folder, 'docs/guides/b.md', skill('run: () => Promise.resolve({ a: 7 })')),
      writeProject(
        folder,
        'docs/guides/c.md',
        '\n```ts\nconst unfinished: number = "x";\nexport { unfinished };\n```\n',
      ),
      writeProject(folder, 'docs/guides/d.md', '```ts fragment\nexport default defineSkill({ … });\n```\n'),
    ];
    const mistakes = await typeMistakes(folder, projects);
    expect(mistakes.map((mistake) => mistake.split(': error')[0])).toEqual([
      'docs/guides/b.md:9',
      'docs/guides/c.md:3',
    ]);
  });

  it('is told what is wrong with its definitions', async () => {
    const folder = newFolder();
    const { directory } = writeProject(
      folder,
      'docs/guides/q.md',
      skill(`effect: { class: 'Q', settleTime: '2s' }, ${good}`),
    );
    await expect(loadProject(directory, {})).rejects.toThrow(/lookup/);
    const without = writeProject(folder, 'docs/guides/card.md', skill(good, false));
    await expect(loadProject(without.directory, {})).rejects.toThrow(/SKILL\.md/);
  });

  it('is told that its tests fail', async () => {
    const test = "import { test } from 'node:test';\ntest('x', () => { throw new Error('no'); });";
    const { directory } = writeProject(newFolder(), 'docs/guides/t.md', `\`\`\`ts a.test.ts\n${test}\n\`\`\``);
    await expect(runTests(directory, ['a.test.ts'])).rejects.toThrow('Command failed');
  });

  it.each([
    ['a block that is not closed', '```ts\nlet a;', 'line 1 is not closed'],
    ['a file outside of the project', '```ts ../a.ts\n```', "names '../a.ts'"],
    ['a file that is written twice', '```ts a.ts\n```\n```ts a.ts\n```', 'docs/guides/x.md:4 writes a.ts'],
  ])('is told of %s', (_what, markdown, message) => {
    expect(() => writeProject(newFolder(), 'docs/guides/x.md', markdown)).toThrow(message);
  });

  it('longer fences may hold shorter ones', () => {
    expect(blocksOf('````md a.md\n```ts\n```\n````\n```sh\nls\n```')).toEqual([
      { language: 'md', file: 'a.md', isFragment: false, line: 2, text: '```ts\n```\n' },
      { language: 'sh', file: undefined, isFragment: false, line: 6, text: 'ls\n' },
    ]);
  });
});
