import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { DefinitionError, defineAgent, definePlaybook } from './index.ts';

const input = z.object({ city: z.string(), guests: z.array(z.object({ name: z.string() })) });
const step = { id: 'book', skill: 'Rooms:v1', action: 'book', input: { city: '${input.city}' } };
const fixed = { description: 'Book.', input, steps: [step] };
const agent = { name: 'booker', description: 'Books.', grants: ['Rooms:v1', 'Desk:v2/ask'] };

function complaints(options: object): string {
  try {
    defineAgent({ ...agent, ...options });
  } catch (error) {
    if (!DefinitionError.isInstance(error)) throw error;
    return error.message;
  }
  throw new Error('The definition was accepted.');
}

/** For playbooks that may not even type-check. */
function playbookComplaints(options: object): string {
  return complaints({ playbooks: { go: definePlaybook({ ...fixed, ...options }) } });
}

describe('an agent', () => {
  test('has a day for a run unless it says otherwise', () => {
    expect(defineAgent(agent)).toMatchObject({ kind: 'agent', deadlineSeconds: 86_400, playbooks: {} });
    expect(defineAgent({ ...agent, deadline: '5m' }).deadlineSeconds).toBe(300);
    expect(defineAgent(agent)).not.toHaveProperty('budget');
    const budget = { usd: 0.25, tokens: 1_000, steps: 40, recoveries: 0 };
    expect(defineAgent({ ...agent, budget }).budget).toEqual(budget);
    expect(defineAgent(agent)).not.toHaveProperty('onFailure');
    expect(defineAgent({ ...agent, onFailure: 'compensate' }).onFailure).toBe('compensate');
  });

  test.each<[expected: string, options: object]>([
    [
      `name is not a valid name. Given: "Booker". Allowed: must be 1 to 40 characters of a-z, 0-9 and -.`,
      { name: 'Booker' },
    ],
    [`grants must be a list. Given: "Rooms:v1".`, { grants: 'Rooms:v1' }],
    [`grants.0 is not a valid name. Given: "Rooms". Allowed: must look like HotelBooking:v1`, { grants: ['Rooms'] }],
    [`grants.0 is not a valid name. Given: "Rooms:v1/*".`, { grants: ['Rooms:v1/*'] }],
    [`grants.1 is granted twice. Given: "Rooms:v1".`, { grants: ['Rooms:v1', 'Rooms:v1'] }],
    [`grants.0.grant is not a valid limit of a grant. Given: "Rooms".`, { grants: [{ grant: 'Rooms' }] }],
    [
      `grants.0.when.amount.atMost is not a valid limit of a grant. Given: 1.5. Allowed: must be a whole number`,
      { grants: [{ grant: 'Rooms:v1', when: { amount: { atMost: 1.5 } } }] },
    ],
    [`grants.0.tenants is not a valid limit of a grant.`, { grants: [{ grant: 'Rooms:v1', tenants: [] }] }],
    [`grants.0 is not a valid name. Given: nothing.`, { grants: [undefined] }],
    [
      `grants.1 is granted twice. Given: an object with tenants, grant.`,
      {
        grants: [
          { grant: 'Rooms:v1', tenants: ['acme'] },
          { tenants: ['acme'], grant: 'Rooms:v1' },
        ],
      },
    ],
    [`extends must be a list. Given: "base".`, { extends: 'base' }],
    [`extends.0 is not a valid name. Given: "Base".`, { extends: ['Base'] }],
    [`extends.0 is the agent itself. Given: "booker".`, { extends: ['booker'] }],
    [`extends.1 is named twice. Given: "base".`, { extends: ['base', 'base'] }],
    [
      `deadline must be a duration within its bounds. Given: "1 hour". Allowed: '1s' to '365d'.`,
      { deadline: '1 hour' },
    ],
    [`deadline must be a duration within its bounds. Given: "366d".`, { deadline: '366d' }],
    [`budget must be an object. Given: 5.`, { budget: 5 }],
    [`onFailure is none of what is allowed. Given: "undo". Allowed: 'compensate', 'escalate'.`, { onFailure: 'undo' }],
    [`budget.euros is not a known member. Given: 'euros'.`, { budget: { euros: 5 } }],
    [`budget.usd is no limit. Given: "5". Allowed: US dollars above 0`, { budget: { usd: '5' } }],
    [`budget.usd is no limit. Given: 1e-7.`, { budget: { usd: 0.000_000_1 } }],
    [`budget.steps is no limit. Given: 0. Allowed: a whole number from 1 to 100,000.`, { budget: { steps: 0 } }],
    [`playbooks.Go is not a valid name. Given: "Go".`, { playbooks: { Go: definePlaybook(fixed) } }],
    [`playbooks.go does not come from definePlaybook.`, { playbooks: { go: fixed } }],
    [
      'prompts is no option: prompts are files. Given: an object with plan. Allowed: agents/booker/prompts/plan.md, ' +
        'agents/booker/prompts/revise.md, ',
      { prompts: { plan: 'Prefer trains.' } },
    ],
  ])('is refused, and told: %s', (expected, options) => {
    expect(complaints(options)).toContain(expected);
  });
});

describe('a grant with limits', () => {
  test('may stand beside one of the same name with others', () => {
    const grants = ['Rooms:v1/list', { grant: 'Rooms:v1/list', approval: 'required' as const }];
    expect(defineAgent({ ...agent, grants, extends: ['base'] })).toMatchObject({ grants, extends: ['base'] });
    expect(defineAgent(agent)).not.toHaveProperty('extends');
  });
});

describe('a fixed playbook', () => {
  test('becomes a plan', () => {
    expect(definePlaybook({ ...fixed, output: '${steps.book.output.id}' }).plan).toEqual({
      kind: 'fixed',
      draft: { steps: [{ ...step, why: '' }], output: '${steps.book.output.id}' },
    });
  });

  test.each<[expected: string, options: object]>([
    [`is not a plan that could run: The plan has no steps; it needs at least one.`, { steps: [] }],
    [`playbooks.go.steps.0 is not part of a plan: Unrecognized key: "skil"`, { steps: [{ ...step, skil: 'x' }] }],
    [`playbooks.go.steps.0.skill is not part of a plan`, { steps: [{ ...step, skill: 'rooms' }] }],
    [`playbooks.go.steps.book is not a plan that could run: Two steps have the id 'book'.`, { steps: [step, step] }],
    [
      `steps.book.dependsOn is not a plan that could run: There is no step 'pay'`,
      { steps: [{ ...step, dependsOn: ['pay'] }] },
    ],
    [`There is no step 'pay' in this plan or before it`, { steps: [{ ...step, input: { a: '${steps.pay.output}' } }] }],
    [`These steps wait for each other: book`, { steps: [{ ...step, dependsOn: ['book'] }] }],
    [`mixes text and a reference`, { steps: [{ ...step, input: { a: 'to ${input.city}' } }] }],
    [
      `playbooks.go.steps.book.input.a refers to 'town', which the playbook's input does not have there. ` +
        `Given: "\${input.town}". Allowed: 'city', 'guests'.`,
      { steps: [{ ...step, input: { a: '${input.town}' } }] },
    ],
    [`refers to 'age'`, { steps: [{ ...step, input: { a: '${input.guests.0.age}' } }] }],
    [`refers to 'length'`, { steps: [{ ...step, input: { a: '${input.guests.length}' } }] }],
    [
      `playbooks.go.output.at is not a plan that could run: There is no step 'gone'`,
      { output: { at: '${steps.gone.output}' } },
    ],
    [`playbooks.go.output refers to 'nothing'`, { output: '${input.nothing}' }],
    [`playbooks.go.input must describe an object. Given: a schema of "array".`, { input: z.array(z.string()) }],
    [`playbooks.go has no plan. Given: neither steps nor next.`, { steps: undefined }],
    [`playbooks.go has two plans. Given: both steps and next.`, { next: () => ({ steps: [] }) }],
  ])('is refused, and told: %s', (expected, options) => {
    expect(playbookComplaints(options)).toContain(expected);
  });

  test.each(['${input}', '${input.guests.0.name}', '${input.guests}'])('may refer to %s', (reference) => {
    const playbook = definePlaybook({ ...fixed, steps: [{ ...step, input: { a: reference } }] });
    expect(defineAgent({ ...agent, playbooks: { go: playbook } }).playbooks['go']).toBe(playbook);
  });

  test('may have a step of any id, and text that only looks like a reference where none is read', () => {
    const steps = [{ ...step, id: 'input', why: 'for ${input.town}' }];
    expect(() => defineAgent({ ...agent, playbooks: { go: definePlaybook({ ...fixed, steps }) } })).not.toThrow();
  });
});

describe('a playbook function', () => {
  test('has the types of its input', () => {
    const playbook = definePlaybook({
      description: 'One after another.',
      input: z.object({ cities: z.array(z.string()) }),
      next: (given, completed) => {
        expectTypeOf(given).toEqualTypeOf<{ cities: string[] }>();
        return { steps: [{ ...step, id: `book-${completed.count}` }], done: completed.count >= given.cities.length };
      },
    });
    expect(playbook.plan.kind).toBe('function');
  });

  test('gives its output itself', () => {
    const next = () => ({ steps: [] });
    expect(playbookComplaints({ steps: undefined, next, output: 'x' })).toContain(
      'playbooks.go.output belongs to a fixed plan',
    );
    expect(playbookComplaints({ steps: undefined, next: 'later' })).toContain('playbooks.go.next must be a function');
  });
});
