export { MemoryBlobStore } from './blob-store.ts';
export { MemoryBreakerStore } from './breaker-store.ts';
export { MemoryDocumentStores } from './document-stores.ts';
export { MemoryEffectLedger } from './effect-ledger.ts';
export { MemoryMailer } from './mailer.ts';
export { MemoryRunStore } from './run-store.ts';
export { MemorySecretStore } from './secret-store.ts';
export { MemorySpendAccounts, memorySpendStore } from './spend-accounts.ts';
