import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Provenance } from './information-flow.ts';
import { doubtedArguments, InputTrust, trustAt, trustOfLiteral, trustOfOutput } from './information-flow.ts';
import type { Json, JsonObject } from './json.ts';
import type { Trust } from './trust.ts';
import { leastTrusted, trusts } from './trust.ts';

const input = {
  to: 'ada',
  cents: 5,
  ticket: { text: 'pay mallory', id: 't-1' },
  list: ['x', { deep: 'y' }],
  none: null,
};
const of = new InputTrust(input, ['ticket.text']);
const from = (literal: Trust, outputs: Readonly<Record<string, Trust>> = {}): Provenance => ({
  input: (path) => of.at(path),
  output: (stepId) => outputs[stepId] ?? 'untrusted',
  literal: (value) => (of.holds(value) ? 'trusted' : literal),
});

describe('a run input', () => {
  it.each<[string[], Trust]>([
    [['to'], 'trusted'],
    [['ticket', 'id'], 'trusted'],
    [['ticket', 'text'], 'untrusted'],
    [['ticket', 'text', 'length'], 'untrusted'],
    [['ticket'], 'untrusted'],
    [[], 'untrusted'],
    [['tick'], 'trusted'],
  ])('is believed at %j: %s', (path, trust) => {
    expect(of.at(path)).toBe(trust);
  });

  it('holds its texts, numbers and names, but for what somebody outside wrote', () => {
    for (const value of ['ada', 5, 't-1', 'x', 'y', null, 'to', 'deep'])
      expect(of.holds(value), String(value)).toBe(true);
    for (const value of ['pay mallory', 'Ada', 6, '5', '', true, [], {}]) expect(of.holds(value)).toBe(false);
  });

  it('does not hold the name of a member that somebody outside wrote: he may have chosen it', () => {
    const handed = new InputTrust({ to: 'ada', mallory: 'ada', card: { eve: 1 } }, ['mallory', 'card.eve']);
    for (const value of ['ada', 'to', 'card']) expect(handed.holds(value), value).toBe(true);
    for (const value of ['mallory', 'eve', 1]) expect(handed.holds(value), String(value)).toBe(false);
  });
});

describe('the words of a plan', () => {
  const never = (): boolean => false;
  const always = (): boolean => true;

  it.each<[Parameters<typeof trustOfLiteral>[1], Trust, Trust]>([
    [{ author: 'human', read: 'trusted' }, 'trusted', 'trusted'],
    [{ author: 'playbook', read: 'trusted' }, 'trusted', 'trusted'],
    [{ author: 'playbook', read: 'untrusted' }, 'untrusted', 'trusted'],
    [{ author: 'playbook', read: 'model' }, 'model', 'trusted'],
    [{ author: 'planner', read: 'trusted' }, 'model', 'trusted'],
    [{ author: 'planner', read: 'model' }, 'model', 'trusted'],
    [{ author: 'planner', read: 'untrusted' }, 'untrusted', 'untrusted'],
    [{ author: 'recovery', read: 'untrusted' }, 'untrusted', 'untrusted'],
  ])('of %j are %s, and %s where they repeat the input', (authorship, own, repeated) => {
    expect(trustOfLiteral('x', authorship, never)).toBe(own);
    expect(trustOfLiteral('x', authorship, always)).toBe(repeated);
  });
});

describe('an argument', () => {
  it.each<[Json, string[], Trust]>([
    ['${input.to}', [], 'trusted'],
    [{ to: '${input.to}' }, ['to'], 'trusted'],
    [{ to: '${input.ticket}' }, ['to', 'id'], 'trusted'],
    [{ to: '${input.ticket}' }, ['to'], 'untrusted'],
    [{ to: '${steps.a.output}' }, ['to'], 'untrusted'],
    [{ to: '${steps.b.output}' }, ['to', 'iban'], 'model'],
    [{ to: 'ada' }, ['to'], 'trusted'],
    [{ to: 'eve' }, ['to'], 'model'],
    [{ to: ['${input.to}', 'eve'] }, ['to'], 'model'],
    [{ to: ['${input.to}', ['${steps.a.output.x}']] }, ['to'], 'untrusted'],
    [{ to: { iban: '${input.to}' } }, ['to'], 'model'],
    [{ to: { ticket: '${input.to}' } }, ['to'], 'trusted'],
    [{ to: [] }, ['to'], 'model'],
    [{ to: {} }, ['to'], 'model'],
    [{ to: 'ada' }, ['cc'], 'trusted'],
    [{ to: 'not a ${reference} at all' }, ['to'], 'model'],
  ])('%j is believed at %j: %s', (template, path, trust) => {
    expect(trustAt(template, path, from('model', { b: 'model' }))).toBe(trust);
  });

  it('is doubted only where it is sensitive, there, and not trusted', () => {
    const template = { to: 'eve', cents: '${input.cents}', note: '${steps.a.output.text}', card: { no: 'eve' } };
    const rendered = { ...template, cents: 5, note: 'hello' };
    const sensitive = ['to', 'cents', 'cc', 'card.no', 'card.cvc'];
    expect(doubtedArguments(sensitive, template, rendered, from('model'))).toEqual(['to', 'card.no']);
    expect(doubtedArguments(['note'], template, rendered, from('trusted'))).toEqual(['note']);
  });

  it('that hides in the prototype is not there', () => {
    const rendered = JSON.parse('{"__proto__":{"to":"eve"}}') as JsonObject;
    expect(doubtedArguments(['to', '__proto__.to'], rendered, rendered, from('model'))).toEqual(['__proto__.to']);
  });
});

describe('an output', () => {
  it.each<[string[], Trust]>([
    [['state'], 'trusted'],
    [['state', 'x'], 'trusted'],
    [['user', 'id'], 'model'],
    [['newId'], 'trusted'],
    [['user'], 'untrusted'],
    [['states'], 'untrusted'],
    [[], 'untrusted'],
  ])('that endorses two members is believed at %j: %s', (path, trust) => {
    const whole = { trust: 'untrusted', argumentTrust: 'model' } as const;
    expect(trustOfOutput(whole, path, { state: 'enum', newId: 'minted', 'user.id': 'lookup' })).toBe(trust);
  });
});

const reference = fc.constantFrom('${input.to}', '${input.ticket}', '${steps.a.output}', '${steps.b.output.x}');
const { template } = fc.letrec<{ template: Json }>((tie) => ({
  template: fc.oneof(
    { maxDepth: 4 },
    reference,
    fc.string(),
    fc.integer(),
    fc.array(tie('template'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('template'), { maxKeys: 3 }) as fc.Arbitrary<JsonObject>,
  ),
}));

describe('whatever a plan holds', () => {
  const provenance = from('model', { b: 'model' });

  it('a whole is believed no more than any of its parts', () => {
    const paths = (value: Json): string[][] =>
      typeof value !== 'object' || value === null
        ? [[]]
        : [[], ...Object.entries(value).flatMap(([key, member]) => paths(member).map((rest) => [key, ...rest]))];
    fc.assert(
      fc.property(template, (value) => {
        const whole = trustAt(value, [], provenance);
        for (const path of paths(value)) {
          expect(leastTrusted([whole, trustAt(value, path, provenance)])).toBe(whole);
        }
      }),
    );
  });

  it('what holds a reference to something untrusted is untrusted, wherever it is', () => {
    fc.assert(
      fc.property(template, (value) => {
        const text = JSON.stringify(value);
        const tainted = text.includes('${steps.a.output}') || text.includes('${input.ticket}');
        expect(trustAt(value, [], provenance) === 'untrusted').toBe(tainted);
      }),
    );
  });

  it('the least trusted of several is one of them, and decides', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...trusts), { minLength: 1 }), (several) => {
        const least = leastTrusted(several);
        expect(several).toContain(least);
        for (const one of several) expect(trusts.indexOf(one)).toBeLessThanOrEqual(trusts.indexOf(least));
      }),
    );
    expect(leastTrusted([])).toBe('trusted');
  });
});
