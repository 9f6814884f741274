import { handle } from 'hono/aws-lambda';
import type { LambdaEvent } from 'hono/aws-lambda';
import { skillFunctions } from '../../core/authz/catalogue.ts';
import { awsPorts } from '../../core/adapters/aws.ts';
import { authorizer } from '../authorizer.ts';
import { countedPorts } from '../counted-ports.ts';
import { registry } from '../registry.ts';
import { telemetry } from '../telemetry.ts';
import { createApi } from './app.ts';
import { authorizerAuthentication } from './authenticate.ts';

const { logger, traced } = telemetry('api');

let serve: ReturnType<typeof handle> | undefined;

/** The HTTP API behind an API Gateway HTTP API with a JWT authorizer. */
export const handler = traced((event: LambdaEvent, context) => {
  serve ??= handle(
    createApi({
      ports: countedPorts(awsPorts(process.env)),
      registry: registry(),
      functions: skillFunctions(process.env),
      authorizer: authorizer(),
      authenticate: authorizerAuthentication,
      logger,
    }),
  );
  return serve(event, context);
});
