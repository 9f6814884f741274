import { readFileSync } from 'node:fs';
const root = '/work/wt/crash/';
const { withDesks } = await import(root + 'test/crash/desks.ts');
const { scenarios } = await import(root + 'test/crash/scenarios.ts');
const { trial } = await import(root + 'test/crash/trial.ts');
const { loadProject } = await import(root + 'local/project/load-project.ts');
const { registry } = await loadProject(root);
const r = withDesks(registry);
const input = JSON.parse(readFileSync(root + 'examples/trip.json', 'utf8'));
for (const s of scenarios) {
  if (process.argv[2] && s.name !== process.argv[2]) continue;
  const t0 = Date.now();
  const t = await trial(s, r, input, [], 'laptop');
  console.log(
    s.name,
    t.calls.map((c) => c.length),
    t.what,
    t.unregistered,
    Date.now() - t0,
  );
}
process.exit(0);
