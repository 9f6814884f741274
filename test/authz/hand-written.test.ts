import { readFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { openCedarAuthorizer, PolicyError, policyProblems } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import type { AuthorizationRequest } from '../../core/ports/authorizer.ts';
import { nowMs, registry } from './fixture.ts';

const declarations = compilePolicies(registry);
const charge = {
  tenantId: 'acme',
  agent: 'billing',
  skillId: 'Billing:v1',
  action: 'charge',
  input: { amountCents: 100, currency: 'EUR' },
  nowMs,
} satisfies AuthorizationRequest;

const opened = (text: string) => openCedarAuthorizer(declarations, [{ file: 'policies/house.cedar', text }]);
const asked = (text: string, changes: Partial<AuthorizationRequest> = {}) =>
  opened(text).authorize({ ...charge, ...changes });
const told = (text: string) =>
  policyProblems(declarations, [{ file: 'policies/house.cedar', text }]).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );

describe('a policy by hand', () => {
  it('forbids what a grant permits, and is named with its reason', () => {
    const text = `// Until the audit is over.
      @id("freeze") @reason("Charges are frozen; ask finance")
      forbid(principal, action == Action::"Billing:v1/charge", resource);`;
    expect(asked(text)).toEqual({
      verdict: 'deny',
      policies: ['policies/house.cedar#freeze'],
      reasons: ['Charges are frozen; ask finance (policies/house.cedar:2)'],
    });
    expect(asked(text, { action: 'refund', input: { amountCents: 1 } }).verdict).toBe('allow');
  });

  it('can ask for an approval', () => {
    const text = `forbid(principal, action in Action::"Billing:v1", resource)
      unless { context.approved || (context.input has amountCents && context.input.amountCents < 100) };`;
    expect(asked(text)).toEqual({
      verdict: 'allowWithApproval',
      policies: ['grant:billing:Billing:v1/charge', 'policies/house.cedar:1'],
      reasons: ['policies/house.cedar:1 forbids it', "'Billing:v1/charge'"],
    });
    expect(asked(text, { input: { amountCents: 99, currency: 'EUR' } }).verdict).toBe('allow');
  });

  it.each([
    ['forbid(principal == Agent::"billing", action, resource);', 'deny'],
    ['forbid(principal == Agent::"senior", action, resource);', 'allow'],
    ['forbid(principal, action, resource == Tenant::"acme");', 'deny'],
    ['forbid(principal, action, resource == Tenant::"beta");', 'allow'],
    ['forbid(principal, action in Action::"Billing:v1", resource);', 'deny'],
    ['forbid(principal, action in Action::"Text:v1", resource);', 'allow'],
    ['forbid(principal, action, resource) when { action in Action::"Billing:v1" };', 'deny'],
    ['forbid(principal, action, resource) unless { action in [Action::"Text:v1"] };', 'deny'],
    ['forbid(principal, action, resource) when { Action::"Text:v1/join" in Action::"Text:v1" };', 'deny'],
    ['forbid(principal, action in [Action::"Billing:v1", Action::"Text:v1"], resource);', 'deny'],
    ['forbid(principal, action in [Action::"Text:v1/join"], resource);', 'allow'],
    ['forbid(principal in Agent::"billing", action, resource);', 'deny'],
    ['forbid(principal, action, resource) unless { principal == Agent::"senior" };', 'deny'],
  ])('%s: %s', (text, expected) => {
    expect(asked(text).verdict).toBe(expected);
  });

  it('that depends on the time is asked at any time', () => {
    const authorizer = opened(`forbid(principal, action, resource) when { context.now > ${nowMs} };`);
    expect([0, 1, 0].map((later) => authorizer.authorize({ ...charge, nowMs: nowMs + later }).verdict)).toEqual([
      'allow',
      'deny',
      'allow',
    ]);
    const whole = opened(`forbid(principal, action == Action::"Billing:v1/charge", resource)
      when { context == { now: ${nowMs}, approved: false, input: { amountCents: 100, currency: "EUR" } } };`);
    expect([0, 1].map((later) => whole.authorize({ ...charge, nowMs: nowMs + later }).verdict)).toEqual([
      'allowWithApproval',
      'allow',
    ]);
  });

  it('that cannot be evaluated forbids', () => {
    const text = `forbid(principal, action == Action::"Billing:v1/charge", resource)
      when { context.input.amountCents * 9007199254740991 > 9007199254740991 * 1000 };`;
    const input = { amountCents: Number.MAX_SAFE_INTEGER, currency: 'EUR' };
    expect(asked(text, { input })).toMatchObject({ verdict: 'deny', policies: [] });
    expect(asked(text, { input }).reasons.join()).toContain('policies/house.cedar:1: ');
    expect(asked(text, { input: { amountCents: 1, currency: 'EUR' } }).verdict).toBe('allow');
  });
});

describe('what is wrong with a file', () => {
  test.each([
    ['permit(principal, action, resource);', ':1 permits something'],
    ['\n\n// "\nforbid(principal, action, resource when { true };', ':4 unexpected token `when`'],
    ['\nforbid(principal, action == Action::"Billing:v1/chrage", resource);', ':2 unrecognized action `Action'],
    ['forbid(principal == Agent::"biling", action, resource);', ':1 entity `Agent::"biling"` is of an enumerated'],
    [
      'forbid(principal, action == Action::"Billing:v1/charge", resource)\n  when {\n    context.input.amount > 5 };',
      ':3 attribute `input.amount` in context for Action::"Billing:v1/charge" not found (did you mean `amountCents`?)',
    ],
    ['/* no */ forbid(principal, action == Action::"Billing:v1/refund", resource);', ':1 '],
    [
      'forbid(principal, action == Action::"Billing:v1/refund", resource) when { context.input.amountCents > 5 };',
      ':1 unable to guarantee safety of access to optional attribute `input.amountCents`',
    ],
    [
      'forbid(principal, action == Action::"Billing:v1/refund", resource) when { context.input has rate };',
      ':1 policy is impossible',
    ],
    ['forbid(principal, action, resource == Tenant::"аcme");', ':1 identifier `аcme` contains mixed scripts'],
    ['forbid(principal == ?principal, action, resource);', ':1 expected a static policy, got a template'],
    ['forbid(principal, action, resource)', ':1 unexpected end of input'],
    [
      '@id("a") forbid(principal, action, resource == Tenant::"x");\n@id("a") forbid(principal, action, resource == Tenant::"y");',
      ':2 has the @id "a" of another policy of this file',
    ],
    ['forbid(principal, action, resource) when { "ä;ö//" == "x" };;', ':1 unexpected token `;`'],
  ])('is told with its place: %s', (text, message) => {
    expect(told(text)[0]).toContain(`policies/house.cedar${message}`);
    expect(() => opened(text)).toThrow(PolicyError);
  });

  test('is told all at once', () => {
    const text = 'permit(principal, action, resource);\nforbid(principal, action == Action::"x", resource);\nforbid(';
    expect(told(text).map((one) => one.split(' ')[0])).toEqual(
      expect.arrayContaining(['policies/house.cedar:1', 'policies/house.cedar:2', 'policies/house.cedar:3']),
    );
  });

  test('is nothing when there is nothing but remarks', () => {
    expect(told('// permit(principal, action, resource);\n\n')).toEqual([]);
  });

  test('may hide neither in a text nor in a remark', () => {
    const text = `forbid(principal, action, resource) when { resource == Tenant::"a;\\";//b" }; // ; permit(
      forbid(principal, action, resource == Tenant::"acme");`;
    expect(told(text)).toEqual([]);
    expect(asked(text).policies).toEqual(['policies/house.cedar:2']);
  });
});

it('the rules in the guide are valid, and do what it says', async () => {
  const guide = await readFile(new URL('../../docs/guides/grants-and-policies.md', import.meta.url), 'utf8');
  const rules = /```cedar\n([^]*?)```/.exec(guide)?.[1] ?? '';
  expect(told(rules)).toEqual([]);
  const december = Date.parse('2026-12-26T00:00:00Z');
  const refund = { action: 'refund', input: { amountCents: 1 } };
  expect(asked(rules, { ...refund, nowMs: december }).policies).toEqual(['policies/house.cedar#december']);
  expect(asked(rules, refund).verdict).toBe('allow');
  const remove = { agent: 'user-admin', skillId: 'UserManagement:v2', action: 'remove', input: { id: 'test' } };
  expect(asked(rules, remove).verdict).toBe('allowWithApproval');
});
