import { readFileSync } from 'node:fs';
import { loadProject } from '../../local/project/load-project.ts';
import { scenarios, tryOne } from './harness.ts';
const repository = new URL('../../', import.meta.url).pathname;
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8'));
const { registry } = await loadProject(repository);
const scenario = scenarios.find((s) => s.name === 'trip-handed-on')!;
const calls = process.argv.slice(2);
for (const c of calls) {
  const t = Date.now();
  const crashAt = c === 'calm' ? undefined : { call: Number(c.split(':')[0]), when: c.split(':')[1] as 'before' };
  const r = await tryOne(scenario, registry, input, crashAt, (c.split(':')[2] ?? 'laptop') as 'laptop');
  console.log(c, Date.now() - t, r.calls.length, r.what, r.unregistered);
}
