import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
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
/** What a load balancer or a generator of clients asks for before it has a token. */
const openPaths = ['/healthz', '/v1/openapi.json'];

/** The HTTP API. Every request but those for the open paths needs a valid token before any code of ours runs. */
export class FrontDoor extends Construct {
  readonly httpApi: HttpApi;

  constructor(scope: Construct, id: string, { names, api, tokenIssuer, throttle = defaultThrottle }: FrontDoorProps) {
    super(scope, id);
    const jwt = new HttpJwtAuthorizer('Jwt', tokenIssuer.issuer, { jwtAudience: [tokenIssuer.audience] });
    this.httpApi = new HttpApi(this, 'HttpApi', { apiName: names.own('api'), createDefaultStage: false });
    const integration = new HttpLambdaIntegration('Api', api);
    const add = (path: string, methods: HttpMethod[], authorizer: IHttpRouteAuthorizer) =>
      this.httpApi.addRoutes({ path, methods, integration, authorizer });
    add('/{path+}', [HttpMethod.ANY], jwt);
    for (const path of openPaths) {
      for (const route of add(path, [HttpMethod.GET], new HttpNoneAuthorizer())) {
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
}
