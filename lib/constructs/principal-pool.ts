import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { UserPoolClient, UserPoolClientOptions } from 'aws-cdk-lib/aws-cognito';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StringAttribute,
  UserPool,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { scopes } from '../../core/contract/api.ts';
import { acknowledge } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** Longest that Cognito waits for a trigger. */
const triggerSeconds = 5;

/**
 * The people who may call the API. An administrator invites them, names their tenant once and for all, and puts them
 * into the groups whose names are the scopes; their access tokens carry both.
 */
export class PrincipalPool extends Construct implements TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly pool: UserPool;

  constructor(
    scope: Construct,
    id: string,
    { names, bundleDir }: { readonly names: ResourceNames; readonly bundleDir: string },
  ) {
    super(scope, id);
    const pool = new UserPool(this, 'Pool', {
      userPoolName: names.own('principals'),
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      customAttributes: { tenant: new StringAttribute({ mutable: false, minLen: 1, maxLen: 40 }) },
      passwordPolicy: {
        minLength: 14,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const claims = new BundledFunction(this, 'TokenClaims', {
      functionName: names.own('token-claims'),
      description: 'Puts tenant and scopes into the access tokens of principals',
      bundleDir,
      bundle: 'token-claims',
      timeoutSeconds: triggerSeconds,
    });
    pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, claims, LambdaVersion.V2_0);
    for (const groupName of scopes) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName });
    }
    this.pool = pool;
    const client = this.#client(pool);
    this.issuer = `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${pool.userPoolId}`;
    this.audience = client.userPoolClientId;
    for (const rule of ['AwsSolutions-COG3', 'AwsSolutions-COG8']) {
      acknowledge(
        pool,
        rule,
        'Threat protection needs the Plus plan, which is priced per user; MFA is required instead.',
      );
    }
  }

  #client(pool: UserPool): UserPoolClient {
    return pool.addClient('Client', { ...clientSettings(), disableOAuth: true });
  }
}

/** What holds for the tokens of every client of the pool. */
export function clientSettings(): UserPoolClientOptions {
  return {
    authFlows: { userSrp: true },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(1),
    readAttributes: new ClientAttributes().withStandardAttributes({ email: true }).withCustomAttributes('tenant'),
    // The tenant is not among them: nobody moves himself to another one.
    writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
  };
}
