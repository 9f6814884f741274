/** Large values by content. Keys come from core/contract/keys.ts; the same key always has the same bytes. */
export interface BlobStore {
  /** Writing the same key twice is harmless. Throws StoreUnavailable. */
  put(key: string, text: string): Promise<void>;
  /** Throws StoreUnavailable, also when there is no such key: a pointer is only written after its blob. */
  get(key: string): Promise<string>;
}
