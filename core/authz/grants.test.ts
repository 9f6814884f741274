import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import type { GrantDeclaration } from '../model/grant.ts';
import type { ActionDefinition, AgentDefinition, SkillDefinition } from '../model/skill.ts';
import { cedarPolicy, cedarString } from './cedar-text.ts';
import { compilePolicies } from './compile-policies.ts';
import { conditionProblems, grantsOf, inheritanceProblems } from './grants.ts';

const agent = (
  name: string,
  bases: string[],
  grants: GrantDeclaration[] = [`${name.toUpperCase()}:v1`],
): AgentDefinition => ({
  ...{ kind: 'agent', name, description: 'One.', grants, extends: bases },
  ...{ playbooks: {}, deadlineSeconds: 60 },
});
const agentsOf = (...all: ReturnType<typeof agent>[]) => new Map(all.map((one) => [one.name, one]));
const wrongs = (name: string, agents: ReturnType<typeof agentsOf>): string[] => {
  const one = agents.get(name);
  return one ? inheritanceProblems(one, agents).map(({ at, wrong }) => `${at} ${wrong}`) : ['no agent'];
};

describe('inheritance', () => {
  it('gives each base once, the nearest first, under names that tell the origin', () => {
    const agents = agentsOf(agent('a', ['b', 'c']), agent('b', ['d']), agent('c', ['d']), agent('d', []));
    expect(grantsOf(agent('a', ['b', 'c']), agents).map(({ policyId }) => policyId)).toEqual([
      'grant:a:A:v1',
      'grant:a<b:B:v1',
      'grant:a<c:C:v1',
      'grant:a<d:D:v1',
    ]);
  });

  it('numbers the grants of one name', () => {
    const grants = ['A:v1', { grant: 'A:v1', tenants: ['acme'] }, 'A:v1/go'];
    expect(grantsOf(agent('a', [], grants), new Map()).map(({ policyId }) => policyId)).toEqual([
      'grant:a:A:v1',
      'grant:a:A:v1#2',
      'grant:a:A:v1/go',
    ]);
  });

  it('from nobody is refused, also further up', () => {
    const agents = agentsOf(agent('a', ['b']), agent('b', ['constructor']));
    expect(wrongs('b', agents)).toEqual(["extends.0 extends 'constructor', which is no agent"]);
    expect(wrongs('a', agents)).toEqual(["extends.0 leads to 'b', which extends 'constructor', which is no agent"]);
    expect(() => grantsOf(agent('a', ['b']), agents)).toThrow("which extends 'constructor', which is no agent");
  });

  it('in a circle is refused, by everybody on it', () => {
    const agents = agentsOf(agent('a', ['b']), agent('b', ['c']), agent('c', ['b']));
    expect(wrongs('b', agents)).toEqual(["extends.0 extends 'c', which extends 'b' in turn"]);
    expect(wrongs('c', agents)).toEqual(["extends.0 extends 'b', which extends 'c' in turn"]);
    expect(() => grantsOf(agent('c', ['b']), agents)).toThrow("extends 'c' in turn");
  });
});

describe('a condition', () => {
  const input = z.object({
    amount: z.int(),
    rate: z.number(),
    currency: z.string(),
    tags: z.array(z.string()),
    card: z.object({ country: z.string() }).optional(),
  });
  const action = (of: z.ZodType): ActionDefinition => ({
    ...{ description: 'Go.', input: of, output: z.object({}), effect: { class: 'P' } },
    ...{ timeoutSeconds: 5, maxAttempts: 1, run: async () => ({}) },
  });
  const skill: SkillDefinition = {
    ...{ kind: 'skill', id: 'Billing:v1', release: '1.0.0', description: 'Money.', settings: [] },
    actions: { refund: action(input), list: action(z.object({})) },
  };
  const skills = new Map([[skill.id, skill]]);
  const problemsOf = (grant: GrantDeclaration) =>
    conditionProblems(agent('billing', [], [grant]), { skills }).map(({ at, wrong }) => `${at} ${wrong}`);

  test.each<[object, string[]]>([
    [{ when: { amount: { atMost: 5 } } }, []],
    [{ when: { 'card.country': { oneOf: ['DE'] }, tags: { everyOneOf: ['a'] } } }, []],
    [{ when: { amuont: { atMost: 5 } } }, ['grants.0.when.amuont speaks of an argument that the action does not have']],
    [
      { when: { 'card.land': { oneOf: ['DE'] } } },
      ['grants.0.when.card.land speaks of an argument that the action does not have'],
    ],
    [
      { when: { rate: { atMost: 5 } } },
      ['grants.0.when.rate cannot be judged: it may have a fraction; use a whole number, such as cents'],
    ],
    [
      { when: { currency: { atMost: 5 } } },
      ['grants.0.when.currency does not fit the type of the argument (atLeast and atMost)'],
    ],
    [{ when: { amount: { oneOf: ['5'] } } }, ['grants.0.when.amount does not fit the type of the argument (oneOf)']],
    [{ when: { tags: { oneOf: ['a'] } } }, ['grants.0.when.tags does not fit the type of the argument (oneOf)']],
    [
      { when: { tags: { everyOneOf: [1] } } },
      ['grants.0.when.tags does not fit the type of the argument (everyOneOf)'],
    ],
    [
      { approval: { unless: { amuont: { atMost: 5 } } } },
      ['grants.0.approval.unless.amuont speaks of an argument that the action does not have'],
    ],
  ])('%j is judged at the definition: %j', (limits, expected) => {
    expect(problemsOf({ grant: 'Billing:v1/refund', ...limits })).toEqual(expected);
  });

  test('on a whole skill has to fit each of its actions', () => {
    const grant = { grant: 'Billing:v1', when: { amount: { atMost: 5 } } };
    expect(problemsOf(grant)).toEqual(['grants.0.when.amount speaks of an argument that the action does not have']);
    const agents = agentsOf(agent('billing', [], [grant]));
    expect(() => compilePolicies({ skills, agents })).toThrow("a condition on 'amount' of Billing:v1/list");
  });
});

describe('a policy', () => {
  const [grant] = grantsOf(
    agent(
      'billing',
      [],
      [
        {
          grant: 'Billing:v1/refund',
          when: { 'card.land code': { oneOf: ['D"E'] }, has: { atMost: -5 } },
          tenants: ['acme'],
          expires: '2027-01-01',
          approval: { unless: { express: { oneOf: [true] } } },
        },
      ],
    ),
    new Map(),
  );

  it('says what the grant says, and nothing more', () => {
    expect(grant && cedarPolicy('billing', grant)).toBe(
      'permit(principal == Agent::"billing", action == Action::"Billing:v1/refund", resource) when { ' +
        '[Tenant::"acme"].contains(resource) && context.now < 1798761600000 && ' +
        'context.input has card && context.input.card has "land code" && ["D\\"E"].contains(context.input.card["land code"]) && ' +
        'context.input has "has" && context.input["has"] <= -5 && ' +
        '(context.approved || (context.input has express && [true].contains(context.input.express))) };',
    );
  });

  it('shows every character that could deceive', () => {
    expect(cedarString('a"\\\n\u200bа😀')).toBe('"a\\"\\\\\\u{a}\\u{200b}\\u{430}\\u{1f600}"');
  });
});
