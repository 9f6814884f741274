import { describe, expect, it, test } from 'vitest';
import { anyApprover } from './approvers.ts';
import { grantName, limitedGrant, limitsInWords, parseGrant } from './grant.ts';

describe('a bare grant', () => {
  it.each([
    ['Billing:v1', 'Billing:v1', undefined],
    ['Billing:v1/refund', 'Billing:v1', 'refund'],
    ['Billing:v1/a/b', 'Billing:v1', 'a/b'],
    ['*', '*', undefined],
  ])('%s is about %s, action %s', (declaration, skillId, action) => {
    expect(parseGrant(declaration)).toEqual({
      ...{ name: declaration, skillId, action, when: {} },
      ...{ tenants: undefined, expiresAtMs: undefined, approval: { needed: 'never' }, approvers: anyApprover },
    });
  });

  it.each([
    'Billing',
    'billing:v1',
    'Billing:v01',
    'Billing:v1/',
    'Billing:v1/*',
    'Billing:v1/a/b',
    '*',
    '',
    'Вilling:v1',
  ])('is not written %s', (name) => {
    expect(grantName.safeParse(name).success).toBe(false);
  });
});

describe('a grant with limits', () => {
  test('has each of them in words', () => {
    const grant = parseGrant({
      grant: 'Billing:v1/refund',
      when: { amount: { atLeast: 1, atMost: 500 }, 'to.country': { oneOf: ['DE'] }, tags: { everyOneOf: ['a', 'b'] } },
      tenants: ['acme', 'beta'],
      expires: '2027-01-01',
      approval: { unless: { amount: { atMost: 50 } } },
    });
    expect(limitsInWords(grant)).toEqual([
      'amount >= 1',
      'amount <= 500',
      'to.country is one of ["DE"]',
      'each of tags is one of ["a","b"]',
      'tenant is acme or beta',
      'before 2027-01-01T00:00:00.000Z',
      'with approval unless amount <= 50',
    ]);
  });

  test.each([
    [{ quorum: 2 }, 'with approval of 2 people'],
    [{ differentPerson: true }, 'with approval of somebody other than who started the run'],
    [
      { quorum: 3, differentPerson: true, unless: { amount: { atMost: 5 } } },
      'with approval of 3 people other than who started the run unless amount <= 5',
    ],
  ])('says of an approval %j: %s', (approval, words) => {
    expect(limitsInWords(parseGrant({ grant: 'Billing:v1', approval }))).toEqual([words]);
  });

  test.each<[object, string]>([
    [{ when: {} }, 'must name at least one argument'],
    [{ when: { amount: {} } }, 'must say something'],
    [{ when: { amount: { atMost: 1, atLeast: 2 } } }, 'can never hold'],
    [{ when: { amount: { atMost: 1.5 } } }, 'must be a whole number'],
    [{ when: { amount: { atMost: 2 ** 53 } } }, 'must be a whole number'],
    [{ when: { amount: { atMost: '5' } } }, 'must be a whole number'],
    [{ when: { amount: { below: 5 } } }, 'Unrecognized key'],
    [{ when: { amount: { oneOf: [] } } }, 'must list at least one value'],
    [{ when: { amount: { oneOf: [1, 'a'] } } }, 'must hold values of one type'],
    [{ when: { amount: { oneOf: [null] } } }, 'must be a text, a whole number, true or false'],
    [{ when: { amount: { oneOf: ['\ud800'] } } }, 'must be well-formed Unicode'],
    [{ when: { 'a..b': { atMost: 1 } } }, 'must be the name of an argument'],
    [{ when: { __entity: { atMost: 1 } } }, 'must be the name of an argument'],
    [{ tenants: [] }, 'must name at least one tenant'],
    [{ tenants: ['Acme'] }, 'must be 1 to 40 characters'],
    [{ tenants: ['acme', 'acme'] }, 'must name each tenant once'],
    [{ expires: '2027-02-30' }, 'must be a date'],
    [{ expires: '2027-01-01T00:00:00' }, 'must be a date'],
    [{ expires: 'soon' }, 'must be a date'],
    [{ approval: 'maybe' }, "must be 'required' or"],
    [{ approval: { unless: {} } }, 'must name at least one argument'],
    [{ approval: {} }, 'must say something'],
    [{ approval: { quorum: 0 } }, 'must be at least 1'],
    [{ approval: { quorum: 11 } }, 'must be at most 10'],
    [{ approval: { quorum: 1.5 } }, "must be 'required' or"],
    [{ tenant: 'acme' }, 'Unrecognized key'],
    [{ grant: 'Billing:v1/*' }, 'must look like'],
  ])('%j is refused: %s', (limits, message) => {
    const { error } = limitedGrant.safeParse({ grant: 'Billing:v1', ...limits });
    const told = JSON.stringify(error?.issues);
    expect(error?.issues.length).toBeGreaterThan(0);
    expect(told).toContain(JSON.stringify(message).slice(1, -1));
    expect(() => parseGrant({ grant: 'Billing:v1', ...limits })).toThrow(/must|can never|Unrecognized/);
  });
});
