export { MemoryBlobStore } from './blob-store.ts';
export { MemoryEffectLedger } from './effect-ledger.ts';
export { MemoryRunStore } from './run-store.ts';
