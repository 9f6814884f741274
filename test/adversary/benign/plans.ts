import { accounts } from './accounts.ts';
import { letters } from './letters.ts';
import { payments } from './payments.ts';
import type { BenignPlan } from './plan.ts';
import { trips } from './trips.ts';

/** What honest people and planners ask for: nothing of it may be refused. */
export const benignPlans: readonly BenignPlan[] = [...trips, ...payments, ...accounts, ...letters];
