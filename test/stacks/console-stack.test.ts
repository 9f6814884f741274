import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { consoleConfig, consoleConfigPath } from '../../core/contract/console-config.ts';
import { publishRequest } from '../../core/contract/console-files.ts';
import { env } from '../../core/contract/env.ts';
import { navigation } from '../../lib/constructs/console-site.ts';
import { roleOf, statementsOfRole } from './policy.ts';
import type { Resource } from './synthesised.ts';
import { buildApp, ofType, synthesiseConsole } from './synthesised.ts';
import { arn, valueOf } from './values.ts';

type Built = Awaited<ReturnType<typeof synthesiseConsole>>;
type Properties = Readonly<Record<string, unknown>>;

let built: Built;
beforeAll(async () => {
  built = await synthesiseConsole();
});

function propertiesOf(type: string, { site, platform, data }: Built = built): Properties[] {
  return ofType(site, type).map(([, one]) => valueOf(one.Properties, site, [platform, data]) as Properties);
}
function only(type: string, from: Built = built): Properties {
  const [one, ...more] = propertiesOf(type, from);
  if (!one || more.length > 0) throw new Error(`Expected one ${type}, found ${more.length + (one ? 1 : 0)}.`);
  return one;
}
const distribution = (from: Built = built) =>
  only('AWS::CloudFront::Distribution', from)['DistributionConfig'] as Properties;
const behaviour = (path: string): Properties => {
  const { DefaultCacheBehavior: rest, CacheBehaviors: named } = distribution() as {
    readonly DefaultCacheBehavior: Properties;
    readonly CacheBehaviors: readonly Properties[];
  };
  return named.find(({ PathPattern: pattern }) => pattern === path) ?? rest;
};
const headers = (from: Built = built) =>
  only('AWS::CloudFront::ResponseHeadersPolicy', from)['ResponseHeadersPolicyConfig'] as {
    readonly SecurityHeadersConfig: Readonly<Record<string, Properties>>;
    readonly CustomHeadersConfig: { readonly Items: readonly Properties[] };
  };
const origin = (): string => {
  const [[id] = []] = ofType(built.site, 'AWS::CloudFront::Distribution');
  return `https://${String(id).toLowerCase()}.cloudfront.net`;
};
const published = (from: Built = built) => publishRequest.parse(only('AWS::CloudFormation::CustomResource', from));

// Managed by CloudFront, the same in every account.
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const allViewerExceptHostHeader = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

describe('the buckets of the console', () => {
  it('are private, encrypted, kept, and refuse requests without TLS', () => {
    const buckets = ofType(built.site, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const [id, bucket] of buckets) {
      expect(bucket.DeletionPolicy).toBe('Retain');
      expect(bucket.Properties['BucketEncryption']).toBeDefined();
      expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      });
      expect(bucket.Properties['WebsiteConfiguration']).toBeUndefined();
      const statements = statementsFor(id);
      for (const condition of [
        { Bool: { 'aws:SecureTransport': 'false' } },
        { NumericLessThan: { 's3:TlsVersion': 1.2 } },
      ]) {
        expect(statements).toContainEqual(
          expect.objectContaining({ Effect: 'Deny', Action: 's3:*', Condition: condition }),
        );
      }
    }
  });

  it('let nobody but this distribution read the files, and let it do nothing else', () => {
    const [[id] = []] = ofType(built.site, 'AWS::S3::Bucket').filter(([name]) => !name.includes('AccessLog'));
    const [[distributionId] = []] = ofType(built.site, 'AWS::CloudFront::Distribution');
    const allowed = statementsFor(String(id)).filter(({ Effect: effect }) => effect === 'Allow');
    expect(allowed).toEqual([
      {
        ...{ Effect: 'Allow', Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } },
        Resource: `arn:aws:s3:::${String(id).toLowerCase()}/*`,
        Condition: {
          StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::111122223333:distribution/${String(distributionId)}` },
        },
      },
    ]);
    expect(only('AWS::CloudFront::OriginAccessControl')['OriginAccessControlConfig']).toMatchObject({
      ...{ OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
  });

  function statementsFor(bucket: string): Properties[] {
    return ofType(built.site, 'AWS::S3::BucketPolicy')
      .filter(
        ([
          ,
          {
            Properties: { Bucket: of },
          },
        ]) => JSON.stringify(of) === JSON.stringify({ Ref: bucket }),
      )
      .flatMap(
        ([
          ,
          {
            Properties: { PolicyDocument: document },
          },
        ]) => {
          return (valueOf(document, built.site, [built.platform]) as { Statement: Properties[] }).Statement;
        },
      );
  }
});

describe('the distribution', () => {
  it('keeps hashed files, and neither the page nor the configuration', () => {
    expect(behaviour('/assets/*')).toMatchObject({ CachePolicyId: cachingOptimized });
    expect(behaviour('/assets/*')).not.toHaveProperty('FunctionAssociations');
    expect(behaviour(consoleConfigPath)).toMatchObject({
      ...{ CachePolicyId: cachingDisabled, ViewerProtocolPolicy: 'redirect-to-https' },
      FunctionAssociations: [{ EventType: 'viewer-request' }],
    });
    // Missing files are answered as what they are.
    expect(distribution()).not.toHaveProperty('CustomErrorResponses');
    expect(distribution()).toMatchObject({ DefaultRootObject: 'index.html' });
  });

  it('hands /v1 on to the HTTP API with every header but Host, by TLS only, and keeps nothing of it', () => {
    const api = behaviour('/v1/*');
    expect(api).toMatchObject({
      ...{ CachePolicyId: cachingDisabled, OriginRequestPolicyId: allViewerExceptHostHeader },
      ...{ ViewerProtocolPolicy: 'https-only' },
      AllowedMethods: expect.arrayContaining(['GET', 'POST']),
    });
    const origins = distribution()['Origins'] as readonly Properties[];
    expect(origins.find(({ Id: id }) => id === api['TargetOriginId'])).toMatchObject({
      DomainName: expect.stringMatching(/^[a-z0-9]+\.execute-api\.eu-west-1\.amazonaws\.com$/),
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
  });

  it('writes a log', () => {
    expect(distribution()['Logging']).toMatchObject({ Prefix: 'distribution/' });
  });

  it('forbids with every answer what the console does not need', () => {
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headers();
    const policy = String(security['ContentSecurityPolicy']?.['ContentSecurityPolicy']);
    const directives = new Map(policy.split('; ').map((one): [string, string] => [one.split(' ')[0] ?? '', one]));
    expect(directives.get('default-src')).toBe("default-src 'none'");
    expect(directives.get('script-src')).toBe("script-src 'self'");
    expect(directives.get('frame-ancestors')).toBe("frame-ancestors 'none'");
    const [[domain] = []] = ofType(built.site, 'AWS::Cognito::UserPoolDomain');
    expect(directives.get('connect-src')).toBe(
      `connect-src 'self' https://cognito-idp.eu-west-1.amazonaws.com https://${String(domain).toLowerCase()}.auth.eu-west-1.amazoncognito.com`,
    );
    for (const directive of directives.values()) expect(directive).not.toMatch(/\*|unsafe|http:/);
    expect(security).toMatchObject({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: true },
    });
    expect(custom.Items.map(({ Header: header }) => header)).toEqual([
      ...['cross-origin-opener-policy', 'cross-origin-resource-policy', 'permissions-policy'],
    ]);
    for (const path of ['/assets/*', '/v1/*', '/']) expect(behaviour(path)['ResponseHeadersPolicyId']).toBeDefined();
  });

  it.each([
    ['/', 'text/html,application/xhtml+xml', '/index.html'],
    ['/runs/run-01j9', 'text/html', '/index.html'],
    ['/breakers/model:openai:gpt-4.1', 'text/html', '/index.html'],
    ['/signed-in', 'text/html', '/index.html'],
    ['/icon.svg', 'text/html', '/icon.svg'],
    ['/console/config.json', 'text/html', '/console/config.json'],
    ['/console/config.json', '*/*', '/console/config.json'],
    ['/runs/main.js', '*/*', '/runs/main.js'],
    ['/runs/run-01j9', undefined, '/runs/run-01j9'],
  ])('gives whoever asks for %s as %s the file %s', (uri, accept, file) => {
    const request = { uri, method: 'GET', headers: accept === undefined ? {} : { accept: { value: accept } } };
    expect(only('AWS::CloudFront::Function')['FunctionCode']).toBe(navigation);
    expect(runInNewContext(`${navigation}; handler({ request })`, { request })).toMatchObject({ uri: file });
  });

  it('has TLS 1.2 at least under a domain of its own, to which sign-in returns', async () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/one';
    const own = await synthesiseConsole({ console: { domain: { name: 'console.example.com', certificateArn } } });
    expect(distribution(own)).toMatchObject({
      Aliases: ['console.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    expect(only('AWS::Cognito::UserPoolClient', own)['CallbackURLs']).toContain(
      'https://console.example.com/signed-in',
    );
  });
});

describe('sign-in', () => {
  it('is by code with PKCE for a client without a secret, and returns to the console or to who works on it', () => {
    const client = only('AWS::Cognito::UserPoolClient');
    expect(client).toMatchObject({
      ...{ GenerateSecret: false, AllowedOAuthFlows: ['code'], AllowedOAuthFlowsUserPoolClient: true },
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: [`${origin()}/signed-in`, 'http://localhost:5173/signed-in'],
      LogoutURLs: [`${origin()}/`, 'http://localhost:5173/'],
      ...{ PreventUserExistenceErrors: 'ENABLED', EnableTokenRevocation: true, AccessTokenValidity: 60 },
    });
    expect(client['WriteAttributes']).not.toContain('custom:tenant');
    expect(only('AWS::Cognito::ManagedLoginBranding')['ClientId']).toBe(configOf().clientId);
    expect(only('AWS::Cognito::UserPoolDomain')).toMatchObject({
      Domain: 'holdfast-111122223333',
      ManagedLoginVersion: 2,
    });
  });

  it('gives tokens that the API takes, as well as those that it took before', () => {
    const [authorizer] = propertiesOf('AWS::ApiGatewayV2::Authorizer');
    const [before] = ofType(built.platform, 'AWS::ApiGatewayV2::Authorizer').map(
      ([, one]) =>
        valueOf(one.Properties, built.platform) as { JwtConfiguration: { Audience: string[]; Issuer: string } },
    );
    const { Audience: audience = [], Issuer: issuer } = before?.JwtConfiguration ?? {};
    expect(authorizer).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: issuer, Audience: [...audience, configOf().clientId] },
    });
    expect(configOf().authority).toBe(issuer);
    expect(propertiesOf('AWS::ApiGatewayV2::Route')).toMatchObject([
      { RouteKey: 'ANY /v1/{proxy+}', AuthorizationType: 'JWT' },
    ]);
  });

  it('is with the issuer that the platform was given, whose tokens it takes already', async () => {
    const tokenIssuer = { issuer: 'https://login.example.com/realm', audience: 'holdfast' };
    const signIn = {
      clientId: 'console',
      scopes: ['runs'],
      origins: ['https://login.example.com', 'https://token.example.com'],
    };
    const foreign = await synthesiseConsole({ tokenIssuer, console: { signIn } });
    expect(JSON.parse(published(foreign).config)).toEqual({
      ...{ signIn: 'oidc', apiBase: '', authority: tokenIssuer.issuer, clientId: 'console', scopes: ['runs'] },
    });
    for (const type of ['AWS::Cognito::UserPoolClient', 'AWS::Cognito::UserPoolDomain', 'AWS::ApiGatewayV2::Route']) {
      expect(ofType(foreign.site, type)).toEqual([]);
    }
    const { SecurityHeadersConfig: security } = headers(foreign);
    expect(security['ContentSecurityPolicy']?.['ContentSecurityPolicy']).toContain(
      "connect-src 'self' https://login.example.com https://token.example.com;",
    );
  });

  it('is refused where it does not fit the platform', async () => {
    const tokenIssuer = { issuer: 'https://login.example.com', audience: 'holdfast' };
    await expect(buildApp({ tokenIssuer, console: {} })).rejects.toThrow("give its id in 'signIn'");
    await expect(buildApp({ console: { signIn: { clientId: 'x' } } })).rejects.toThrow('the platform has a user pool');
  });

  function configOf() {
    const config = consoleConfig.parse(JSON.parse(published().config));
    if (config.signIn !== 'oidc') throw new Error('The console of a deployment signs in.');
    return config;
  }
});

describe('what writes the console into its bucket', () => {
  const fn = (): Resource => {
    const [[, one] = [], ...more] = ofType(built.site, 'AWS::Lambda::Function');
    if (!one || more.length > 0) throw new Error('Expected one function.');
    return one;
  };

  it('has a role of its own, which writes its log, traces and files, and names no action by a pattern', () => {
    const [[bucket] = []] = ofType(built.site, 'AWS::S3::Bucket').filter(([name]) => !name.includes('AccessLog'));
    const statements = statementsOfRole(roleOf(fn()), built.site, [built.platform]);
    expect(statements.map(({ effect, actions, resources }) => [effect, actions, resources])).toEqual([
      [
        'Allow',
        ['logs:CreateLogStream', 'logs:PutLogEvents'],
        [`${arn('logs', 'log-group:/aws/lambda/holdfast-publish-console')}:*`],
      ],
      ['Allow', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*']],
      ['Allow', ['s3:PutObject'], [`arn:aws:s3:::${String(bucket).toLowerCase()}/*`]],
    ]);
    expect(ofType(built.site, 'AWS::IAM::Role')).toHaveLength(1);
  });

  it('is asked again when the files, the configuration or the bucket are others, and is not waited for long', () => {
    const asked = only('AWS::CloudFormation::CustomResource');
    const [[layer] = []] = ofType(built.site, 'AWS::Lambda::LayerVersion');
    expect(asked).toMatchObject({
      ServiceToken: arn('lambda', 'function:holdfast-publish-console'),
      ServiceTimeout: 240,
      files: arn('lambda', `layer:${String(layer)}:1`),
    });
    expect(fn().Properties['Layers']).toEqual([{ Ref: layer }]);
    expect(fn().Properties['Environment']).toEqual({ Variables: { [env.consoleFiles]: '/opt' } });
  });

  it('cannot be made before the console is built, and says how', async () => {
    await expect(buildApp({ console: { consoleDir: '/nowhere' } })).rejects.toThrow(
      'There is no console in /nowhere. Run "npm run build:console" first.',
    );
  });
});

describe('the stack of the console', () => {
  it('comes after the platform, which knows nothing of it', () => {
    expect(built.order).toEqual(['HoldfastData', 'HoldfastPlatform', 'HoldfastConsole']);
    expect(JSON.stringify(built.platform)).not.toContain('HoldfastConsole');
  });

  it('says where the console is', () => {
    expect(Object.keys(built.site.Outputs ?? {})).toEqual(['Address', 'DistributionDomain', 'ClientId']);
    expect(valueOf(built.site.Outputs?.['Address']?.Value, built.site)).toBe(origin());
  });
});
