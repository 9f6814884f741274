import {
  MemoryBlobStore,
  MemoryBreakerStore,
  MemoryDocumentStores,
  MemoryEffectLedger,
  MemoryMailer,
  MemoryRunStore,
  MemorySecretStore,
  MemorySpendAccounts,
} from '../../core/adapters/memory/index.ts';
import type { DocumentStores } from '../../core/ports/index.ts';
import type { Seam } from './seam.ts';

/** What outlives a process: the table, the blobs, the queues, the provider, and time. */
export class Durable {
  readonly runs = new MemoryRunStore();
  readonly ledger = new MemoryEffectLedger();
  readonly blobs = new MemoryBlobStore();
  readonly secrets = new MemorySecretStore();
  readonly documents = new MemoryDocumentStores();
  readonly mailer = new MemoryMailer();
  readonly spendAccounts = new MemorySpendAccounts();
  readonly breakers = new MemoryBreakerStore();
  readonly messages: string[] = [];
  /** Skipped waits; added to the real time. */
  skippedMs = 0;
  readonly provider: (url: string, init: RequestInit) => Promise<Response>;

  constructor(provider: (url: string, init: RequestInit) => Promise<Response>) {
    this.provider = provider;
  }

  nowMs(): number {
    return Date.now() + this.skippedMs;
  }

  /** Runs to which steps of a run have handed something on. */
  async runsBegunBy(parentRunId: string): Promise<string[]> {
    const { items } = await this.runs.listRuns({ tenantId: 'default', limit: 100, cursor: undefined });
    const requests = await Promise.all(items.map(({ runId }) => this.runs.readRequest({ tenantId: 'default', runId })));
    return requests.flatMap((one) => (one?.parent?.runId === parentRunId ? [one.runId] : []));
  }

  /** Each method of each store passes through the seam. */
  documentsThrough(seam: Seam): DocumentStores {
    return { of: (tenantId, skillId) => seam.wrap('documents', this.documents.of(tenantId, skillId)) };
  }
}
