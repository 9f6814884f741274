import { attackOf } from './attacks/generate.ts';
for (const s of process.argv.slice(2).map(Number)) { const a = attackOf(s); console.log(JSON.stringify({...a, revisions: a.revisions.map(r => ({read:r.read, steps: r.steps(new Map())}))}, null, 0)); }
