import { createModelClient } from '../../core/adapters/ai-sdk/index.ts';
import { createDynamoSpendStore, createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import { MemoryBlobStore, MemoryBreakerStore } from '../../core/adapters/memory/index.ts';
import { SystemIds, systemClock, systemHttp } from '../../core/adapters/system/index.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import type { RunBudget } from '../../core/model/budget.ts';
import { jsonHash } from '../../core/model/json.ts';
import { costOf, modelPrices } from '../../core/model/model-prices.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import type { AgentDefinition } from '../../core/model/skill.ts';
import { skillHashOf } from '../../core/model/skill-contract.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { answerModelStep } from '../../core/operations/answer-model-step.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { ModelChain } from '../../core/operations/model-chain.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import { Breakers } from '../../core/operations/with-breaker.ts';
import type { Prices } from '../../core/operations/think/metered-client.ts';
import type { ModelClient, SpendStore } from '../../core/ports/index.ts';
import { createEmulatedTableClient } from '../../local/emulators/table-client.ts';
import type { EmbeddedTable } from '../conformance/embedded-table.ts';
import { startEmbeddedTable, tableName } from '../conformance/embedded-table.ts';
import { allowing } from '../fixtures/authorizers.ts';
import type { FakeModels, FakeRequest } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';
import type { Expectation, Manner } from './lying-models.ts';
import { expectationOf, honest, silent } from './lying-models.ts';
import type { Reach, WatchedCall } from './watched-spend.ts';
import { WatchedSpend } from './watched-spend.ts';

const models = ['openai:large', 'openai:small'];
const known = modelPrices(
  JSON.stringify([
    { models: ['openai:large'], input: 2.5, cachedInput: 1.25, output: 10, pricedOn: '2026-08-06', source: 'test' },
    { models: ['openai:small'], input: 0.15, output: 0.6, pricedOn: '2026-08-06', source: 'test' },
  ]),
);
export const prices: Prices = (model, usage) => costOf(model, usage, known);

const agent: AgentDefinition = {
  ...{ kind: 'agent', name: 'thinker', description: 'Thinks.' },
  ...{ grants: [], playbooks: {}, deadlineSeconds: 3_600, models },
};
const registry = { skills: new Map(), agents: new Map([[agent.name, agent]]) };

/** A run as it is to be: how the servers of its steps behave, call by call; after the last manner they are honest. */
export interface PlannedRun {
  readonly tenantId: string;
  readonly runId: string;
  readonly budget: RunBudget;
  readonly tenantDay: Pick<RunBudget, 'usdMicros' | 'tokens'>;
  readonly reach: Reach;
  readonly steps: readonly (readonly Manner[])[];
  /** The step is delivered to two workers at the same time, and once more after it is over. */
  readonly delivered: 'once' | 'again';
}

/** A call that was paid for, and what that should have cost. */
export interface PaidCall extends WatchedCall {
  readonly expected: Expectation;
}

export interface PaidRun {
  readonly planned: PlannedRun;
  readonly calls: readonly PaidCall[];
  readonly outcomes: readonly StepOutcome[];
  readonly refusals: number;
}

/** The pieces that carry out model steps, over a DynamoDB emulator and a server of models, both real ones on loopback. */
export class PaidRuns {
  readonly spend: SpendStore;
  readonly models: FakeModels;
  readonly #table: EmbeddedTable;
  readonly #ids = new SystemIds();
  /** By run and step: what the server was asked, in that order. */
  readonly #asked = new Map<string, FakeRequest[]>();
  readonly #planned = new Map<string, PlannedRun>();

  static async start(): Promise<PaidRuns> {
    return new PaidRuns(await startEmbeddedTable(createEmulatedTableClient), await startFakeModels());
  }

  private constructor(table: EmbeddedTable, server: FakeModels) {
    this.#table = table;
    this.models = server;
    this.spend = createDynamoSpendStore({ client: table.client, tableName, ids: this.#ids });
    server.follow((request) => {
      const step = stepNamedIn(request.raw);
      const asked = this.#askedOf(request.key, step);
      asked.push(request);
      return mannerOf(this.#plannedOf(request.key), step, asked.length).behaviour;
    });
  }

  async stop(): Promise<void> {
    await this.models.stop();
    await this.#table.stop();
  }

  /** Carries out all steps of a run at the same time, each as often as its outcome asks for. */
  async carryOut(planned: PlannedRun): Promise<PaidRun> {
    this.#planned.set(planned.runId, planned);
    const spend = new WatchedSpend(this.spend, planned.reach);
    const deliver = this.#workerOf(planned, spend);
    const outcomes = await Promise.all(planned.steps.map((_, index) => this.#untilOver(planned, index, deliver)));
    const calls = planned.steps.flatMap((_, index) => this.#paidCalls(planned, index, spend));
    return { planned, calls, outcomes, refusals: spend.refusals };
  }

  async #untilOver({ delivered }: PlannedRun, index: number, deliver: Deliver): Promise<StepOutcome> {
    let afterMs = 0;
    for (;;) {
      const deliveries = [deliver(index, afterMs), ...(delivered === 'again' ? [deliver(index, afterMs)] : [])];
      const outcomes = await Promise.all(deliveries);
      // One of two workers holds the step, and the other one is told so.
      const outcome = outcomes.find(({ kind }) => kind !== 'busy') ?? outcomes[0];
      if (outcome?.kind === 'retry') afterMs = outcome.notBeforeMs - systemClock.now() + 1;
      else if (outcome?.kind === 'busy') afterMs = outcome.untilMs - systemClock.now() + 1;
      else if (outcome) {
        if (delivered === 'again') await deliver(index, afterMs);
        return outcome;
      }
    }
  }

  /** Each call that was paid for beside the request that the server saw: both are in the order of the calls of a step. */
  #paidCalls(planned: PlannedRun, index: number, spend: WatchedSpend): PaidCall[] {
    const paid = spend.calls.filter(({ reservation }) => reservation.key.startsWith(`${stepId(index)}.`));
    const asked = this.#askedOf(planned.runId, index);
    if (paid.length !== asked.length) {
      throw new Error(
        `Step ${index} of ${planned.runId}: ${paid.length} calls were paid for, and ${asked.length} were made.`,
      );
    }
    return asked.map((request, call) => ({
      ...(paid[call] as WatchedCall),
      expected: expectationOf(mannerOf(planned, index, call + 1), request),
    }));
  }

  #workerOf(planned: PlannedRun, spend: WatchedSpend): Deliver {
    const { tenantId, runId, budget, tenantDay } = planned;
    let aheadMs = 0;
    // Waits of a step are jumped over: they are the run's own time, not the test's.
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const breakers = new Breakers({
      ...{ clock, ids: this.#ids, breakers: new MemoryBreakerStore() },
      unrecorded: (_dependency, error) => {
        throw error;
      },
    });
    const ports = {
      ...{ ...memoryReach(), ...createDynamoStores({ client: this.#table.client, tableName }) },
      ...{ spend, clock, ids: this.#ids, http: systemHttp, blobs: new MemoryBlobStore() },
    };
    const dependencies = {
      ...{ registry, spend, clock, prices, tenantDay, client: this.#clientOf(planned) },
      chainOver: (names: readonly string[], client: ModelClient) => new ModelChain({ models: names, client, breakers }),
      breakers,
    };
    return (index, afterMs) => {
      aheadMs = Math.max(aheadMs, afterMs);
      const request = { ...requestOf(index), tenantId, runId, budget };
      return executeStep(request, modelSkill(answerModelStep(request, dependencies)), ports, {
        ...{ epoch: undefined, settings: {}, authorizer: allowing },
        deadlineMs: clock.now() + 900_000,
      });
    };
  }

  /** The run's id is its key, so that the server counts for each run. */
  #clientOf(planned: PlannedRun): ModelClient {
    const settings = { OPENAI_BASE_URL: this.models.baseUrl, OPENAI_API_KEY: planned.runId };
    const client = createModelClient({ settings, secrets: undefined });
    return {
      ask: (request, signal) => {
        const step = stepNamedIn(request.parts.map(({ text }) => text).join());
        const next = this.#askedOf(planned.runId, step).length + 1;
        const waits = mannerOf(planned, step, next) === silent;
        return client.ask(waits ? { ...request, timeoutMs: 200 } : request, signal);
      },
    };
  }

  #askedOf(runId: string, step: number): FakeRequest[] {
    const name = `${runId}/${step}`;
    const asked = this.#asked.get(name) ?? [];
    this.#asked.set(name, asked);
    return asked;
  }

  #plannedOf(runId: string): PlannedRun {
    const planned = this.#planned.get(runId);
    if (!planned) throw new Error(`The server was asked under the key '${runId}', which is no run.`);
    return planned;
  }
}

type Deliver = (index: number, afterMs: number) => Promise<StepOutcome>;

const stepId = (index: number): string => `think-${index}`;

function stepNamedIn(text: string): number {
  return Number(/This is question (\d+)\./.exec(text)?.[1]);
}

function mannerOf({ steps }: PlannedRun, step: number, call: number): Manner {
  return steps[step]?.[call - 1] ?? honest;
}

const skillHash = skillHashOf(modelSkill());

function requestOf(index: number): Omit<StepRequest, 'tenantId' | 'runId'> {
  const value = { question: `This is question ${index}. Is it one?` };
  return {
    ...{ agent: agent.name, generation: 1, stepId: stepId(index), skill: modelSkillId, action: 'reason' },
    ...{ direction: 'F', occurrence: 1, input: { kind: 'inline', value }, argsHash: jsonHash(value), skillHash },
    ...{ trust: 'trusted', doubted: [], settleOnly: false, lookAgain: false },
  };
}
