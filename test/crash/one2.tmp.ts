import { readFileSync } from 'node:fs';
const { withDesks } = await import('./desks.ts');
const { scenarios } = await import('./scenarios.ts');
const { trial } = await import('./trial.ts');
const { loadProject } = await import('../../local/project/load-project.ts');
const root = new URL('../../', import.meta.url).pathname;
const { registry } = await loadProject(root);
const r = withDesks(registry);
const input = JSON.parse(readFileSync(root+'examples/trip.json','utf8'));
const s = scenarios.find((x) => x.name === process.argv[2])!;
void trial(s, r, input, [], 'laptop').then(console.log, console.error);
await new Promise((res) => setTimeout(res, 6000));
for (const w of (globalThis as any).lives) { console.log(w.seam.calls.length, w.seam.calls.slice(-30)); }
process.exit(0)
