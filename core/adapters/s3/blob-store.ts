import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { StoreUnavailable } from '../../model/failure.ts';
import type { BlobStore } from '../../ports/index.ts';

/** A client that gives up after seconds. Region, credentials and endpoint come from the SDK's own environment. */
export function createS3Client(configuration: S3ClientConfig = {}): S3Client {
  const agent = { keepAlive: true, maxSockets: 64 };
  return new S3Client({
    maxAttempts: 3,
    // Hosts such as bucket.localhost resolve nowhere; paths work everywhere.
    forcePathStyle: true,
    // Blobs are addressed and checked by their own hash.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 10_000,
      // Without it the SDK only logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...configuration,
  });
}

/** Large values in one bucket. */
export class S3BlobStore implements BlobStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, text: string): Promise<void> {
    try {
      await this.#client.send(
        new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: text, ContentType: 'application/json' }),
      );
    } catch (error) {
      throw new StoreUnavailable(`writing the blob '${key}'`, error);
    }
  }

  async get(key: string): Promise<string> {
    try {
      const { Body: body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      if (!body) throw new Error('the answer had no body');
      return await body.transformToString();
    } catch (error) {
      throw new StoreUnavailable(`reading the blob '${key}'`, error);
    }
  }
}
