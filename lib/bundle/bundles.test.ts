import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProject } from '../project.ts';
import { writeBundles } from './bundles.ts';

const packageDir = join(import.meta.dirname, '..', '..');
const projectDir = join(packageDir, 'test', 'stacks', 'project');
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));

async function bundle(dir: string, outDir: string): Promise<Map<string, string>> {
  const paths = await writeBundles({ packageDir, project: await readProject(dir), outDir });
  return new Map(paths.map((path) => [basename(dirname(path)), readFileSync(path, 'utf8')]));
}

/** Does something with a copy of the project, within the package, because a project has to find holdfast and zod above it. */
async function withMoved(use: (moved: string) => Promise<void>): Promise<void> {
  mkdirSync(join(packageDir, 'dist'), { recursive: true });
  const moved = mkdtempSync(join(packageDir, 'dist', 'moved-'));
  try {
    cpSync(projectDir, moved, { recursive: true });
    await use(moved);
  } finally {
    rmSync(moved, { recursive: true });
  }
}

let bundles: Map<string, string>;

beforeAll(async () => {
  bundles = await bundle(projectDir, join(scratch, 'a'));
});

afterAll(() => rmSync(scratch, { recursive: true }));

const skills = ['car-desk-v1', 'notes-v1', 'room-booking-v1', 'room-booking-v2'];
const markersIn = (code: string): string[] => skills.filter((folder) => code.includes(`marker-of-${folder}`));
const codeOf = (name: string): string => {
  const code = bundles.get(name);
  if (code === undefined) throw new Error(`There is no bundle '${name}'.`);
  return code;
};

describe('Lambda bundles', () => {
  it('are one for each function of the platform and one for each skill version', () => {
    const names = [
      'api',
      'decide',
      'think',
      'delegate',
      'inbox',
      'sweep',
      'notify',
      'export-spans',
      'token-claims',
      'publish-console',
      ...skills.map((folder) => `skill-${folder}`),
    ];
    expect([...bundles.keys()]).toEqual(names);
  });

  it('hold the code of no other skill where they host one', () => {
    for (const folder of skills) expect(markersIn(codeOf(`skill-${folder}`))).toEqual([folder]);
  });

  it('hold every skill where the whole project must be known, and none elsewhere', () => {
    for (const name of ['api', 'decide', 'think', 'delegate', 'export-spans'])
      expect(markersIn(codeOf(name))).toEqual(skills);
    for (const name of ['inbox', 'token-claims']) expect(markersIn(codeOf(name))).toEqual([]);
  });

  it('hold what each SKILL.md says where planners choose, and nowhere else', () => {
    const cardsIn = (code: string): string[] => skills.filter((folder) => code.includes(`Card of ${folder}.`));
    for (const name of ['api', 'decide', 'think', 'delegate']) expect(cardsIn(codeOf(name))).toEqual(skills);
    for (const folder of skills) expect(cardsIn(codeOf(`skill-${folder}`))).toEqual([]);
    expect(codeOf('api')).toContain('Use it when something has to be remembered in writing.');
  });

  it('hold the prompts of each agent where models are asked, and nowhere else', () => {
    for (const [name, code] of bundles) {
      const said = ['plan', 'revise'].filter((purpose) => code.includes(`Prompt of front-desk for ${purpose}`));
      expect(said, name).toEqual(name === 'think' ? ['plan', 'revise'] : []);
    }
  });

  it('are refused for an agent with a prompt that is none', async () => {
    await withMoved(async (moved) => {
      const prompts = join(moved, 'agents', 'front-desk', 'prompts');
      writeFileSync(join(prompts, 'planing.md'), 'Plan.');
      await expect(bundle(moved, join(scratch, 'd'))).rejects.toThrow(`${join(prompts, 'planing.md')} is no prompt`);
    });
  });

  it('are refused for a skill whose SKILL.md is missing or broken', async () => {
    await withMoved(async (moved) => {
      const card = join(moved, 'skills', 'notes-v1', 'SKILL.md');
      writeFileSync(card, '# Notes');
      await expect(bundle(moved, join(scratch, 'd'))).rejects.toThrow(`${card}: has no front matter`);
      rmSync(card);
      await expect(bundle(moved, join(scratch, 'd'))).rejects.toThrow(`${card} cannot be read`);
    });
  });

  it('need nothing but what Node.js brings along', () => {
    for (const [name, code] of bundles) {
      const imported = [...code.matchAll(/(?:^|[;}])\s*import\s*(?:[\w$*{}\s,]+?\s*from\s*)?["']([^"']+)["']/g)].map(
        (match) => match[1],
      );
      expect(
        imported.filter((specifier) => !specifier?.startsWith('node:') && !/^[a-z_/]+$/.test(specifier ?? '')),
        name,
      ).toEqual([]);
    }
  });

  it('are equal, byte for byte, when nothing has changed', async () => {
    expect(await bundle(projectDir, join(scratch, 'b'))).toEqual(bundles);
  });

  it('are equal, byte for byte, wherever the project lies, and however the lines of its prompts end', async () => {
    await withMoved(async (moved) => {
      const prompt = join(moved, 'agents', 'front-desk', 'prompts', 'plan.md');
      writeFileSync(prompt, readFileSync(prompt, 'utf8').replaceAll('\n', '\r\n'));
      expect(await bundle(moved, join(scratch, 'c'))).toEqual(bundles);
    });
  });

  it('differ where models are asked, and nowhere else, when a prompt has changed', async () => {
    await withMoved(async (moved) => {
      appendFileSync(join(moved, 'agents', 'front-desk', 'prompts', 'plan.md'), '- A view is worth ten.\n');
      const changed = await bundle(moved, join(scratch, 'e'));
      expect([...changed].filter(([name, code]) => code !== bundles.get(name)).map(([name]) => name)).toEqual([
        'think',
      ]);
    });
  });

  it('close the network before the first line of a skill, and after the adapters have taken their way out', async () => {
    const code = readFileSync(join(scratch, 'a', 'skill-notes-v1', 'index.mjs'), 'utf8');
    const [taken, closed, skill] = [/=globalThis\.fetch[,;]/, /globalThis\.fetch=/, /marker-of-notes-v1/].map((one) =>
      code.search(one),
    );
    expect(taken).toBeGreaterThan(0);
    expect(closed).toBeGreaterThan(taken ?? 0);
    expect(skill).toBeGreaterThan(closed ?? 0);
    await import(pathToFileURL(join(scratch, 'a', 'skill-notes-v1', 'index.mjs')).href);
    await expect(fetch('http://127.0.0.1:1')).rejects.toMatchObject({ failureClass: 'denied', sendOutcome: 'notSent' });
  });

  it('provide the project before the handler runs', async () => {
    const { handler } = (await import(pathToFileURL(join(scratch, 'a', 'skill-notes-v1', 'index.mjs')).href)) as {
      handler: (event: unknown, context: unknown) => Promise<unknown>;
    };
    const request = {
      tenantId: 'acme',
      runId: 'run-1',
      agent: 'garage',
      generation: 1,
      stepId: 's',
      action: 'run',
      direction: 'F',
      occurrence: 1,
      input: { kind: 'inline', value: {} },
      argsHash: 'x',
      skillHash: 'x',
      trust: 'trusted',
      doubted: [],
      settleOnly: false,
    };
    await expect(handler({ ...request, skill: 'CarDesk:v1' }, {})).rejects.toThrow('does not hold CarDesk:v1');
    await expect(handler({ ...request, skill: 'Notes:v1' }, {})).rejects.toThrow('HOLDFAST_TABLE');
  });
});
