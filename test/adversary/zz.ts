import { misfits } from './mutants/fit.ts';
import { mutants } from './mutants/all-mutants.ts';
console.log(misfits(mutants).join('\n'));
