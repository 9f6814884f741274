import { StoreUnavailable } from '../../model/failure.ts';
import type { BlobStore } from '../../ports/index.ts';

/** Large values in memory. */
export class MemoryBlobStore implements BlobStore {
  readonly #texts = new Map<string, string>();

  async put(key: string, text: string): Promise<void> {
    this.#texts.set(key, text);
  }

  async get(key: string): Promise<string> {
    const text = this.#texts.get(key);
    if (text === undefined) throw new StoreUnavailable(`reading the blob '${key}'`, new Error('there is no such blob'));
    return text;
  }
}
