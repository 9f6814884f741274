import type { plannedPurpose } from '../model/model-step.ts';
import type { Purpose } from '../model/think-input.ts';

/** What is asked about a goal; why a step has failed is asked elsewhere. */
export type GoalPurpose = Exclude<Purpose, typeof plannedPurpose | 'diagnose'>;

/** For people: what a question is asked for. */
export const whys: Readonly<Record<GoalPurpose, string>> = {
  plan: 'a model plans for the goal',
  revise: 'a model plans again',
  verify: 'a model checks the goal against the results',
  compact: 'a model shortens what has been',
};
