import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { BundledFunction } from './bundled-function.ts';

/** Lets a function use a key through one service, e.g. `s3.eu-west-1.amazonaws.com`, and not directly. */
export function grantKey(fn: BundledFunction, key: IKey, service: string): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': service } },
    }),
  );
}
