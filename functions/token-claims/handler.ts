import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { scope } from '../../core/contract/api.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('token-claims');

/** Cognito asks before it signs a token: the tenant is an attribute of the user, the scopes are the groups. */
export const handler = traced(
  async (event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> => {
    const { userAttributes, groupConfiguration } = event.request;
    const tenant = userAttributes['custom:tenant'];
    const scopesToAdd = (groupConfiguration.groupsToOverride ?? []).filter((group) => scope.safeParse(group).success);
    event.response.claimsAndScopeOverrideDetails = {
      accessTokenGeneration: {
        scopesToAdd,
        ...(tenant === undefined ? {} : { claimsToAddOrOverride: { tenant } }),
      },
    };
    logger.debug('claims given', { tenantId: tenant, scopes: scopesToAdd });
    return event;
  },
);
