import type { S3Client } from '@aws-sdk/client-s3';
import { PutObjectCommand } from '@aws-sdk/client-s3';

/** A file of a web site as it is to be served. */
export interface SiteFile {
  /** Path from the root, without a slash at its beginning. */
  readonly key: string;
  readonly content: Uint8Array | string;
  readonly type: string;
  readonly cacheControl: string;
}

/** The files of a web site in one bucket. */
export class SiteBucket {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** Writes a file in the place of the one before. Throws what the SDK throws. */
  async put({ key, content, type, cacheControl }: SiteFile): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        ...{ Bucket: this.#bucket, Key: key, Body: content },
        ...{ ContentType: type, CacheControl: cacheControl },
      }),
    );
  }
}
