import { startFauxqs } from 'fauxqs';
import { describe, expect, it } from 'vitest';
import { createS3Client, S3BlobStore } from '../../core/adapters/s3/blob-store.ts';
import { StoreUnavailable } from '../../core/model/failure.ts';
import { blobStoreConformance } from './blob-store.ts';

const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

describe('the blob store in S3', () => {
  blobStoreConformance(async () => {
    const emulator = await startFauxqs({ port: 0, logger: false });
    emulator.createBucket('holdfast');
    const client = createS3Client({ ...access, endpoint: `http://127.0.0.1:${emulator.port}` });
    return {
      blobs: new S3BlobStore(client, 'holdfast'),
      async stop() {
        client.destroy();
        await emulator.stop();
      },
    };
  });

  it('is StoreUnavailable when nobody answers', async () => {
    const client = createS3Client({ ...access, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const blobs = new S3BlobStore(client, 'holdfast');
    await expect(blobs.put('results/a', 'x')).rejects.toThrow(StoreUnavailable);
    await expect(blobs.get('results/a')).rejects.toThrow(StoreUnavailable);
  });
});
