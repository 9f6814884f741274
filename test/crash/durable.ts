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
import type { createTravelProvider } from '../../examples/travel-provider/app.ts';
import { fetchTravel } from '../../examples/travel-provider/connection.ts';
import type { Json } from '../../core/model/json.ts';
import { CountingIds } from '../fixtures/counting-ids.ts';
import type { Bookings, Scenario, Service } from './scenario.ts';
import type { Seam } from './seam.ts';

type Provider = ReturnType<typeof createTravelProvider>;
interface Booked {
  readonly service: string;
  readonly answer: Json;
}

const steps = { flights: 'book-flight', hotels: 'book-hotel', cars: 'reserve-car' } as const satisfies Record<
  Service,
  string
>;

const epochMs = Date.parse('2027-01-01');

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
  /** Of all processes, so that none gives out what another one has. */
  readonly ids = new CountingIds();
  /** Waits that nobody sat through. */
  skippedMs = 0;
  #reads = 0;
  readonly #provider: Provider;
  readonly #busy: Scenario['busy'];
  #busyAnswers = 0;

  constructor(provider: Provider, scenario: Scenario) {
    this.#provider = provider;
    this.#busy = scenario.busy;
  }

  /** The provider, who may have too much to do. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { service, times, retryAfterSeconds } = this.#busy ?? { service: '', times: 0, retryAfterSeconds: 0 };
    if (this.#busyAnswers < times && new URL(url).pathname.startsWith(`/${service}/`)) {
      this.#busyAnswers += 1;
      return new Response('', { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } });
    }
    return fetchTravel(this.#provider, url, init);
  }

  /** What the provider has booked for a step, as it answered. */
  async answerTo(stepId: string): Promise<Json | undefined> {
    const service = Object.entries(steps).find(([, id]) => id === stepId)?.[0];
    const { bookings } = await this.book();
    return bookings.find((booking) => booking.service === service)?.answer;
  }

  /** Whether the provider has canceled what was booked for a step. */
  async hasCanceled(stepId: string): Promise<boolean> {
    const { canceled } = await this.book();
    return Object.entries(steps).some(([service, id]) => id === stepId && canceled[service as Service] > 0);
  }

  /** The provider's book of record: what was booked, and how often what of it was canceled. */
  async book(): Promise<{
    readonly counts: Bookings;
    readonly bookings: readonly Booked[];
    readonly canceled: Bookings;
  }> {
    const response = await this.#provider.app.request('/ledger');
    const { counts, bookings, cancellations } = (await response.json()) as {
      readonly counts: Bookings;
      readonly bookings: Booked[];
      readonly cancellations: readonly { readonly service: Service }[];
    };
    const canceled = { flights: 0, hotels: 0, cars: 0 };
    for (const { service } of cancellations) canceled[service] += 1;
    return { counts, bookings, canceled };
  }

  /** Time goes on by a millisecond whenever somebody looks, so that the same run has the same times. */
  nowMs(): number {
    this.#reads += 1;
    return epochMs + this.#reads + this.skippedMs;
  }

  /** The run that was asked for by somebody outside. */
  async askedRun(): Promise<string | undefined> {
    const { items } = await this.runs.listRuns({ tenantId: 'default', limit: 100, cursor: undefined });
    for (const { runId } of items) {
      const request = await this.runs.readRequest({ tenantId: 'default', runId });
      if (request && !request.parent) return runId;
    }
    return undefined;
  }

  /** Runs to which steps of a run have handed something on. */
  async runsBegunBy(parentRunId: string): Promise<string[]> {
    const { items } = await this.runs.listRuns({ tenantId: 'default', limit: 100, cursor: undefined });
    const requests = await Promise.all(items.map(({ runId }) => this.runs.readRequest({ tenantId: 'default', runId })));
    return requests.flatMap((one) => (one?.parent?.runId === parentRunId ? [one.runId] : []));
  }

  /** Inbox items of a run that are open. */
  async asksOf(runId: string): Promise<string[]> {
    const open = { tenantId: 'default', status: 'open', limit: 100, cursor: undefined } as const;
    const { items } = await this.runs.listEscalations(open);
    return items.filter((item) => item.runId === runId).map(({ escalationId }) => escalationId);
  }

  /** Each method of each store passes through the seam. */
  documentsThrough(seam: Seam): DocumentStores {
    return { of: (tenantId, skillId) => seam.wrap('documents', this.documents.of(tenantId, skillId)) };
  }
}
