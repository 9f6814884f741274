import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeTracing } from '../acknowledged.ts';

export interface BundledFunctionProps {
  readonly functionName: string;
  readonly description: string;
  /** Where `npm run bundle` wrote the bundles. */
  readonly bundleDir: string;
  /** Folder in it. */
  readonly bundle: string;
  readonly timeoutSeconds: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Lambda gives CPU in proportion: with less, a cold start costs more than the memory saves. */
const memoryMb = 512;

/**
 * A function made of one bundle, with a role and a log group of its own. It may write its log and traces, and nothing
 * else until a construct grants it something. Versions stay when a newer one is published: runs in flight call them.
 */
export class BundledFunction extends LambdaFunction {
  readonly ownRole: Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const path = join(props.bundleDir, props.bundle);
    if (!existsSync(path)) {
      throw new Error(`There is no bundle ${path} for the function ${props.functionName}. Run "npm run bundle" first.`);
    }
    const logGroup = new LogGroup(scope, `${id}Log`, {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      functionName: props.functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(path),
      memorySize: memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      environment: { ...props.environment },
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      logGroup,
      role,
    });
    this.ownRole = role;
    acknowledgeTracing(role);
  }
}
