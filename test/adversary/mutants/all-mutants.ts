import { approvalMutants, goalMutants, labelMutants, playbookMutants } from './flow-mutants.ts';
import { planMutants, policyMutants, reachMutants } from './gate-mutants.ts';
import { handingMutants, thoughtMutants } from './handing-mutants.ts';
import type { Mutant } from '../../mutants/mutant.ts';

/** Every bug that the suite has to catch. */
export const mutants: readonly Mutant[] = [
  ...labelMutants,
  ...goalMutants,
  ...playbookMutants,
  ...approvalMutants,
  ...planMutants,
  ...policyMutants,
  ...reachMutants,
  ...handingMutants,
  ...thoughtMutants,
];
