import {
  MemoryBlobStore,
  MemoryBreakerStore,
  MemoryDocumentStores,
  MemoryEffectLedger,
  MemoryMailer,
  MemoryRunStore,
  MemorySecretStore,
  memorySpendStore,
} from '../core/adapters/memory/index.ts';
import { limits } from '../core/contract/limits.ts';
import { executionName } from '../core/contract/machine.ts';
import type { AttestDependencies } from '../core/operations/attest-step.ts';
import { RunReader } from '../core/operations/run-reader.ts';
import type { OrderDependencies } from '../core/operations/run-order.ts';
import type { Engine, ModelClient, Ports, SecretStore } from '../core/ports/index.ts';
import { StepFunctionsError } from '../local/stepfunctions/errors.ts';
import type { Execution } from '../local/stepfunctions/execution.ts';
import { resumeUnfinished } from '../local/resume-unfinished.ts';
import { Chronicle } from './effects.ts';
import { failingPorts } from './failing-ports.ts';
import { FaultPlan } from './fault-plan.ts';
import { Interference } from './interference.ts';
import { PlatformLife } from './platform-life.ts';
import type { AgentRun } from './run-options.ts';
import { testModelClient, testPrices } from './scripted-models.ts';
import { SeededIds } from './seeded-ids.ts';
import { arns, testedProject } from './tested-project.ts';
import type { TestedProject } from './tested-project.ts';
import { TestSetupError } from './test-setup-error.ts';
import { VirtualTime } from './virtual-time.ts';

/** A Monday, during office hours. */
const usualStart = '2026-01-05T09:00:00.000Z';

/** The platform of one test: what is durable, and the process that is at work on it. */
export class Platform {
  readonly options: AgentRun;
  readonly project: TestedProject;
  readonly time: VirtualTime;
  readonly chronicle: Chronicle;
  readonly faults: FaultPlan;
  /** As the test sees the stores: they never fail. */
  readonly ports: Ports;
  readonly functionPorts: Ports;
  readonly ledger = new MemoryEffectLedger();
  readonly mailer = new MemoryMailer();
  readonly interference: Interference;
  readonly models: ModelClient;
  readonly reader: RunReader;
  readonly prices: ReturnType<typeof testPrices>;
  readonly limits: ReturnType<typeof limits.parse>;
  /** Bodies of the queues of the inbox. */
  readonly messages: string[] = [];
  /** Rejects with the reason why nothing can be said about the agent. */
  readonly failed: Promise<never>;
  readonly #fail: (error: Error) => void;
  #life: PlatformLife;

  /** Throws TestSetupError for a test that cannot be run. */
  constructor(options: AgentRun) {
    this.options = options;
    this.project = testedProject(options);
    this.time = new VirtualTime(startOf(options));
    this.chronicle = new Chronicle(this.time);
    this.limits = limits.parse(options.limits ?? {});
    this.faults = new FaultPlan(options.faults ?? [], this.project.registry);
    const { promise, reject } = Promise.withResolvers<never>();
    // Somebody listens when the run is driven; until then it is no rejection that nobody handles.
    promise.catch(() => undefined);
    this.failed = promise;
    this.#fail = reject;
    const { chronicle, faults: plan, time } = this;
    this.interference = new Interference({ plan, chronicle, time, registry: this.project.registry });
    this.ports = this.#durablePorts();
    this.functionPorts = failingPorts(this.ports, {
      plan,
      crash: (point) => this.#restart(point),
      storeFailed: (point) => chronicle.tell('fault.applied', { runId: '' }, `the table did not answer to ${point}`),
    });
    this.models = testModelClient(options.models, chronicle, this.fail);
    this.prices = testPrices(options);
    this.reader = new RunReader(this.ports);
    this.#life = new PlatformLife(this);
  }

  readonly fail = (error: Error): void => this.#fail(error);

  get tenantId(): string {
    return this.options.tenantId ?? 'default';
  }

  /** What operations need that the test calls itself, as the API and the inbox would. */
  get dependencies(): OrderDependencies & AttestDependencies & { readonly ports: Ports } {
    const { ports, reader } = this;
    const { registry, authorizer } = this.project;
    return { ports, reader, registry, authorizer, functions: { arnOf: (id) => `${arns.skill}${id}` } };
  }

  /** An execution that ended without an end of its run is reported, as by the rule on executions. */
  executionEnded(execution: Execution): void {
    const { name, status, input, cause } = execution;
    if (status !== 'FAILED' && status !== 'TIMED_OUT') return;
    const { runId } = JSON.parse(input) as { readonly runId: string };
    this.chronicle.tell(
      'execution.died',
      { runId },
      `${name} ${status}: ${execution.error ?? ''} ${cause ?? ''}`.trim(),
    );
    this.messages.push(JSON.stringify({ detail: { name, status, input, cause: cause ?? null } }));
  }

  close(): void {
    this.#life.kill();
    this.time.close();
  }

  /** The process dies, and another one goes on from what is durable. */
  #restart(point: string): void {
    this.chronicle.tell('process.crashed', { runId: '' }, `at ${point}`);
    this.#life.kill();
    this.time.forgetAll();
    this.#life = new PlatformLife(this);
    this.time.begin();
    resumeUnfinished(this.ports).then(() => this.time.end(), this.fail);
  }

  #durablePorts(): Ports {
    const ids = new SeededIds(String(this.options.seed ?? 1), this.time);
    return {
      runs: new MemoryRunStore(),
      ledger: this.ledger,
      blobs: new MemoryBlobStore(),
      documents: new MemoryDocumentStores(),
      mailer: this.mailer,
      breakers: new MemoryBreakerStore(),
      spend: memorySpendStore(ids),
      secrets: this.#secrets(),
      http: this.interference.http(this.options.http, this.fail),
      engine: this.#engine(),
      notifications: { send: async (notification) => this.chronicle.notified(notification) },
      clock: this.time,
      ids,
    };
  }

  #secrets(): SecretStore {
    const given = this.options.secrets ?? {};
    const store = new MemorySecretStore(given);
    return {
      read: async (name) => {
        if (Object.hasOwn(given, name)) return store.read(name);
        this.fail(
          new TestSetupError(`A skill asked for the secret '${name}'. Give its value in 'secrets' of runAgent.`),
        );
        return new Promise<never>(() => undefined);
      },
    };
  }

  #engine(): Engine {
    return {
      start: async ({ tenantId, agent, runId, generation }) => {
        const name = executionName(runId, generation);
        const { interpreter, executions } = this.#life;
        try {
          interpreter.start({
            machineArn: `${arns.run}${agent}`,
            name,
            input: JSON.stringify({ tenantId, runId, agent, generation }),
          });
          executions.opened(name);
          return 'started';
        } catch (error) {
          if (error instanceof StepFunctionsError && error.code === 'ExecutionAlreadyExists') return 'alreadyRan';
          throw error;
        }
      },
      succeedTask: async (taskToken) => {
        const { interpreter, executions } = this.#life;
        const takeBack = executions.woken(taskToken);
        try {
          interpreter.succeedTask(taskToken, '{}');
          return 'settled';
        } catch (error) {
          takeBack();
          if (error instanceof StepFunctionsError) return 'stale';
          throw error;
        }
      },
    };
  }
}

function startOf({ startAt = usualStart }: AgentRun): number {
  const startMs = Date.parse(startAt);
  if (!Number.isNaN(startMs)) return startMs;
  throw new TestSetupError(`'startAt' is '${startAt}', which is no time. Write one such as ${usualStart}.`);
}
