import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProject } from './project.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'manifests-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const action = { timeoutSeconds: 5, effect: { class: 'P' } };
const skill = (id: string) => ({ kind: 'skill', id, settings: [], actions: { act: action } });
const agent = (name: string, grants: unknown[], bases?: string[]) => ({ kind: 'agent', name, grants, extends: bases });

/** Writes a project of plain definitions, and of texts for other files, and returns its folder. */
function project(name: string, files: Readonly<Record<string, unknown>>): string {
  for (const [path, definition] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, name, path)), { recursive: true });
    const text = path.endsWith('.ts') ? `export default ${JSON.stringify(definition)};` : String(definition);
    writeFileSync(join(scratch, name, path), text);
  }
  return join(scratch, name);
}

const skills = {
  'skills/mail-v1/skill.ts': skill('Mail:v1'),
  'skills/billing-v1/skill.ts': skill('Billing:v1'),
  'skills/text-v1/skill.ts': skill('Text:v1'),
};

test('an agent may reach the skills of all its grants: with limits, and of those it extends', async () => {
  const dir = project('inheritance', {
    ...skills,
    'agents/base/agent.ts': agent('base', ['Text:v1/act']),
    'agents/clerk/agent.ts': agent('clerk', [{ grant: 'Billing:v1/act', tenants: ['acme'] }], ['base']),
    'agents/head/agent.ts': agent('head', ['Mail:v1'], ['clerk']),
  });
  const { agents } = await readProject(dir);
  expect(agents.map(({ name, skills: reach }) => ({ name, skills: reach }))).toEqual([
    { name: 'base', skills: ['Text:v1'] },
    { name: 'clerk', skills: ['Billing:v1', 'Text:v1'] },
    { name: 'head', skills: ['Billing:v1', 'Mail:v1', 'Text:v1'] },
  ]);
});

test('an agent has the prompts that lie beside it, and none of those that it extends', async () => {
  const dir = project('prompts', {
    'agents/base/agent.ts': agent('base', []),
    'agents/base/prompts/plan.md': '# Plan\r\n\r\nBe brief.\r\n',
    'agents/base/prompts/.DS_Store': 'What a desktop leaves behind.',
    'agents/heir/agent.ts': agent('heir', [], ['base']),
  });
  const { agents } = await readProject(dir);
  expect(agents.map(({ name, prompts }) => [name, prompts])).toEqual([
    ['base', { plan: '# Plan\n\nBe brief.' }],
    ['heir', {}],
  ]);
});

test.each([
  ['an unknown base', { 'agents/a/agent.ts': agent('a', [], ['b']) }, "extends 'b', which is no agent"],
  ['an unknown skill', { 'agents/a/agent.ts': agent('a', ['Gone:v1']) }, "grants 'Gone:v1', which no folder"],
  ['an unknown limit', { 'agents/a/agent.ts': agent('a', [{ grant: 'Mail:v1', limit: 5 }]) }, 'grants.0'],
  [
    'a skill in the place of model steps',
    { 'skills/model-v1/skill.ts': skill('Model:v1'), 'agents/a/agent.ts': agent('a', []) },
    "'Model:v1', which belongs to the platform",
  ],
  [
    'a skill whose function would have the name of theirs',
    { 'skills/model-v1/skill.ts': skill('MODEL:v1'), 'agents/a/agent.ts': agent('a', []) },
    "'MODEL:v1', which belongs to the platform",
  ],
  [
    'a prompt of no purpose',
    { 'agents/a/agent.ts': agent('a', []), 'agents/a/prompts/planning.md': 'Be brief.' },
    'agents/a/prompts/planning.md is no prompt: "planning.md". Allowed: plan.md, revise.md,',
  ],
  [
    'a prompt that is a folder',
    { 'agents/a/agent.ts': agent('a', []), 'agents/a/prompts/plan.md/x.md': 'Be brief.' },
    'agents/a/prompts/plan.md is no file',
  ],
  [
    'prompts that are no folder',
    { 'agents/a/agent.ts': agent('a', []), 'agents/a/prompts': 'Be brief.' },
    'agents/a/prompts is no folder',
  ],
  ['no grant', { 'agents/a/agent.ts': agent('a', ['Mail']) }, 'grants.0'],
])('a project with %s is refused', async (name, files, message) => {
  await expect(readProject(project(name, { ...skills, ...files }))).rejects.toThrow(message);
});
