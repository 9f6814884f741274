import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { env } from '../../core/contract/env.ts';
import { argumentsBlobKey, resultBlobKey, sealBlobKey } from '../../core/contract/keys.ts';
import { acknowledgePatterns } from '../acknowledged.ts';
import type { BundledFunction } from './bundled-function.ts';
import { grantKey } from './grant-key.ts';

/** Of every bucket. */
export const hardened = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
} as const;

/** Arguments and results that are too large for the table. Objects are named by their content and never change. */
export class BlobBucket extends Construct {
  readonly bucket: Bucket;
  readonly #key: IKey;
  /** As other stacks write it. */
  readonly #exportedArn: string;

  constructor(scope: Construct, id: string, props: { readonly encryptionKey: IKey }) {
    super(scope, id);
    this.#key = props.encryptionKey;
    const accessLog = new Bucket(this, 'AccessLog', {
      ...hardened,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...hardened,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: accessLog,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1), noncurrentVersionExpiration: Duration.days(30) },
      ],
    });
    this.#exportedArn = Stack.of(this).exportValue(this.bucket.bucketArn);
  }

  /** Lets the function of a skill read its own arguments, and read and write its own results. */
  grantSkill(fn: BundledFunction, skill: string): void {
    const results = resultBlobKey('*', skill, '*');
    this.#grant(fn, ['s3:GetObject'], [argumentsBlobKey('*', skill, '*'), results]);
    this.#grant(fn, ['s3:PutObject'], [results]);
  }

  /** Lets Decide read results, write the arguments that it rendered from them, and seal traces, of which it reads none. */
  grantDecide(fn: BundledFunction): void {
    this.#grant(fn, ['s3:GetObject'], [resultBlobKey('*', '*', '*')]);
    this.#grant(fn, ['s3:PutObject'], [argumentsBlobKey('*', '*', '*'), sealBlobKey('*', '*', '*')]);
  }

  /** Lets the function that hands on parts of goals read what the other runs have given. */
  grantReadResults(fn: BundledFunction): void {
    this.#grant(fn, ['s3:GetObject'], [resultBlobKey('*', '*', '*')]);
  }

  /** Lets the API show results, store those that a person attests, and show the arguments that a person has to approve, and the seals. */
  grantApi(fn: BundledFunction): void {
    this.#grant(fn, ['s3:GetObject', 's3:PutObject'], [resultBlobKey('*', '*', '*')]);
    this.#grant(fn, ['s3:GetObject'], [argumentsBlobKey('*', '*', '*'), sealBlobKey('*', '*', '*')]);
  }

  #grant(fn: BundledFunction, actions: readonly string[], keys: readonly string[]): void {
    const resources = keys.map((key) => `${this.#exportedArn}/${key}`);
    fn.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources }));
    acknowledgePatterns(
      fn.ownRole,
      resources,
      'Objects are named by tenant and content; the prefix is what is granted.',
    );
    grantKey(fn, this.#key, `s3.${Stack.of(this).region}.amazonaws.com`);
    fn.addEnvironment(env.bucket, this.bucket.bucketName);
  }
}
