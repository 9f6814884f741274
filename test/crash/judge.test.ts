import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Json } from '../../core/model/json.ts';
import { loadProject } from '../../local/project/load-project.ts';
import { withDesks } from './desks.ts';
import { scenarios } from './scenarios.ts';
import { trial } from './trial.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as Json;

it.each(scenarios.filter(({ asks }) => asks !== undefined))(
  '$name is only kept when its model was asked for $asks',
  async (scenario) => {
    const registry = withDesks((await loadProject(repository)).registry);
    const calm = await trial(scenario, registry, input, [], 'laptop');
    expect(calm.what).toBeUndefined();
    const withoutCause = await trial({ ...scenario, faults: [] }, registry, input, [], 'laptop');
    expect(withoutCause.what).toContain(`no model has answered to '${scenario.asks?.at(-1)}'`);
  },
);

it.each(scenarios.filter(({ decides }) => decides !== undefined))(
  '$name asks a person about $decides without any crash',
  async (scenario) => {
    const registry = withDesks((await loadProject(repository)).registry);
    const asked: string[] = [];
    await trial(scenario, registry, input, [], 'laptop', async ({ runs }) => {
      const settled = { tenantId: 'default', status: 'settled', limit: 100, cursor: undefined } as const;
      asked.push(...(await runs.listEscalations(settled)).items.map(({ kind }) => kind));
    });
    expect(asked).toEqual(expect.arrayContaining([...(scenario.decides ?? [])]));
  },
);
