import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { endpoints } from '../../core/contract/endpoints.ts';
import type { Endpoint } from '../../core/contract/endpoints.ts';
import { acknowledge } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface FrontDoorProps {
  readonly names: ResourceNames;
  readonly api: LambdaFunction;
  readonly tokenIssuer: TokenIssuer;
  /** Requests per second of all callers together. @default 100 a second, 200 at once */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
}

const defaultThrottle = { rateLimit: 100, burstLimit: 200 };
const openEndpoints = Object.values<Endpoint>(endpoints).filter((endpoint) => endpoint.scope === undefined);

/** The HTTP API. Every request but those for the open endpoints needs a valid token before any code of ours runs. */
export class FrontDoor extends Construct {
  readonly httpApi: HttpApi;
  readonly #api: LambdaFunction;
  readonly #tokenIssuer: TokenIssuer;

  constructor(scope: Construct, id: string, { names, api, tokenIssuer, throttle = defaultThrottle }: FrontDoorProps) {
    super(scope, id);
    this.#api = api;
    this.#tokenIssuer = tokenIssuer;
    const jwt = new HttpJwtAuthorizer('Jwt', tokenIssuer.issuer, { jwtAudience: [tokenIssuer.audience] });
    const integration = new HttpLambdaIntegration('Api', api);
    this.httpApi = new HttpApi(this, 'HttpApi', {
      apiName: names.own('api'),
      createDefaultStage: false,
      defaultIntegration: integration,
      defaultAuthorizer: jwt,
    });
    const authorizer = new HttpNoneAuthorizer();
    for (const { path, method } of openEndpoints) {
      for (const route of this.httpApi.addRoutes({ path, methods: [HttpMethod[method]], integration, authorizer })) {
        acknowledge(route, 'AwsSolutions-APIG4', 'Answers nothing about any tenant, and is asked for without a token.');
      }
    }
    new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            logGroupName: `/aws/vendedlogs/apis/${names.own('api')}`,
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            requestTime: '$context.requestTime',
            routeKey: '$context.routeKey',
            path: '$context.path',
            status: '$context.status',
            latencyMs: '$context.responseLatency',
            subject: '$context.authorizer.claims.sub',
            tenant: '$context.authorizer.claims.tenant',
            error: '$context.error.message',
          }),
        ),
      },
    });
  }

  /**
   * Takes the tokens of one more client of the issuer. The route and its authorizer belong to `scope`, so that a stack that
   * makes the client can come after the one of the API, and go before it.
   */
  takeTokensOf(scope: Construct, clientId: string): void {
    const { issuer, audience } = this.#tokenIssuer;
    const own = new Construct(scope, 'FrontDoor');
    new HttpRoute(own, 'Route', {
      // As the API itself it would take the authorizer into its own stack.
      httpApi: HttpApi.fromHttpApiAttributes(own, 'HttpApi', { httpApiId: this.httpApi.httpApiId }),
      // More exact than the default route, so all that it takes has to be taken here too.
      routeKey: HttpRouteKey.with('/v1/{proxy+}', HttpMethod.ANY),
      integration: new HttpLambdaIntegration('Api', this.#api),
      authorizer: new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience: [audience, clientId] }),
    });
  }
}
