import { describe } from 'vitest';
import {
  MemoryBlobStore,
  MemoryBreakerStore,
  MemoryDocumentStores,
  MemoryEffectLedger,
  MemoryRunStore,
  memorySpendStore,
} from '../../core/adapters/memory/index.ts';
import { SystemIds } from '../../core/adapters/system/index.ts';
import { blobStoreConformance } from './blob-store.ts';
import { breakerStoreConformance } from './breaker-store.ts';
import { documentStoresConformance } from './document-stores.ts';
import { effectLedgerConformance } from './effect-ledger.ts';
import { runStoreConformance } from './run-store.ts';
import { spendStoreConformance } from './spend-store.ts';

const stop = async (): Promise<void> => undefined;

describe('the effect ledger in memory', () => {
  effectLedgerConformance(async () => ({ ledger: new MemoryEffectLedger(), stop }));
});

describe('the run store in memory', () => {
  runStoreConformance(async () => ({ runs: new MemoryRunStore(), stop }));
});

describe('what skills keep in memory', () => {
  documentStoresConformance(async () => ({ documents: new MemoryDocumentStores(), stop }));
});

describe('breakers in memory', () => {
  breakerStoreConformance(async () => ({ breakers: new MemoryBreakerStore(), stop }));
});

describe('the blob store in memory', () => {
  blobStoreConformance(async () => ({ blobs: new MemoryBlobStore(), stop }));
});

describe('what is spent, in memory', () => {
  spendStoreConformance(async () => ({ spend: memorySpendStore(new SystemIds()), stop }));
});
