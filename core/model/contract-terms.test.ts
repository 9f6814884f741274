import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contractChanges } from './contract-change.ts';
import { contractOf, skillHashOf } from './skill-contract.ts';
import type { ActionDefinition, SkillDefinition } from './skill.ts';

const skill = (action: Partial<ActionDefinition>, reach: Partial<SkillDefinition> = {}): SkillDefinition => ({
  kind: 'skill',
  id: 'Billing:v1',
  release: '1.0.0',
  description: 'Pays money back.',
  settings: [],
  ...reach,
  actions: {
    refund: {
      description: 'Pays back.',
      input: z.object({ amountCents: z.int(), recipient: z.object({ iban: z.string(), name: z.string() }) }),
      output: z.object({ currency: z.enum(['EUR', 'NOK']), note: z.string() }),
      effect: { class: 'N' },
      timeoutSeconds: 20,
      maxAttempts: 3,
      run: () => Promise.resolve({}),
      ...action,
    },
  },
});
const told = (was: SkillDefinition, is: SkillDefinition): string[] =>
  contractChanges(contractOf(was), contractOf(is)).map(
    ({ kind, path, was: before, is: after }) => `${kind} ${path}: ${before} -> ${after}`,
  );
const both = (was: Partial<ActionDefinition>, is: Partial<ActionDefinition>): [string[], string[]] => [
  told(skill(was), skill(is)),
  told(skill(is), skill(was)),
];

describe('within a version', () => {
  it('an argument may become sensitive, but not stop to be', () => {
    expect(both({ sensitive: ['amountCents'] }, { sensitive: ['recipient.iban', 'amountCents'] })).toEqual([
      ['compatible refund.sensitive.recipient.iban: need not be trusted -> must be trusted or approved'],
      ['breaking refund.sensitive.recipient.iban: must be trusted or approved -> need not be trusted'],
    ]);
  });

  it('a sensitive object stands for each of its members', () => {
    expect(both({ sensitive: ['recipient.iban'] }, { sensitive: ['recipient'] })).toEqual([
      ['compatible refund.sensitive.recipient: need not be trusted -> must be trusted or approved'],
      ['breaking refund.sensitive.recipient: must be trusted or approved -> need not be trusted'],
    ]);
  });

  it.each([
    [undefined, 'model', 'that of the arguments'],
    ['model', 'untrusted', 'model'],
    [undefined, 'untrusted', 'that of the arguments'],
  ] as const)('answers of trust %s may become %s, but not the other way round', (high, low, before) => {
    expect(both(high === undefined ? {} : { trust: high }, { trust: low })).toEqual([
      [`compatible refund.trust: ${before} -> ${low}`],
      [`breaking refund.trust: ${low} -> ${before}`],
    ]);
  });

  it('a member of the answer may lose its endorsement, but not gain one', () => {
    expect(both({ endorses: { currency: 'enum' } }, {})).toEqual([
      ['compatible refund.endorses.currency: enum -> not endorsed'],
      ['breaking refund.endorses.currency: not endorsed -> enum'],
    ]);
  });

  it('one of a closed set is a narrower endorsement than one of a table', () => {
    expect(both({ endorses: { currency: 'lookup' } }, { endorses: { currency: 'enum' } })).toEqual([
      ['breaking refund.endorses.currency: lookup -> enum'],
      ['compatible refund.endorses.currency: enum -> lookup'],
    ]);
  });

  it('alternatives may come and go', () => {
    expect(both({ alternatives: ['Desk:v1/refund'] }, {})).toEqual([
      ['compatible refund.alternatives: Desk:v1/refund -> none'],
      ['compatible refund.alternatives: none -> Desk:v1/refund'],
    ]);
  });

  it('what can be undone has to stay so', () => {
    expect(
      both({}, { compensate: { effect: { class: 'N' }, timeoutSeconds: 5, run: () => Promise.resolve() } }),
    ).toEqual([
      ['compatible refund.compensates: cannot be undone -> can be undone'],
      ['breaking refund.compensates: can be undone -> cannot be undone'],
    ]);
  });

  it('each origin, secret and capability that is reached or not any more is told, and breaks nothing', () => {
    const was = skill({}, { network: ['https://a.example'], secrets: ['A_KEY'], uses: ['store'] });
    const is = skill({}, { network: ['https://b.example', 'https://a.example'], uses: ['mail', 'store'] });
    expect(told(was, is)).toEqual([
      'compatible network: not reached -> https://b.example',
      'compatible secrets: A_KEY -> no longer reached',
      'compatible uses: not reached -> mail',
    ]);
  });

  it('a skill that kept to public addresses has to keep to them', () => {
    const [open, closed] = [skill({}, { addresses: 'any' }), skill({}, { addresses: 'public' })];
    expect(told(skill({}), open)).toEqual([]);
    expect(told(open, closed)).toEqual(['compatible addresses: any -> public']);
    expect(told(closed, open)).toEqual(['breaking addresses: public -> any']);
    expect(contractChanges(contractOf(closed), contractOf(open))[0]?.remedy).toContain('Billing:v2');
  });
});

describe('the hash of a skill', () => {
  it.each<[string, Partial<SkillDefinition>]>([
    ['an origin', { network: ['https://a.example'] }],
    ['a secret', { secrets: ['A_KEY'] }],
    ['mail', { uses: ['mail'] }],
    ['public addresses only', { addresses: 'public' }],
  ])('changes with %s', (_what, reach) => {
    expect(skillHashOf(skill({}, reach))).not.toBe(skillHashOf(skill({})));
  });

  it('does not change with the order in which reach is written, nor with what is left out', () => {
    const [one, other] = [
      ['https://a.example', 'https://b.example'],
      ['https://b.example', 'https://a.example'],
    ];
    expect(skillHashOf(skill({}, { network: one }))).toBe(skillHashOf(skill({}, { network: other })));
    expect(skillHashOf(skill({}, { network: [], uses: [], addresses: 'any' }))).toBe(skillHashOf(skill({})));
  });
});
