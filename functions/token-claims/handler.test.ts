import type { Context, PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { principalOf } from '../../core/authz/principal.ts';
import { handler } from './handler.ts';

function eventOf(attributes: Record<string, string>, groups: string[] | undefined): PreTokenGenerationV2TriggerEvent {
  return {
    version: '2',
    region: 'eu-west-1',
    userPoolId: 'p',
    userName: 'u',
    triggerSource: 'TokenGeneration_Authentication',
    callerContext: { awsSdkVersion: '3', clientId: 'c' },
    request: {
      userAttributes: attributes,
      groupConfiguration: groups === undefined ? {} : { groupsToOverride: groups },
      scopes: ['aws.cognito.signin.user.admin'],
    },
    response: { claimsAndScopeOverrideDetails: {} },
  };
}

const context = { awsRequestId: 'request-1', functionName: 'token-claims' } as Context;
const tokenOf = async (event: PreTokenGenerationV2TriggerEvent) =>
  (await handler(event, context)).response.claimsAndScopeOverrideDetails?.accessTokenGeneration;

describe('the claims of an access token', () => {
  it('are the tenant of the user, and the scopes whose groups the user is in', async () => {
    const token = await tokenOf(
      eventOf({ 'custom:tenant': 'acme', sub: 'u-1' }, ['runs:read', 'inbox:resolve', 'canteen']),
    );
    expect(token).toEqual({ claimsToAddOrOverride: { tenant: 'acme' }, scopesToAdd: ['runs:read', 'inbox:resolve'] });
    const principal = principalOf({
      sub: 'u-1',
      ...token?.claimsToAddOrOverride,
      scope: token?.scopesToAdd?.join(' '),
    });
    expect(principal.tenantId).toBe('acme');
    expect([...principal.scopes]).toEqual(['runs:read', 'inbox:resolve']);
  });

  it('name no tenant for a user without one, who is then refused', async () => {
    const token = await tokenOf(eventOf({ sub: 'u-1' }, undefined));
    expect(token).toEqual({ scopesToAdd: [] });
    expect(() => principalOf({ sub: 'u-1', ...token?.claimsToAddOrOverride })).toThrow('tenant');
  });
});
