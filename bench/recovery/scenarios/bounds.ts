import { ActionError } from '../../../core/model/failure.ts';
import { watchedSkill, invocations } from '../../../testing/invocation.ts';
import { testedProject } from '../../../testing/tested-project.ts';
import type { AgentRun } from '../../../testing/index.ts';
import type { SkillDefinition } from '../../../core/model/skill.ts';
import type { Market } from '../market.ts';
import type { Mode, Scenario } from '../scenario.ts';
import { inBoth, mended, person } from '../scenario.ts';
import { get, organiser, pay, skills } from '../stalls.ts';
import { allKept, partyWith, steps } from './party.ts';

const refused = (message: string) => (): ActionError =>
  new ActionError(message, { class: 'denied', sendOutcome: 'notDone' });

/** Payments have to be approved by a person. */
const approving = (): AgentRun['agent'] =>
  organiser({ grants: ['Hall:v1', { grant: 'Pay:v1', approval: 'required' }] });

/** The release that comes next, and whoever deploys it while a run is under way. */
function deployed(where: 'everywhere' | 'hosts', run: AgentRun): void {
  const { registry } = testedProject(run);
  const known = registry.skills as Map<string, SkillDefinition>;
  const next = watchedSkill({ ...pay, release: '1.1.0' });
  const get = known.get.bind(known);
  const isNew = (id: string): boolean =>
    id === pay.id && (where === 'everywhere' || invocations.getStore()?.request !== undefined);
  Object.assign(known, { get: (id: string) => (isNew(id) ? next : get(id)) });
}

/** A payment that a person approves once, during which the next release of its skill is deployed. */
function approvedThenDeployed(where: 'everywhere' | 'hosts') {
  return (market: Market, mode: Mode) => {
    let asked = 0;
    const run = {
      ...{ agent: approving(), skills: skills.filter(({ id }) => ['Hall:v1', 'Pay:v1'].includes(id)) },
      ...steps([get('hall'), get('pay')], []),
      ...{ http: market.http, ...(mode === 'model' ? { models: { baseUrl: 'http://none.example' } } : {}) },
      people: (): { resolution: 'approve' } | undefined => {
        asked += 1;
        if (asked > 1) return undefined;
        deployed(where, run);
        return { resolution: 'approve' };
      },
    };
    return run;
  };
}

/** What no rule and no model may overcome: denied, inDoubt, budgetExceeded, skillChanged. */
export const bounds: readonly Scenario[] = [
  {
    name: 'a stall says 403',
    about: 'denied',
    given: () => partyWith([{ at: 'Food:v1/order', fault: { status: 403 } }]),
    expected: inBoth(
      person('somebody has to give the permission', {
        ...{ kind: 'denied', stepId: 'food', class: 'denied', says: '403', book: { hall: 'kept' }, attempts: 1 },
      }),
    ),
  },
  {
    name: 'what a look has found is more than the grant allows',
    about: 'denied',
    given: () =>
      steps([get('look'), get('hall', { input: { item: '${steps.look.output.place}' } })], [], {
        agent: organiser({ grants: ['Hall:v1/look', { grant: 'Hall:v1/book', when: { item: { oneOf: ['barn'] } } }] }),
      }),
    expected: inBoth(
      person('somebody has to give the permission', {
        ...{ kind: 'denied', stepId: 'hall', class: 'denied', says: 'Hall:v1/book', book: {} },
      }),
    ),
  },
  {
    name: 'a stall refuses, and an alternative is declared',
    about: 'denied',
    given: () =>
      steps([get('room')], [{ at: 'Room:v1/book', attempt: 'every', fault: { throw: refused('not for you') } }]),
    expected: inBoth(
      person('a no is not worked around', {
        ...{ kind: 'denied', stepId: 'room', class: 'denied', says: 'not for you', book: {}, attempts: 1 },
      }),
    ),
  },
  {
    name: 'a taxi is called, and the answer is lost',
    about: 'inDoubt',
    given: () => partyWith([{ at: 'Taxi:v1/call', fault: 'apply-then-drop' }]),
    expected: inBoth(
      person('nobody can know whether it comes', {
        ...{
          kind: 'inDoubt',
          stepId: 'taxi',
          class: 'inDoubt',
          says: 'the answer was lost',
          attempts: 1,
          book: allKept,
        },
      }),
    ),
  },
  {
    name: 'a worker dies when it has called a taxi',
    about: 'inDoubt',
    given: () => partyWith([{ at: 'Taxi:v1/call', fault: 'crash-after-send' }]),
    expected: inBoth(
      person('nobody can know whether it comes', {
        ...{ kind: 'inDoubt', stepId: 'taxi', class: 'inDoubt', says: 'taxi', attempts: 1, book: allKept },
      }),
    ),
  },
  {
    name: 'a worker dies just before it calls a taxi',
    about: 'inDoubt',
    given: () => partyWith([{ at: 'Taxi:v1/call', fault: 'crash-before-send' }]),
    expected: inBoth(
      person('from outside it looks as if it had called', {
        ...{ kind: 'inDoubt', stepId: 'taxi', class: 'inDoubt', says: 'taxi', attempts: 1 },
        book: { hall: 'kept', food: 'kept' },
      }),
    ),
  },
  {
    name: 'an order may be there, and the stall does not say',
    about: 'inDoubt',
    given: () =>
      partyWith([
        { at: 'Food:v1/order', fault: 'apply-then-drop' },
        { at: 'Food:v1/order', call: 'lookup', attempt: 'every', fault: { status: 500 } },
      ]),
    expected: inBoth(
      person('the stall that could be asked does not answer', {
        ...{
          kind: 'inDoubt',
          stepId: 'food',
          class: 'inDoubt',
          says: 'lookup: market.example answered 500',
          attempts: 1,
        },
        book: { hall: 'kept', food: 'kept' },
      }),
    ),
  },
  {
    name: 'workers die when they have sent what is deduplicated or can be looked up',
    about: 'inDoubt',
    given: () =>
      partyWith([
        { at: 'Hall:v1/book', fault: 'crash-after-send' },
        { at: 'Food:v1/order', fault: 'crash-after-send' },
      ]),
    expected: inBoth(mended('the same key goes again, and the lookup finds the order', allKept)),
  },
  {
    name: 'workers die just before they send what is deduplicated or can be looked up',
    about: 'inDoubt',
    given: () =>
      partyWith([
        { at: 'Hall:v1/book', fault: 'crash-before-send' },
        { at: 'Food:v1/order', fault: 'crash-before-send' },
      ]),
    expected: inBoth(mended('the same key goes again, and the lookup finds nothing', allKept)),
  },
  {
    name: 'a run may use two steps and needs three',
    about: 'budgetExceeded',
    given: () => partyWith([], { budget: { steps: 2 } }),
    expected: inBoth(
      person('only a person can give more', {
        ...{ kind: 'budget', class: 'budgetExceeded', says: 'budget is 2 steps', book: {} },
      }),
    ),
  },
  {
    name: 'the deadline passes while a stall does not answer',
    about: 'budgetExceeded',
    given: () => partyWith([{ at: 'Food:v1/order', fault: 'hang' }], { budget: { deadlineSeconds: 5 } }),
    expected: inBoth(
      person('only a person can give more time', {
        ...{ kind: 'budget', stepId: 'food', class: 'budgetExceeded', says: 'deadline', book: { hall: 'kept' } },
      }),
    ),
  },
  {
    name: 'rooms are never reached, and the run may have no recoveries',
    about: 'budgetExceeded',
    given: () =>
      steps([get('room')], [{ at: 'Room:v1/book', attempt: 'every', fault: { connection: 'refused' } }], {
        budget: { recoveries: 0 },
      }),
    expected: inBoth(
      person('whoever started it wants to hear of the first failure', {
        ...{ kind: 'failure', stepId: 'room', class: 'transient', says: 'ECONNREFUSED', book: {}, attempts: 3 },
      }),
    ),
  },
  {
    name: 'a skill is released anew after its use was approved',
    about: 'skillChanged',
    given: approvedThenDeployed('everywhere'),
    expected: inBoth(
      person('nobody has approved what this release does', {
        ...{ kind: 'approval', stepId: 'pay', says: 'only if a person approves', book: { hall: 'kept' } },
      }),
    ),
  },
  {
    name: 'a skill is released anew between the decision and the call',
    about: 'skillChanged',
    given: approvedThenDeployed('hosts'),
    expected: inBoth(
      person('nobody has approved what this release does', {
        ...{ kind: 'failure', stepId: 'pay', class: 'skillChanged', says: 'has changed since', book: { hall: 'kept' } },
      }),
    ),
  },
];
