import { createDynamoSpendStore, createDynamoStores, createTable } from '../core/adapters/dynamodb/index.ts';
import type { Meter } from '../core/adapters/dynamodb/index.ts';
import { MemoryBlobStore } from '../core/adapters/memory/index.ts';
import { SystemIds, systemClock, systemHttp } from '../core/adapters/system/index.ts';
import { principalOf } from '../core/authz/principal.ts';
import { limits } from '../core/contract/limits.ts';
import { decideEvent, executionName, stepRequest } from '../core/contract/machine.ts';
import { withModels } from '../core/authz/with-models.ts';
import type { StepRequest } from '../core/contract/machine.ts';
import { modelSkillId } from '../core/model/model-step.ts';
import { createAdvance } from '../core/operations/advance-run.ts';
import { answerModelStep } from '../core/operations/answer-model-step.ts';
import { executeStep } from '../core/operations/execute-step.ts';
import { ModelChain } from '../core/operations/model-chain.ts';
import { modelSkill } from '../core/operations/model-skill.ts';
import { startRun } from '../core/operations/start-run.ts';
import type { StartCall } from '../core/operations/start-run.ts';
import { Breakers } from '../core/operations/with-breaker.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../core/model/skill.ts';
import type { BlobStore, ModelClient, Ports } from '../core/ports/index.ts';
import { machinesOf } from '../local/machines.ts';
import { local } from '../local/environment.ts';
import type { ExecutionEvent } from '../local/stepfunctions/index.ts';
import { createInterpreter } from '../local/stepfunctions/index.ts';
import type { OpenDataDirectory } from '../test/fixtures/data-directory.ts';
import { openDataDirectory } from '../test/fixtures/data-directory.ts';
import looper from './project/agents/looper/agent.ts';
import counter from './project/skills/counter-v1/skill.ts';
import { memoryReach } from '../test/fixtures/memory-reach.ts';
import { openCedarAuthorizer } from '../core/adapters/cedar/index.ts';
import { compilePolicies } from '../core/authz/compile-policies.ts';

export interface InProcessOptions {
  readonly folder: string;
  readonly meter: Meter;
  readonly onEvent: (event: ExecutionEvent) => void;
  /** Sees each answer of Decide: what the state machine carries from there. */
  readonly onDecision: (answer: unknown) => void;
  readonly onBlob: (sizeBytes: number) => void;
  readonly onBlobRead?: (sizeBytes: number) => void;
  /** Told of each step once it is carried out. */
  readonly onStep?: (request: StepRequest) => void;
  /** Runs beside the looper. */
  readonly agent?: AgentDefinition;
  /** Answers model steps; without it there are none. */
  readonly model?: ModelClient;
}

export interface InProcessEngine {
  readonly client: OpenDataDirectory['client'];
  /** Carries a run out to its end. Throws when it does not complete. */
  run(request: StartCall['request']): Promise<{ readonly runId: string }>;
  close(): Promise<void>;
}

const tenantId = 'bench';
/** More than the longest action may take, which is a model step. */
const workerMs = 180_000;

/**
 * The engine without its processes: the operations, both state machines and the DynamoDB adapter of the product in one
 * thread, on the embedded DynamoDB, so that a meter sees every call. For counting, and for timing steps against each other.
 */
export async function openInProcessEngine(options: InProcessOptions): Promise<InProcessEngine> {
  const { client, addresses, close } = await openDataDirectory(options.folder);
  await createTable(client, local.table);

  const agents = [looper, ...(options.agent ? [options.agent] : [])];
  const registry: Registry = withModels(
    { skills: new Map([[counter.id, counter]]), agents: new Map(agents.map((agent) => [agent.name, agent])) },
    options.model ? ['bench:at-once'] : [],
    modelSkill(),
  );
  // As the platform does, so that its price is measured too.
  const authorizer = openCedarAuthorizer(compilePolicies(registry), []);
  const functions = { arnOf: (skillId: string) => `${local.skillFunctionArnPrefix}${skillId}` };
  const kept = new MemoryBlobStore();
  const blobs: BlobStore = {
    put: (key, text) => {
      options.onBlob(Buffer.byteLength(text));
      return kept.put(key, text);
    },
    get: async (key) => {
      const text = await kept.get(key);
      options.onBlobRead?.(Buffer.byteLength(text));
      return text;
    },
  };
  const ids = new SystemIds();
  const table = { client, tableName: local.table, meter: options.meter };
  const ports: Ports = {
    ...createDynamoStores(table),
    blobs,
    http: systemHttp,
    ...memoryReach(),
    spend: createDynamoSpendStore({ ...table, ids }),
    clock: systemClock,
    ids,
    engine: {
      start: (execution) => {
        const { agent, runId, generation } = execution;
        const machineArn = `${local.runMachineArnPrefix}${agent}`;
        interpreter.start({ machineArn, name: executionName(runId, generation), input: JSON.stringify(execution) });
        return Promise.resolve('started');
      },
      succeedTask: () => Promise.resolve('stale'),
    },
  };
  const advance = createAdvance({ ports, registry, functions, authorizer, limits: limits.parse({}), epoch: undefined });

  const breakers = new Breakers({
    ...{ clock: systemClock, ids, breakers: ports.breakers },
    unrecorded: (_dependency, error) => {
      throw error;
    },
  });
  const skillOf = (request: StepRequest): SkillDefinition => {
    const { model } = options;
    if (request.skill !== modelSkillId || !model) return counter;
    const { spend, clock } = ports;
    const chainOver = (models: readonly string[], metered: ModelClient): ModelChain =>
      new ModelChain({ models, client: metered, breakers });
    const prices = (): number => 1;
    return modelSkill(
      answerModelStep(request, { registry, client: model, chainOver, breakers, spend, clock, prices, tenantDay: {} }),
    );
  };
  const invokeFunction = async (functionArn: string, payload: unknown): Promise<unknown> => {
    if (functionArn === local.decideFunctionArn) {
      const answer = await advance(decideEvent.parse(payload));
      options.onDecision(answer);
      return answer;
    }
    const worker = { epoch: undefined, deadlineMs: systemClock.now() + workerMs, settings: {}, authorizer, breakers };
    const request = stepRequest.parse(payload);
    const outcome = await executeStep(request, skillOf(request), ports, worker);
    options.onStep?.(request);
    return outcome;
  };
  const interpreter = createInterpreter({
    machines: machinesOf([...registry.agents.keys()], addresses.queueUrls['escalations'] ?? ''),
    resources: { invokeFunction, sendMessage: () => Promise.reject(new Error('no run here needs a person')) },
    onEvent: options.onEvent,
  });
  const principal = principalOf({ tenant: tenantId, sub: 'bench', scope: 'runs:write' });

  return {
    client,
    run: async (request) => {
      const { runId } = await startRun(
        { principal, idempotencyKey: undefined, request },
        { ports, registry, functions, authorizer },
      );
      for (;;) {
        const open = interpreter
          .list(`${local.runMachineArnPrefix}${request.agent}`)
          .find(({ name, status }) => name.startsWith(runId) && status === 'RUNNING');
        if (!open) break;
        await interpreter.ended(open.arn);
      }
      const head = await ports.runs.readHead({ tenantId, runId });
      if (head?.status !== 'completed') {
        throw new Error(
          `run ${runId} of ${JSON.stringify(request).slice(0, 200)} ended as ${head?.status}: ${head?.ending ?? 'no reason given'}`,
        );
      }
      return { runId };
    },
    close: async () => {
      interpreter.abandon();
      await close();
    },
  };
}
