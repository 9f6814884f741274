import { createDynamoClient, createDynamoStores, createTable } from '../core/adapters/dynamodb/index.ts';
import type { Meter } from '../core/adapters/dynamodb/index.ts';
import { MemoryBlobStore } from '../core/adapters/memory/index.ts';
import { SystemIds, systemClock, systemHttp } from '../core/adapters/system/index.ts';
import { principalOf } from '../core/authz/principal.ts';
import { limits } from '../core/contract/limits.ts';
import { decideEvent, executionName, stepRequest } from '../core/contract/machine.ts';
import { createAdvance } from '../core/operations/advance-run.ts';
import { executeStep } from '../core/operations/execute-step.ts';
import { startRun } from '../core/operations/start-run.ts';
import type { Registry } from '../core/model/skill.ts';
import type { BlobStore, Ports } from '../core/ports/index.ts';
import { startEmulators } from '../local/emulators/start-emulators.ts';
import { machinesOf } from '../local/machines.ts';
import { local } from '../local/environment.ts';
import type { ExecutionEvent } from '../local/stepfunctions/index.ts';
import { createInterpreter } from '../local/stepfunctions/index.ts';
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
}

export interface InProcessEngine {
  readonly client: ReturnType<typeof createDynamoClient>;
  /** Runs a playbook of the looper to its end. Throws when the run does not complete. */
  run(playbook: string, steps: number): Promise<{ readonly runId: string }>;
  close(): Promise<void>;
}

const tenantId = 'bench';
const workerMs = 60_000;

/**
 * The engine without its processes: the operations, both state machines and the DynamoDB adapter of the product in one
 * thread, on the embedded DynamoDB, so that a meter sees every call. For counting, not for timing.
 */
export async function openInProcessEngine(options: InProcessOptions): Promise<InProcessEngine> {
  const emulators = await startEmulators(
    { dataDirectory: options.folder, queues: [...local.queues], bucket: local.bucket },
    (error) => {
      throw error;
    },
  );
  const client = createDynamoClient({
    endpoint: emulators.addresses.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTable(client, local.table);

  const registry: Registry = { skills: new Map([[counter.id, counter]]), agents: new Map([[looper.name, looper]]) };
  // As the platform does, so that its price is measured too.
  const authorizer = openCedarAuthorizer(compilePolicies(registry), []);
  const functions = { arnOf: (skillId: string) => `${local.skillFunctionArnPrefix}${skillId}` };
  const kept = new MemoryBlobStore();
  const blobs: BlobStore = {
    put: (key, text) => {
      options.onBlob(Buffer.byteLength(text));
      return kept.put(key, text);
    },
    get: (key) => kept.get(key),
  };
  const machineArn = `${local.runMachineArnPrefix}${looper.name}`;
  const ports: Ports = {
    ...createDynamoStores({ client, tableName: local.table, meter: options.meter }),
    blobs,
    http: systemHttp,
    ...memoryReach(),
    clock: systemClock,
    ids: new SystemIds(),
    engine: {
      start: (execution) => {
        const { runId, generation } = execution;
        interpreter.start({ machineArn, name: executionName(runId, generation), input: JSON.stringify(execution) });
        return Promise.resolve('started');
      },
      succeedTask: () => Promise.resolve('stale'),
    },
  };
  const advance = createAdvance({ ports, registry, functions, authorizer, limits: limits.parse({}), epoch: undefined });

  const invokeFunction = async (functionArn: string, payload: unknown): Promise<unknown> => {
    if (functionArn === local.decideFunctionArn) {
      const answer = await advance(decideEvent.parse(payload));
      options.onDecision(answer);
      return answer;
    }
    const worker = { epoch: undefined, deadlineMs: systemClock.now() + workerMs, settings: {}, authorizer };
    return executeStep(stepRequest.parse(payload), counter, ports, worker);
  };
  const interpreter = createInterpreter({
    machines: machinesOf([looper.name], emulators.addresses.queueUrls['escalations'] ?? ''),
    resources: { invokeFunction, sendMessage: () => Promise.reject(new Error('the looper never needs a person')) },
    onEvent: options.onEvent,
  });
  const principal = principalOf({ tenant: tenantId, sub: 'bench', scope: 'runs:write' });

  return {
    client,
    run: async (playbook, steps) => {
      const request = { agent: looper.name, playbook, input: { steps } };
      const { runId } = await startRun(
        { principal, idempotencyKey: undefined, request },
        { ports, registry, functions, authorizer },
      );
      for (;;) {
        const open = interpreter
          .list(machineArn)
          .find(({ name, status }) => name.startsWith(runId) && status === 'RUNNING');
        if (!open) break;
        await interpreter.ended(open.arn);
      }
      const head = await ports.runs.readHead({ tenantId, runId });
      if (head?.status !== 'completed') {
        throw new Error(
          `run ${runId} of ${steps} steps ended as ${head?.status}: ${head?.ending ?? 'no reason given'}`,
        );
      }
      return { runId };
    },
    close: async () => {
      interpreter.abandon();
      client.destroy();
      await emulators.stop();
    },
  };
}
