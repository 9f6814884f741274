import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { scope } from '../../core/contract/api.ts';

/** Cognito asks before it signs a token: the tenant is an attribute of the user, the scopes are the groups. */
export async function handler(event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> {
  const { userAttributes, groupConfiguration } = event.request;
  const tenant = userAttributes['custom:tenant'];
  const scopesToAdd = (groupConfiguration.groupsToOverride ?? []).filter((group) => scope.safeParse(group).success);
  event.response.claimsAndScopeOverrideDetails = {
    accessTokenGeneration: {
      scopesToAdd,
      ...(tenant === undefined ? {} : { claimsToAddOrOverride: { tenant } }),
    },
  };
  return event;
}
