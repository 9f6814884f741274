import { Aws } from 'aws-cdk-lib';
import {
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  OAuthScope,
  UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { consoleSignedInPath } from '../../core/contract/console-config.ts';
import type { ResourceNames } from '../names.ts';
import { clientSettings } from './principal-pool.ts';
import type { PrincipalPool } from './principal-pool.ts';

/** Where Vite serves the console to who works on it. Cognito takes plain HTTP from this name only. */
const developmentOrigin = 'http://localhost:5173';

/** Where people sign in: pages of Cognito under a name in its domain, which is unique in the region by the account's number. */
export class SignInPages extends Construct {
  readonly domain: UserPoolDomain;
  /** `https://…`, without a slash at its end. */
  readonly origin: string;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly names: ResourceNames; readonly principals: PrincipalPool },
  ) {
    super(scope, id);
    this.domain = new UserPoolDomain(this, 'Domain', {
      userPool: props.principals.pool,
      cognitoDomain: { domainPrefix: `${props.names.prefix}-${Aws.ACCOUNT_ID}` },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    this.origin = this.domain.baseUrl();
  }
}

/**
 * The console as a client of the pool: authorization code with PKCE, without a secret, which a browser could not keep. The
 * tokens get tenant and scopes as those of every client do, from the attribute and the groups of the person.
 */
export class ConsoleClient extends Construct {
  readonly clientId: string;

  constructor(
    scope: Construct,
    id: string,
    {
      names,
      principals,
      origin,
    }: { readonly names: ResourceNames; readonly principals: PrincipalPool; readonly origin: string },
  ) {
    super(scope, id);
    const origins = [origin, developmentOrigin];
    const client = new UserPoolClient(this, 'Client', {
      ...clientSettings(),
      userPool: principals.pool,
      userPoolClientName: names.own('console'),
      generateSecret: false,
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: origins.map((one) => `${one}${consoleSignedInPath}`),
        logoutUrls: origins.map((one) => `${one}/`),
      },
    });
    this.clientId = client.userPoolClientId;
    // Cognito has no pages for a client that has no branding.
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: principals.pool.userPoolId,
      clientId: this.clientId,
      useCognitoProvidedValues: true,
    });
  }
}
