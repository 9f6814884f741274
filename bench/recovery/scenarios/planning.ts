import * as z from 'zod';
import { ActionError } from '../../../core/model/failure.ts';
import type { PlanStepInput } from '../../../core/model/plan.ts';
import { defineAgent, definePlaybook } from '../../../core/sdk/index.ts';
import type { AgentRun } from '../../../testing/index.ts';
import type { Scenario } from '../scenario.ts';
import { diagnoses, inBoth, mended, person, says } from '../scenario.ts';
import { get, organiser, planOf, skills } from '../stalls.ts';
import { partyWith, steps } from './party.ts';

const plans = (list: readonly PlanStepInput[], more: object = {}) => says({ decision: 'plan', steps: list, ...more });

/** A goal that a model plans for. */
const goal = (more: Partial<AgentRun> = {}): AgentRun => ({
  agent: organiser(),
  skills,
  goal: 'A hall for a party',
  ...more,
});

/** A playbook that writes its next step when the run gets there: what it writes wrong is found only then. */
const growing = (next: PlanStepInput): Partial<AgentRun> & { goal: string } => ({
  goal: 'A party',
  playbook: 'grow',
  agent: organiser({
    playbooks: {
      grow: definePlaybook({
        description: 'First a hall, then something else.',
        input: z.strictObject({}),
        next: (_input, { count }) => ({ steps: [count === 0 ? get('hall') : next], done: count > 0 }),
      }),
    },
  }),
});

/** A boss who hands the taxi on to a driver, which needs leave that a person does not give. */
function handedOn(): AgentRun {
  const driver = defineAgent({
    ...{ name: 'driver', description: 'Calls taxis.', grants: [{ grant: 'Taxi:v1', approval: 'required' }] },
    playbooks: {
      ride: definePlaybook({ description: 'A ride.', input: z.strictObject({}), steps: [get('taxi')] }),
    },
  });
  const boss = defineAgent({ name: 'boss', description: 'Hands on.', grants: ['Hall:v1', 'Agent:v1/driver'] });
  const part: PlanStepInput = {
    ...{ id: 'ride', skill: 'Agent:v1', action: 'driver', why: 'The driver knows how.' },
    input: { playbook: 'ride', input: {} },
  };
  return {
    ...{ agent: boss, agents: [driver], skills, goal: 'A hall and a ride' },
    plan: planOf([get('hall'), { ...part, dependsOn: ['hall'] }]),
    people: ({ kind }) => (kind === 'approval' ? { resolution: 'reject', reason: 'walk' } : undefined),
  };
}

const same = (id: string, more: Partial<PlanStepInput> = {}): PlanStepInput =>
  get('taxi', { id, input: { wish: 'taxi', item: 'taxi' }, ...more });
const thrice = planOf([same('one'), same('two', { dependsOn: ['one'] }), same('three', { dependsOn: ['two'] })]);

/** What those do who plan: refusal, hallucinated, loop. */
export const planning: readonly Scenario[] = [
  {
    name: 'a stall refuses to speak of an item by this name',
    about: 'refusal',
    given: () => ({
      ...steps(
        [get('look'), get('hall', { input: { item: '${steps.look.output.item}' } })],
        [
          {
            ...{ at: 'Hall:v1/look', times: 1 },
            fault: {
              throw: () =>
                new ActionError("nobody says 'Rome' here; say 'Roma'", { class: 'refusal', sendOutcome: 'notDone' }),
            },
          },
        ],
      ),
    }),
    model: ({ prompt }) =>
      diagnoses({ decision: 'retryChanged', changes: { item: prompt.includes("say 'Roma'") ? 'Roma' : 'not told' } }),
    expected: {
      rules: person('the question has to be put otherwise', {
        ...{ kind: 'failure', stepId: 'look', class: 'refusal', says: "say 'Roma'", book: {}, attempts: 1 },
      }),
      model: mended('the stall says how it wants to be asked', { hall: 'kept' }),
    },
  },
  {
    name: 'a part is handed on, and a person refuses it there',
    about: 'refusal',
    given: handedOn,
    expected: {
      rules: person('a no of a person is not worked around', {
        ...{ kind: 'failure', stepId: 'ride', class: 'refusal', says: 'declined', book: { hall: 'kept' } },
      }),
      model: person('a no of a person is not worked around', {
        ...{
          kind: 'failure',
          stepId: 'ride',
          class: 'refusal',
          says: 'Please look at the stall.',
          book: { hall: 'kept' },
        },
        tried: ['escalate'],
      }),
    },
  },
  {
    name: 'the first model of the chain refuses to plan',
    about: 'refusal',
    given: () => goal({ agent: organiser({ models: ['openai:first', 'openai:second'] }) }),
    model: ({ model }) => (model === 'first' ? { kind: 'refuses', text: 'I would rather not.' } : plans([get('hall')])),
    expected: { model: mended('the second model has no objection', { hall: 'kept' }) },
  },
  {
    name: 'every model of the chain refuses to plan',
    about: 'refusal',
    given: () => goal({ agent: organiser({ models: ['openai:first', 'openai:second'] }) }),
    model: () => ({ kind: 'refuses', text: 'I would rather not.' }),
    expected: {
      model: person('somebody has to word the goal differently', {
        ...{ kind: 'failure', stepId: 'plan-1', class: 'refusal', says: 'refus', book: {} },
      }),
    },
  },
  {
    name: 'a playbook goes on with an action that there is not',
    about: 'hallucinated',
    given: () => growing({ ...get('food'), action: 'serve' }),
    expected: inBoth(
      person('the playbook has to be mended', {
        ...{ kind: 'failure', class: 'hallucinated', says: 'serve', book: { hall: 'kept' } },
      }),
    ),
  },
  {
    name: 'a playbook goes on with an argument that there is not',
    about: 'hallucinated',
    given: () => growing(get('food', { input: { courses: 3 } })),
    expected: inBoth(
      person('the playbook has to be mended', {
        ...{ kind: 'failure', class: 'hallucinated', says: 'courses', book: { hall: 'kept' } },
      }),
    ),
  },
  {
    name: 'a planner invents a skill, and corrects itself when it is told',
    about: 'hallucinated',
    given: () => goal(),
    model: ({ call }) => plans([call === 1 ? { ...get('hall'), skill: 'Castle:v1' } : get('hall')]),
    expected: { model: mended('the gate tells what is wrong, and the model is asked again', { hall: 'kept' }) },
  },
  {
    name: 'a planner goes on inventing a skill',
    about: 'hallucinated',
    given: () => goal(),
    model: () => plans([{ ...get('hall'), skill: 'Castle:v1' }]),
    expected: {
      model: person('the model does not listen', {
        ...{ kind: 'failure', class: 'hallucinated', says: 'Castle:v1', book: {} },
      }),
    },
  },
  {
    name: 'a diagnosis is no JSON at first',
    about: 'hallucinated',
    given: (market) => {
      market.renamed.set('food', 'menu');
      return partyWith([]);
    },
    model: ({ call }) =>
      call === 1
        ? { kind: 'says', text: 'It is called menu now, I would say.' }
        : diagnoses({ decision: 'retryChanged', changes: { item: 'menu' } }),
    expected: {
      rules: person('the arguments have to be changed', {
        ...{ kind: 'failure', stepId: 'food', class: 'bug', says: "'menu'", book: { hall: 'kept' }, attempts: 1 },
      }),
      model: mended('the answer is asked for again', { hall: 'kept', food: 'kept', taxi: 'kept' }),
    },
  },
  {
    name: 'a diagnosis goes on naming an action that the plan does not use',
    about: 'hallucinated',
    given: (market) => {
      market.renamed.set('food', 'menu');
      return partyWith([]);
    },
    model: () => diagnoses({ decision: 'replace', steps: [{ ...get('pay'), id: 'food' }] }),
    expected: {
      rules: person('the arguments have to be changed', {
        ...{ kind: 'failure', stepId: 'food', class: 'bug', says: "'menu'", book: { hall: 'kept' }, attempts: 1 },
      }),
      model: person('a recovery adds no skills', {
        ...{
          kind: 'failure',
          stepId: 'food',
          class: 'bug',
          says: 'a recovery may use',
          book: { hall: 'kept' },
          attempts: 1,
        },
      }),
    },
  },
  {
    name: 'a plan of a model calls the same taxi three times',
    about: 'loop',
    given: () => ({ goal: 'A taxi', plan: thrice, planAuthor: 'model' }),
    model: () => diagnoses({ decision: 'retryChanged', changes: { note: 'for the band' } }),
    expected: {
      rules: person('whoever wrote the plan has to say what the third is for', {
        ...{ kind: 'failure', stepId: 'three', class: 'loop', says: 'it was not sent', book: { taxi: 2 } },
      }),
      model: mended('the model says what the third one is for', { taxi: 3 }),
    },
  },
  {
    name: 'a planner goes in circles for ever',
    about: 'loop',
    given: () => goal({ agent: organiser({ planning: 'incremental' }), budget: { recoveries: 2 } }),
    model: ({ call, purpose }) => plans([same(`taxi-${purpose}-${call}`)], { final: false }),
    expected: {
      model: person('the model does not get any further', {
        ...{ kind: 'failure', stepId: 'taxi-revise-2', class: 'loop', says: 'it was not sent', book: { taxi: 2 } },
      }),
    },
  },
  {
    name: 'a planner goes in circles, and finds out when it is told',
    about: 'loop',
    given: () => goal({ agent: organiser({ planning: 'incremental' }) }),
    model: ({ call, prompt }) =>
      prompt.includes('it was not sent')
        ? says({ decision: 'done', summary: 'Two taxis.' })
        : plans([same(`taxi-${call}`)], { final: false }),
    expected: { model: mended('it is told that it goes in circles', { taxi: 2 }) },
  },
];
