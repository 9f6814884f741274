import { describe, expect, it } from 'vitest';
import { isAllowed, like, statementOf } from './policy.ts';

const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/args/*' };
const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/args/x' };

describe('the policy evaluator of these tests', () => {
  it('allows what a statement allows, whatever the case of the action', () => {
    expect(isAllowed([statementOf(allow)], { ...request, action: 'S3:getobject' })).toBe(true);
  });

  it('denies what no statement allows', () => {
    expect(isAllowed([statementOf(allow)], { ...request, resource: 'arn:aws:s3:::b/results/x' })).toBe(false);
    expect(isAllowed([statementOf(allow)], { ...request, action: 's3:PutObject' })).toBe(false);
    expect(isAllowed([], request)).toBe(false);
  });

  it('lets one denial outweigh every permission', () => {
    expect(isAllowed([statementOf(allow), statementOf({ ...allow, Effect: 'Deny', Action: 's3:*' })], request)).toBe(
      false,
    );
  });

  it('reads * as any text, ? as any character and everything else as itself', () => {
    expect(like('a*c?', 'a/b:cd')).toBe(true);
    expect(like('a.c', 'abc')).toBe(false);
    expect(like('T#*#E#A:v1#R#*', 'T#x#E#A:v10#R#y')).toBe(false);
  });

  it('wants every value of a request to be like one of the patterns', () => {
    const statement = statementOf({ ...allow, Condition: { 'ForAllValues:StringLike': { k: ['a*', 'b*'] } } });
    expect(isAllowed([statement], { ...request, context: { k: ['a1', 'b1'] } })).toBe(true);
    expect(isAllowed([statement], { ...request, context: { k: ['a1', 'c1'] } })).toBe(false);
  });

  it('wants no value of a request to be like one of the patterns that it names', () => {
    const statement = statementOf({ ...allow, Condition: { 'ForAllValues:StringNotLike': { k: ['a*', 'b*'] } } });
    expect(isAllowed([statement], { ...request, context: { k: ['c1', 'd1'] } })).toBe(true);
    expect(isAllowed([statement], { ...request, context: { k: ['a1', 'c1'] } })).toBe(false);
  });

  it('wants a key that must be equal to be there', () => {
    const statement = statementOf({ ...allow, Condition: { StringEquals: { k: 'a' } } });
    expect(isAllowed([statement], { ...request, context: { k: ['a'] } })).toBe(true);
    expect(isAllowed([statement], request)).toBe(false);
  });

  it.each([
    { ...allow, NotAction: 's3:PutObject' },
    { ...allow, NotResource: 'x' },
    { ...allow, Principal: '*' },
    { ...allow, Condition: { StringNotLike: { k: 'a' } } },
    { ...allow, Effect: 'allow' },
    { ...allow, Resource: { Ref: 'X' } },
  ])('refuses to judge what it does not understand: %j', (raw) => {
    expect(() => statementOf(raw)).toThrow(/not understood|Not a text/);
  });
});
