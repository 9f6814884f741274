import { campaign } from './campaign.ts';
const n = Number(process.argv[2] ?? 2000);
const t = performance.now();
const {failures, ...tally} = await campaign({ from: Number(process.argv[3] ?? 1), plans: n });
console.log(tally, n / (performance.now() - t) * 1000, 'plans/s', n / process.cpuUsage().user * 1e6, 'per cpu s');
const kinds = new Map<string, number[]>();
for (const f of failures) { const k = f.what.replace(/'[^']*'/g,"'x'").replace(/(base|clerk|cashier|admin|senior|reader|idle) may not use .*/, 'A may not use'); const l = kinds.get(k) ?? []; l.push(f.seed); kinds.set(k,l); }
for (const [k,l] of kinds) console.log(l.length, k.slice(0,150), l.slice(0,4).join());
