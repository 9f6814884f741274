import type { PlanStepInput } from '../../../core/model/plan.ts';
import type { AgentRun, Fault } from '../../../testing/index.ts';
import type { InBook } from '../scenario.ts';
import { get, inTurn, planOf } from '../stalls.ts';

type Given = Omit<AgentRun, 'skills' | 'http' | 'models' | 'agent'> & Partial<AgentRun>;

/** A hall (K), then food (Q), then a taxi (N). */
export const party = inTurn(get('hall'), get('food'), get('taxi'));

const orderIds = {
  ...{ hall: '${steps.hall.output.orderId}', food: '${steps.food.output.orderId}' },
  taxi: '${steps.taxi.output.orderId}',
};

/** What the book says of a party that takes place. */
export const allKept: Readonly<Record<string, InBook>> = { hall: 'kept', food: 'kept', taxi: 'kept' };

/** A party at which these things go wrong. */
export function partyWith(faults: readonly Fault[], more: Partial<AgentRun> = {}): Given {
  return { goal: 'A party', plan: planOf(party, orderIds), faults, ...more };
}

/** These steps in turn, at which these things go wrong. */
export function steps(list: readonly PlanStepInput[], faults: readonly Fault[], more: Partial<AgentRun> = {}): Given {
  return { goal: 'A party', plan: planOf(inTurn(...list)), faults, ...more };
}
