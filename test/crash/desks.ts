import * as z from 'zod';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { withModels } from '../../core/authz/with-models.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import type { PlanStepInput } from '../../core/model/plan.ts';
import type { AgentDefinition, Registry } from '../../core/model/skill.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import { defineAgent, definePlaybook } from '../../core/sdk/index.ts';

const anything = z.looseObject({});
const flightQuery = {
  ...{ from: '${input.from}', to: '${input.to}', departOn: '${input.departOn}', returnOn: '${input.returnOn}' },
  travellers: '${input.travellers}',
};

/** Steps of trips, each by itself. */
export const steps = {
  searchFlight: step('search-flight', 'FlightBooking:v1', 'search', flightQuery),
  bookFlight: step('book-flight', 'FlightBooking:v1', 'book', {
    ...flightQuery,
    flightId: '${steps.search-flight.output.best.flightId}',
  }),
  bookHotel: step('book-hotel', 'HotelBooking:v1', 'book', {
    ...{ city: '${input.to}', checkIn: '${input.departOn}', checkOut: '${input.returnOn}' },
    ...{ guests: '${input.travellers}', preferences: '${input.hotel}' },
  }),
  reserveCar: step('reserve-car', 'CarDesk:v1', 'reserve', {
    ...{ city: '${input.to}', pickUpOn: '${input.departOn}', dropOffOn: '${input.returnOn}' },
    ...{ carClass: '${input.car.carClass}', driver: '${input.travellers.0}' },
  }),
} as const;

function step(id: string, skill: string, action: string, input: PlanStepInput['input']): PlanStepInput {
  return { id, skill, action, input, why: 'It is wanted.' };
}

const travel = ['FlightBooking:v1', 'HotelBooking:v1', 'CarDesk:v1'];

function desk(
  name: string,
  plan: readonly PlanStepInput[],
  more: Partial<Pick<AgentDefinition, 'grants' | 'models' | 'onFailure'>> = {},
): AgentDefinition {
  const playbook = definePlaybook({ description: 'Do it.', input: anything, steps: [...plan] });
  const { grants = travel, models, onFailure } = more;
  return defineAgent({
    ...{ name, description: 'Books.', grants, deadline: '7d', playbooks: { book: playbook } },
    ...(models === undefined ? {} : { models }),
    ...(onFailure === undefined ? {} : { onFailure }),
  });
}

/** Hands a stay on to the hotel desk. */
const handsOn = desk(
  'travel-desk',
  [step('stay', agentSkillId, 'hotel-desk', { playbook: 'book', input: '${input}' })],
  { grants: ['Agent:v1/hotel-desk'] },
);

/** A flight, a car, and then a stay in a place whose name is longer than any: it is refused for good. */
const allOrNothing = [
  steps.searchFlight,
  steps.bookFlight,
  { ...steps.reserveCar, dependsOn: ['book-flight'] },
  { ...steps.bookHotel, input: { ...steps.bookHotel.input, city: 'Nowhere'.repeat(10) }, dependsOn: ['reserve-car'] },
];

const agents: readonly AgentDefinition[] = [
  handsOn,
  desk('hotel-desk', [steps.bookHotel], { grants: ['HotelBooking:v1/book'] }),
  desk('wave-desk', [steps.searchFlight, steps.bookFlight, steps.bookHotel, steps.reserveCar]),
  desk('careful-desk', [steps.bookHotel], { grants: [{ grant: 'HotelBooking:v1/book', approval: 'required' }] }),
  desk('easy-desk', [{ ...steps.bookHotel, optional: true }, steps.searchFlight, steps.bookFlight]),
  desk('asking-desk', allOrNothing),
  desk('undoing-desk', allOrNothing, { onFailure: 'compensate' }),
  desk('thinking-desk', [steps.searchFlight, steps.bookFlight], { models: ['openai:scripted'] }),
];

/** The project with the agents of the campaign. */
export function withDesks(registry: Registry): Registry {
  const all = new Map([...registry.agents, ...agents.map((agent) => [agent.name, agent] as const)]);
  const project = { ...registry, agents: all };
  return withDelegation(withModels(project, [], modelSkill()), agentSkill(project));
}
