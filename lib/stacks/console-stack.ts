import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ConsoleConfig } from '../../core/contract/console-config.ts';
import { ConsolePublisher } from '../constructs/console-publisher.ts';
import { ConsoleClient, SignInPages } from '../constructs/console-sign-in.ts';
import type { ConsoleDomain } from '../constructs/console-site.ts';
import { ConsoleSite } from '../constructs/console-site.ts';
import type { PrincipalPool } from '../constructs/principal-pool.ts';
import type { ResourceNames } from '../names.ts';
import type { PlatformStack } from './platform-stack.ts';

/** The console as a client of the issuer that a platform was given instead of a user pool. */
export interface ForeignSignIn {
  /** Of a public client there: code flow with PKCE, sent back to `/signed-in` of the console. */
  readonly clientId: string;
  /** Asked for besides `openid`, so that tokens for the API are given out. @default none */
  readonly scopes?: readonly string[];
  /** Where a session ends, for issuers whose configuration names no such address. */
  readonly signOutUrl?: string;
  /** Origins that its OpenID configuration names, such as that of its token endpoint. @default that of the issuer */
  readonly origins?: readonly string[];
}

export interface ConsoleStackProps extends StackProps {
  readonly names: ResourceNames;
  readonly platform: PlatformStack;
  /** Where `npm run bundle` wrote the functions. */
  readonly bundleDir: string;
  /** Where `npm run build:console` wrote the console. */
  readonly consoleDir: string;
  /** @default the name that CloudFront gives */
  readonly domain?: ConsoleDomain;
  /** For a platform with an issuer of its own, and only for one. @default sign-in by the platform's user pool */
  readonly signIn?: ForeignSignIn;
}

type SignInConfig = Extract<ConsoleConfig, { readonly signIn: 'oidc' }>;
type SignIn = Omit<SignInConfig, 'signIn' | 'apiBase'>;

/**
 * The web console and how people sign in to it. It knows the platform, and the platform does not know it, so that a platform
 * can be without one. Throws an Error for a sign-in that does not fit the platform, and when the console was not built.
 */
export class ConsoleStack extends Stack {
  readonly #props: ConsoleStackProps;

  constructor(scope: Construct, id: string, props: ConsoleStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { names, platform, bundleDir, consoleDir, domain } = props;
    const pages = platform.principals && new SignInPages(this, 'SignIn', { names, principals: platform.principals });
    const issuer = platform.tokenIssuer.issuer;
    const site = new ConsoleSite(this, 'Site', {
      ...{ names, httpApi: platform.frontDoor.httpApi },
      ...(domain ? { domain } : {}),
      connect: pages ? [originOf(issuer), pages.origin] : this.#foreign().origins,
    });
    const signIn =
      platform.principals && pages ? this.#ownSignIn(platform.principals, pages, site) : this.#foreign().signIn;
    const config: SignInConfig = { signIn: 'oidc', apiBase: '', ...signIn };
    new ConsolePublisher(this, 'Publisher', {
      ...{ names, bundleDir, consoleDir, bucket: site.bucket },
      config: this.toJsonString(config),
    });

    new CfnOutput(this, 'Address', { value: site.origin, description: 'Address of the console' });
    new CfnOutput(this, 'DistributionDomain', {
      value: site.distribution.distributionDomainName,
      description: 'What the DNS record of a domain of your own points to',
    });
    new CfnOutput(this, 'ClientId', { value: config.clientId, description: 'The console as a client of its issuer' });
  }

  #ownSignIn(principals: PrincipalPool, pages: SignInPages, { origin }: ConsoleSite): SignIn {
    const { names, platform, signIn } = this.#props;
    if (signIn) {
      throw new Error(
        `The console was given the client '${signIn.clientId}' of another issuer, but the platform has a user pool. Give the platform that issuer in 'tokenIssuer', or leave 'signIn' out.`,
      );
    }
    const { clientId } = new ConsoleClient(this, 'Client', { names, principals, origin });
    platform.frontDoor.takeTokensOf(this, clientId);
    return {
      ...{ authority: principals.issuer, clientId, scopes: ['email', 'profile'] },
      signOutUrl: `${pages.origin}/logout`,
    };
  }

  #foreign(): { readonly signIn: SignIn; readonly origins: readonly string[] } {
    const { platform, signIn } = this.#props;
    const { issuer } = platform.tokenIssuer;
    if (!signIn) {
      throw new Error(
        `The platform takes the tokens of ${issuer}, and the console was given no client of that issuer. Register one there (code flow with PKCE, no secret) and give its id in 'signIn'.`,
      );
    }
    const { clientId, scopes = [], signOutUrl, origins = [originOf(issuer)] } = signIn;
    return {
      signIn: { authority: issuer, clientId, scopes: [...scopes], ...(signOutUrl === undefined ? {} : { signOutUrl }) },
      origins,
    };
  }
}

/** `https://host` of an address, which may hold values that are known only when it is deployed. */
function originOf(address: string): string {
  return address.split('/').slice(0, 3).join('/');
}
