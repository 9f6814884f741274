import type { BlobStore } from './blob-store.ts';
import type { BreakerStore } from './breaker-store.ts';
import type { Clock } from './clock.ts';
import type { EffectLedger } from './effect-ledger.ts';
import type { DocumentStores } from './document-stores.ts';
import type { Engine } from './engine.ts';
import type { Http } from './http.ts';
import type { Ids } from './ids.ts';
import type { Mailer } from './mailer.ts';
import type { Notifications } from './notifications.ts';
import type { RunStore } from './run-store.ts';
import type { SecretStore } from './secret-store.ts';
import type { SpendStore } from './spend-store.ts';
import type { UndeliveredQueues } from './undelivered-queues.ts';

export type { BlobStore } from './blob-store.ts';
export type { BreakerStore } from './breaker-store.ts';
export type { Clock } from './clock.ts';
export type { DocumentStores } from './document-stores.ts';
export type { EffectLedger, LedgerWrite } from './effect-ledger.ts';
export type { Engine, ExecutionRef } from './engine.ts';
export type { Addresses, Http } from './http.ts';
export type { Ids } from './ids.ts';
export type { Mailer } from './mailer.ts';
export type { ModelAnswer, ModelClient, ModelRequest, PromptPart } from './model-client.ts';
export type { Notifications } from './notifications.ts';
export type {
  EscalationRef,
  IdempotencyRecord,
  Page,
  RunRef,
  RunsQuery,
  RunStore,
  RunSummary,
  Written,
} from './run-store.ts';
export type { Undelivered, UndeliveredQueues } from './undelivered-queues.ts';
export type { Topic } from './topic.ts';
export type { SecretStore } from './secret-store.ts';
export type { Allotment, SpendStore } from './spend-store.ts';

/** Everything through which the core reads, writes, sends, calls, and learns the time or a new id. */
export interface Ports {
  readonly runs: RunStore;
  readonly ledger: EffectLedger;
  readonly blobs: BlobStore;
  readonly engine: Engine;
  readonly http: Http;
  readonly secrets: SecretStore;
  readonly documents: DocumentStores;
  readonly mailer: Mailer;
  readonly spend: SpendStore;
  readonly breakers: BreakerStore;
  /** Left out where nobody wants to be told of anything. */
  readonly notifications?: Notifications;
  /** Left out where nothing redrives them. */
  readonly undelivered?: UndeliveredQueues;
  readonly clock: Clock;
  readonly ids: Ids;
}
