import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProject } from './project.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-project-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(path: string, text: string): void {
  const folder = join(dir, path, '..');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(dir, path), text);
}

const skill = (id: string, timeoutSeconds = 20, effectClass = 'P'): string =>
  `export default ${JSON.stringify({ kind: 'skill', id, settings: ['KEY'], actions: { run: { timeoutSeconds, effect: { class: effectClass } } } })};`;
const agent = (name: string, grants: string[]): string =>
  `export default ${JSON.stringify({ kind: 'agent', name, grants })};`;

describe('reading a project', () => {
  it('tells what the infrastructure has to know of skills and agents, in the order of their folders', async () => {
    write('skills/hotel-desk-v2/skill.ts', skill('HotelDesk:v2'));
    write('skills/car-desk-v1/skill.ts', skill('CarDesk:v1'));
    write('agents/clerk/agent.ts', agent('clerk', ['HotelDesk:v2/run', 'HotelDesk:v2', 'CarDesk:v1']));
    expect(await readProject(dir)).toEqual({
      dir,
      skills: [
        { id: 'CarDesk:v1', folder: 'car-desk-v1', functionSeconds: 30, settings: ['KEY'] },
        { id: 'HotelDesk:v2', folder: 'hotel-desk-v2', functionSeconds: 30, settings: ['KEY'] },
      ],
      agents: [{ name: 'clerk', skills: ['CarDesk:v1', 'HotelDesk:v2'] }],
    });
  });

  it.each([
    [20, 'K', 30],
    [20, 'Q', 50],
    [880, 'N', 890],
    [880, 'Q', 900],
  ])(
    'gives an action of %i s and class %s a function of %i s',
    async (timeoutSeconds, effectClass, functionSeconds) => {
      write('skills/car-desk-v1/skill.ts', skill('CarDesk:v1', timeoutSeconds, effectClass));
      write('agents/clerk/agent.ts', agent('clerk', []));
      expect((await readProject(dir)).skills[0]?.functionSeconds).toBe(functionSeconds);
    },
  );

  it.each([
    ['an agent folder without its file', 'agents/clerk/notes.md', '', /agents\/clerk\/agent\.ts is missing/],
    [
      'a file that cannot run',
      'agents/clerk/agent.ts',
      'import "./absent.ts"',
      /agents\/clerk\/agent\.ts cannot be loaded: .*absent/,
    ],
    ['another default export', 'agents/clerk/agent.ts', 'export default 1', /must export a defineAgent\(\) as default/],
    [
      'an agent in a folder of another name',
      'agents/clerk/agent.ts',
      agent('porter', []),
      /belongs into agents\/porter/,
    ],
    [
      'a skill in a folder of another name',
      'skills/x-v1/skill.ts',
      skill('CarDesk:v1'),
      /belongs into skills\/car-desk-v1/,
    ],
    [
      'a grant of an unknown skill',
      'agents/clerk/agent.ts',
      agent('clerk', ['CarDesk:v1']),
      /grants 'CarDesk:v1', which no folder/,
    ],
    [
      'a timeout beyond that of Lambda',
      'skills/car-desk-v1/skill.ts',
      skill('CarDesk:v1', 891),
      /'run' has a timeout of 891 s/,
    ],
    ['no agent at all', 'skills/car-desk-v1/skill.ts', skill('CarDesk:v1'), /defines no agent/],
  ])('refuses %s', async (_, path, text, message) => {
    write(path, text);
    await expect(readProject(dir)).rejects.toThrow(message);
  });
});
