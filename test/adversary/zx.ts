import { drive, thisProject } from './benign/drive.ts';
import { benignPlans } from './benign/plans.ts';
const project = await thisProject();
const by = new Map();
for (const p of benignPlans) { const d = await drive(p, project); const k = d.ended === 'completed' ? 'completed ' + d.approvals : d.ended; if (!k.startsWith('completed 0')) console.log(p.name, '|', p.author, '|', k); by.set(k,(by.get(k)??0)+1);}
console.log(by);
