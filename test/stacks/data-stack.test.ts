import { beforeAll, describe, expect, it } from 'vitest';
import { tableShape } from '../../core/contract/keys.ts';
import type { Template } from './synthesised.ts';
import { ofType, synthesiseData } from './synthesised.ts';
import { arn, textOf } from './values.ts';

let stored: Template;

beforeAll(() => {
  stored = synthesiseData();
});

describe('the table', () => {
  it('is on demand, restorable, encrypted with a rotated key, protected from deletion and kept', () => {
    const [[, table] = [], ...more] = ofType(stored, 'AWS::DynamoDB::Table');
    expect(more).toEqual([]);
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      },
    });
    expect(table?.Properties['StreamSpecification']).toBeUndefined();
    const [[, key] = []] = ofType(stored, 'AWS::KMS::Key');
    expect(key).toMatchObject({ DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  it('has the keys and the indexes that the adapter creates locally', () => {
    const [[, table] = []] = ofType(stored, 'AWS::DynamoDB::Table');
    const keys = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    const { index, dueIndex, openIndex } = tableShape;
    expect(table?.Properties['KeySchema']).toEqual(keys(tableShape.partitionKey, tableShape.sortKey));
    expect(table?.Properties['GlobalSecondaryIndexes']).toEqual([
      {
        IndexName: index.name,
        KeySchema: keys(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.projectedAttributes] },
      },
      {
        IndexName: dueIndex.name,
        KeySchema: keys(dueIndex.partitionKey, dueIndex.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
      {
        IndexName: openIndex.name,
        KeySchema: keys(openIndex.partitionKey, openIndex.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
  });
});

describe('buckets', () => {
  it('are private, encrypted, kept, and refuse requests without TLS', () => {
    const buckets = ofType(stored, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const [id, bucket] of buckets) {
      expect(bucket.DeletionPolicy).toBe('Retain');
      expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(bucket.Properties['BucketEncryption']).toBeDefined();
      expect(deniesWithoutTls('AWS::S3::BucketPolicy', 'Bucket', id, 's3:*')).toBe(true);
    }
  });
});

describe('queues', () => {
  it('each have a dead-letter queue or are one, keep messages for 14 days and refuse requests without TLS', () => {
    const queues = ofType(stored, 'AWS::SQS::Queue');
    expect(queues.map(([, queue]) => String(queue.Properties['QueueName'])).toSorted()).toEqual([
      'holdfast-dead-letters',
      'holdfast-dead-letters-undelivered',
      'holdfast-escalations',
      'holdfast-escalations-undelivered',
    ]);
    const targets = queues.flatMap(([, queue]) => {
      const redrive = queue.Properties['RedrivePolicy'] as { deadLetterTargetArn: unknown } | undefined;
      return redrive ? [[queue.Properties['QueueName'], textOf(redrive.deadLetterTargetArn, stored)]] : [];
    });
    expect(Object.fromEntries(targets)).toEqual({
      'holdfast-escalations': arn('sqs', 'holdfast-escalations-undelivered'),
      'holdfast-dead-letters': arn('sqs', 'holdfast-dead-letters-undelivered'),
    });
    for (const [id, queue] of queues) {
      expect(queue.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
      expect(queue.DeletionPolicy).toBe('Retain');
      expect(deniesWithoutTls('AWS::SQS::QueuePolicy', 'Queues', id, 'sqs:*')).toBe(true);
    }
  });
});

function deniesWithoutTls(type: string, property: string, id: string, action: string): boolean {
  return ofType(stored, type)
    .filter(([, policy]) => JSON.stringify(policy.Properties[property]).includes(`{"Ref":"${id}"}`))
    .flatMap(
      ([, policy]) => (policy.Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }).Statement,
    )
    .some(
      (statement) =>
        statement['Effect'] === 'Deny' &&
        statement['Action'] === action &&
        JSON.stringify(statement['Condition']) === '{"Bool":{"aws:SecureTransport":"false"}}' &&
        JSON.stringify(statement['Principal']) === '{"AWS":"*"}',
    );
}
