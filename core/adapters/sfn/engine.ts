import type { SFNClientConfig } from '@aws-sdk/client-sfn';
import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { RunIdentity } from '../../contract/machine.ts';
import { executionName } from '../../contract/machine.ts';
import type { Engine, ExecutionRef } from '../../ports/index.ts';

/** A client that gives up after seconds. Region, credentials and endpoint come from the SDK's own environment. */
export function createSfnClient(configuration: SFNClientConfig = {}): SFNClient {
  const agent = { keepAlive: true, maxSockets: 64 };
  return new SFNClient({
    maxAttempts: 3,
    requestHandler: {
      // Longer than a busy thread needs to notice that it is connected: on a laptop it is the server's thread as well.
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      // Without it the SDK only logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...configuration,
  });
}

/** Step Functions. The machine of an agent is found by its name behind a common ARN prefix. */
export class SfnEngine implements Engine {
  readonly #client: SFNClient;
  readonly #runMachineArnPrefix: string;

  constructor(client: SFNClient, runMachineArnPrefix: string) {
    this.#client = client;
    this.#runMachineArnPrefix = runMachineArnPrefix;
  }

  async start({ tenantId, agent, runId, generation }: ExecutionRef): Promise<'started' | 'alreadyRan'> {
    // Byte for byte the same at every call: Step Functions compares the input of a running execution of this name.
    const identity: RunIdentity = { tenantId, runId, agent, generation };
    try {
      await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: `${this.#runMachineArnPrefix}${agent}`,
          name: executionName(runId, generation),
          input: JSON.stringify(identity),
        }),
      );
      return 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'alreadyRan';
      throw error;
    }
  }

  async succeedTask(taskToken: string): Promise<'settled' | 'stale'> {
    try {
      await this.#client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      return 'settled';
    } catch (error) {
      if (error instanceof TaskTimedOut || error instanceof InvalidToken || error instanceof TaskDoesNotExist) {
        return 'stale';
      }
      throw error;
    }
  }
}
