import { resultBlobKey } from '../contract/keys.ts';
import type { LedgerRef, StoredValue } from '../model/effect.ts';
import type { Json } from '../model/json.ts';
import { canonicalJson, sha256 } from '../model/json.ts';
import type { BlobStore } from '../ports/index.ts';

/** Larger results go to the blob store, so that ledger items stay small: a failed conditional write is billed by the size of the item. */
export const inlineResultBytes = 8 * 1024;

/** Stores a result. The blob is written before anything can point to it. */
export async function storeValue(value: Json, ref: LedgerRef, blobs: BlobStore): Promise<StoredValue> {
  const text = canonicalJson(value);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= inlineResultBytes) return { kind: 'inline', value };
  const hash = sha256(text);
  const key = resultBlobKey(ref.tenantId, ref.skill, hash);
  await blobs.put(key, text);
  return { kind: 'blob', key, sha256: hash, sizeBytes };
}

/** Reads a result back and checks that it is the one that was stored. */
export async function loadValue(stored: StoredValue, blobs: BlobStore): Promise<Json> {
  if (stored.kind === 'inline') return stored.value;
  const text = await blobs.get(stored.key);
  if (sha256(text) !== stored.sha256) {
    throw new Error(`The blob '${stored.key}' is not what was stored: its hash differs from ${stored.sha256}.`);
  }
  return JSON.parse(text) as Json;
}

/** Whether a value is the one that was stored; the blob need not be read for it. */
export function isStored(value: Json, stored: StoredValue): boolean {
  const text = canonicalJson(value);
  return stored.kind === 'inline' ? canonicalJson(stored.value) === text : stored.sha256 === sha256(text);
}
