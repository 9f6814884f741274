import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCedarAuthorizer } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import type { GrantDeclaration } from '../../core/model/grant.ts';
import { defineAgent } from '../../core/sdk/index.ts';
import { registryOf } from './fixture.ts';

/*
 * The other opinion: it reads grants as they are written and shares no code with the compiler or the engine.
 */
type Arguments = Record<string, unknown>;
interface Question {
  readonly tenantId: string;
  readonly target: string;
  readonly input: Arguments;
  readonly nowMs: number;
}

function fulfilled(rules: Record<string, Record<string, unknown>>, input: Arguments): boolean {
  for (const path in rules) {
    let value: unknown = input;
    for (const part of path.split('.')) value = (value as Arguments | undefined)?.[part];
    const rule = rules[path] ?? {};
    if (value === undefined) return false;
    if ('atMost' in rule && (value as number) > (rule['atMost'] as number)) return false;
    if ('atLeast' in rule && (value as number) < (rule['atLeast'] as number)) return false;
    if ('oneOf' in rule && !(rule['oneOf'] as unknown[]).includes(value)) return false;
    const every = rule['everyOneOf'] as unknown[] | undefined;
    if (every && (value as unknown[]).some((one) => !every.includes(one))) return false;
  }
  return true;
}

function expected(grants: readonly GrantDeclaration[], { tenantId, target, input, nowMs }: Question): string {
  let best = 'deny';
  for (const one of grants) {
    const grant = typeof one === 'string' ? { grant: one } : one;
    if (grant.grant !== target && !target.startsWith(`${grant.grant}/`)) continue;
    if (grant.tenants && !grant.tenants.includes(tenantId)) continue;
    if (grant.expires && nowMs >= new Date(grant.expires).getTime()) continue;
    if (grant.when && !fulfilled(grant.when as never, input)) continue;
    const asks = grant.approval === 'required' || (grant.approval && !fulfilled(grant.approval.unless as never, input));
    if (!asks) return 'allow';
    best = 'allowWithApproval';
  }
  return best;
}

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
);
const word = fc.constantFrom('EUR', 'eur', 'a"b', '\\', '\u200b', 'ß', '😀', '\u0000');
const words = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

const numberRule = fc.oneof(
  number.map((atMost) => ({ atMost })),
  number.map((atLeast) => ({ atLeast })),
  fc.tuple(number, number).map(([a, b]) => ({ atLeast: Math.min(a, b), atMost: Math.max(a, b) })),
  fc.uniqueArray(number, { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
);
const conditions = fc
  .record(
    {
      amountCents: numberRule,
      currency: words.map((oneOf) => ({ oneOf })),
      tags: words.map((everyOneOf) => ({ everyOneOf })),
      express: fc.boolean().map((value) => ({ oneOf: [value] })),
      'to.country': words.map((oneOf) => ({ oneOf })),
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0);

const moments = ['2026-01-01', '2026-06-01', '2026-12-31'] as const;
const limits = {
  tenants: fc.uniqueArray(fc.constantFrom('acme', 'beta', 'gamma'), { minLength: 1 }),
  expires: fc.constantFrom(...moments),
  approval: fc.oneof(
    fc.constant('required' as const),
    conditions.map((unless) => ({ unless })),
  ),
};
const grant: fc.Arbitrary<GrantDeclaration> = fc.oneof(
  fc.constantFrom('Billing:v1', 'Billing:v1/charge', 'Billing:v1/refund', 'Text:v1'),
  fc.record({ grant: fc.constant('Billing:v1/refund'), when: conditions, ...limits }, { requiredKeys: ['grant'] }),
  fc.record(
    { grant: fc.constantFrom('Billing:v1', 'Text:v1/join'), tenants: limits.tenants, expires: limits.expires },
    { requiredKeys: ['grant'] },
  ),
);
const grants = fc.uniqueArray(grant, { maxLength: 4, selector: (one) => JSON.stringify(one) });

const refundInput = fc
  .record({
    amountCents: some(number),
    currency: some(word),
    tags: some(fc.array(word, { maxLength: 3 })),
    express: some(fc.boolean()),
    to: some(fc.record({ country: some(word), iban: word })),
    rate: some(fc.double()),
  })
  .map((input): [string, Arguments] => ['Billing:v1/refund', input]);
const question: fc.Arbitrary<Question> = fc
  .record({
    tenantId: fc.constantFrom('acme', 'beta', 'delta'),
    call: fc.oneof(
      { weight: 3, arbitrary: refundInput },
      { weight: 1, arbitrary: fc.constant<[string, Arguments]>(['Text:v1/join', { parts: ['a'] }]) },
    ),
    nowMs: fc
      .tuple(fc.constantFrom(...moments), fc.integer({ min: -1, max: 1 }))
      .map(([moment, offset]) => Date.parse(moment) + offset),
  })
  .map(({ tenantId, call: [target, input], nowMs }) => ({ tenantId, target, input, nowMs }));

it('every decision is the one that a plain reading of the grants gives, asked once or again', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(grants, grants, fc.array(question, { minLength: 1, maxLength: 12 }), (own, inherited, questions) => {
      const registry = registryOf([
        defineAgent({ name: 'base', description: 'Base.', grants: inherited }),
        defineAgent({ name: 'clerk', description: 'Clerk.', extends: ['base'], grants: own }),
      ]);
      const authorizer = openCedarAuthorizer(compilePolicies(registry), []);
      for (const asked of [...questions, ...questions]) {
        const [skillId = '', action = ''] = asked.target.split('/');
        const request = { ...asked, agent: 'clerk', skillId, action, input: asked.input as never };
        const { verdict, reasons } = authorizer.authorize(request);
        seen.add(verdict);
        expect(reasons.join()).not.toContain('cannot be judged');
        expect(verdict).toBe(expected([...own, ...inherited], asked));
      }
    }),
    { numRuns: 300, seed: 3 },
  );
  expect(seen).toEqual(new Set(['allow', 'allowWithApproval', 'deny']));
});
