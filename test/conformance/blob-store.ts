import { afterAll, beforeAll, expect, it } from 'vitest';
import { StoreUnavailable } from '../../core/model/failure.ts';
import type { BlobStore } from '../../core/ports/index.ts';

/** What every blob store promises. Each adapter's test calls it with a store of its own. */
export function blobStoreConformance(
  setup: () => Promise<{ readonly blobs: BlobStore; readonly stop: () => Promise<void> }>,
): void {
  let blobs: BlobStore;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ blobs, stop } = await setup());
  });
  afterAll(() => stop());

  it.each([
    ['nothing', ''],
    ['letters of the whole world', 'ünïcödé 🏨 \u2028 "quoted"'],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('gives back %s exactly', async (name, text) => {
    await blobs.put(`results/HotelBooking:v1/acme/${name}`, text);
    expect(await blobs.get(`results/HotelBooking:v1/acme/${name}`)).toBe(text);
  });

  it('may be written the same text twice', async () => {
    await blobs.put('args/a/acme/1', 'same');
    await blobs.put('args/a/acme/1', 'same');
    expect(await blobs.get('args/a/acme/1')).toBe('same');
  });

  it('is StoreUnavailable for a blob that nobody wrote', async () => {
    await expect(blobs.get('results/a/acme/none')).rejects.toThrow(StoreUnavailable);
    await expect(blobs.get('results/a/acme/none')).rejects.toThrow("'results/a/acme/none'");
  });
}
