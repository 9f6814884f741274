import { describe } from 'vitest';
import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../../core/adapters/memory/index.ts';
import { blobStoreConformance } from './blob-store.ts';
import { effectLedgerConformance } from './effect-ledger.ts';
import { runStoreConformance } from './run-store.ts';

const stop = async (): Promise<void> => undefined;

describe('the effect ledger in memory', () => {
  effectLedgerConformance(async () => ({ ledger: new MemoryEffectLedger(), stop }));
});

describe('the run store in memory', () => {
  runStoreConformance(async () => ({ runs: new MemoryRunStore(), stop }));
});

describe('the blob store in memory', () => {
  blobStoreConformance(async () => ({ blobs: new MemoryBlobStore(), stop }));
});
