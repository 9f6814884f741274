import { readFileSync } from 'node:fs';
const { withDesks } = await import('./desks.ts');
const { scenarios } = await import('./scenarios.ts');
const { trial } = await import('./trial.ts');
const { loadProject } = await import('../../local/project/load-project.ts');
const root = new URL('../../', import.meta.url).pathname;
const { registry } = await loadProject(root);
const r = withDesks(registry);
const input = JSON.parse(readFileSync(root + 'examples/trip.json', 'utf8'));
const s = scenarios.find((x) => x.name === process.argv[2])!;
for (let call = Number(process.argv[3]); call < Number(process.argv[4]); call++)
  for (const when of ['before', 'after'] as const)
    for (const platform of ['laptop', 'cloud'] as const) {
      const t0 = Date.now();
      (globalThis as any).lives = [];
      const t = (await Promise.race([
        trial(s, r, input, [{ call, when }], platform),
        new Promise((res) => setTimeout(() => res(undefined), 5000)),
      ])) as any;
      if (!t)
        console.log(
          'HANG',
          call,
          when,
          platform,
          (globalThis as any).lives.map((w: any) => [w.seam.dead, w.seam.calls.length, w.seam.calls.slice(-6)]),
        );
      else if (t.what || Date.now() - t0 > 1000) console.log(call, when, platform, t.what, Date.now() - t0);
    }
process.exit(0);
