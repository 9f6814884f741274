import { Duration, Fn } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { AddBehaviorOptions } from 'aws-cdk-lib/aws-cloudfront';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { consoleContentPolicy } from '../../core/contract/console-config.ts';
import { acknowledge } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import { hardened } from './blob-bucket.ts';

/** A name of one's own for the console. Its DNS record is made by whoever has the domain. */
export interface ConsoleDomain {
  /** `console.example.com` */
  readonly name: string;
  /** Of a certificate in us-east-1, where CloudFront looks for it. */
  readonly certificateArn: string;
}

export interface ConsoleSiteProps {
  readonly names: ResourceNames;
  readonly httpApi: HttpApi;
  /** @default the name that CloudFront gives */
  readonly domain?: ConsoleDomain;
  /** Origins that the console asks besides its own: those of whoever signs people in. */
  readonly connect: readonly string[];
}

/**
 * What a browser asks for as a page is `index.html`, whatever its address: the console itself knows its pages. All else that
 * is not there is seen to be missing, with the status that the bucket gives. The same rule as in local/console.
 */
export const navigation = `function handler(event) {
  var request = event.request;
  var accept = request.headers.accept ? request.headers.accept.value : '';
  var isFile = request.uri.startsWith('/console/') || /^\\/[^/]+\\.[a-z0-9]+$/.test(request.uri);
  if (accept.includes('text/html') && !isFile) request.uri = '/index.html';
  return request;
}
`;

/** The console's files in a private bucket behind CloudFront, with the HTTP API under `/v1` of the same origin. */
export class ConsoleSite extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** `https://…`, without a slash at its end. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { names, httpApi, domain, connect }: ConsoleSiteProps) {
    super(scope, id);
    const accessLog = new Bucket(this, 'AccessLog', {
      ...hardened,
      encryption: BucketEncryption.S3_MANAGED,
      // CloudFront writes its log with an access control list; nobody outside of the account is on one.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...hardened,
      encryption: BucketEncryption.S3_MANAGED,
      serverAccessLogsBucket: accessLog,
      serverAccessLogsPrefix: 'bucket/',
    });
    const files = S3BucketOrigin.withOriginAccessControl(this.bucket);
    const fromBucket: AddBehaviorOptions = {
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: this.#headers(names, connect),
      compress: true,
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `${names.prefix}: the console`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      enableLogging: true,
      logBucket: accessLog,
      logFilePrefix: 'distribution/',
      ...(domain
        ? {
            domainNames: [domain.name],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }
        : {}),
      defaultBehavior: {
        ...fromBucket,
        origin: files,
        // The page and the configuration name what belongs together: an old one would ask for files of another deployment.
        cachePolicy: CachePolicy.CACHING_DISABLED,
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: this.#navigation(names) }],
      },
      additionalBehaviors: {
        '/assets/*': { ...fromBucket, origin: files, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
        '/v1/*': {
          ...fromBucket,
          origin: apiOrigin(httpApi),
          // A redirect would come after the token had been sent in the clear.
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // All of them, so Authorization too, but for Host, by which the API knows that it is meant.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });
    this.origin = `https://${domain?.name ?? this.distribution.distributionDomainName}`;
    this.#acknowledge(domain);
  }

  #navigation(names: ResourceNames): EdgeFunction {
    return new EdgeFunction(this, 'Navigation', {
      functionName: names.own('console-navigation'),
      comment: 'Gives the page of the console to whoever opens one of its addresses',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(navigation),
    });
  }

  #headers(names: ResourceNames, connect: readonly string[]): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: names.own('console'),
      comment: 'Nothing from elsewhere, no frames, no plain HTTP',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: consoleContentPolicy(connect), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          ...{ accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
          { header: 'cross-origin-resource-policy', value: 'same-origin', override: true },
          { header: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
        ],
      },
    });
  }

  #acknowledge(domain: ConsoleDomain | undefined): void {
    const { distribution } = this;
    acknowledge(
      distribution,
      'AwsSolutions-CFR1',
      'Operators work from anywhere; who may do what is said by their token.',
    );
    acknowledge(
      distribution,
      'AwsSolutions-CFR2',
      'The files are public code, and the API behind has a throttle and takes no request without a valid token. A web ACL costs by the month; add one where your rules ask for it.',
    );
    if (domain) return;
    acknowledge(
      distribution,
      'AwsSolutions-CFR4',
      'The certificate of *.cloudfront.net lets nobody choose the least version of TLS. With a domain of one’s own it is TLS 1.2.',
    );
  }
}

function apiOrigin(httpApi: HttpApi): HttpOrigin {
  return new HttpOrigin(Fn.select(2, Fn.split('/', httpApi.apiEndpoint)), {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    // Longer than the API may take.
    readTimeout: Duration.seconds(30),
  });
}
