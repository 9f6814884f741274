import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { local } from '../../local/environment.ts';
import type { RunningPlatform } from './running-platform.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const patienceMs = 1_000;

export interface Emulators {
  readonly stepFunctions: SFNClient;
  readonly dynamodb: DynamoDBClient;
}

/** Clients of the Step Functions and the DynamoDB inside a platform's process, which tells nobody where they listen. */
export async function emulatorsOf(platform: RunningPlatform): Promise<Emulators> {
  const found: { stepFunctions?: SFNClient; dynamodb?: DynamoDBClient } = {};
  for (const port of portsOf(platform.processId)) {
    const settings = { endpoint: `http://127.0.0.1:${port}`, region, credentials, maxAttempts: 1 };
    const requestHandler = { requestTimeout: patienceMs, connectionTimeout: patienceMs, throwOnRequestTimeout: true };
    const stepFunctions = new SFNClient({ ...settings, requestHandler });
    const dynamodb = new DynamoDBClient({ ...settings, requestHandler });
    if (await answers(executionsOf(stepFunctions, 'trip-planner'))) found.stepFunctions = stepFunctions;
    const tables = await dynamodb.send(new ListTablesCommand()).catch(() => undefined);
    if (tables?.TableNames?.includes(local.table)) found.dynamodb = dynamodb;
  }
  const { stepFunctions, dynamodb } = found;
  if (stepFunctions && dynamodb) return { stepFunctions, dynamodb };
  throw new Error(`No Step Functions, or no table, listens in process ${platform.processId}.`);
}

/** Names of the running executions of an agent's runs. */
export async function executionsOf(client: SFNClient, agent: string): Promise<string[]> {
  const stateMachineArn = `${local.runMachineArnPrefix}${agent}`;
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
  if (!executions) throw new Error('This is no Step Functions.');
  return executions.map(({ name }) => name ?? '');
}

function answers(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

/** Ports on which a process listens, as Linux tells. */
function portsOf(processId: number): number[] {
  const own = new Set(
    readdirSync(`/proc/${processId}/fd`).flatMap((descriptor) => {
      try {
        return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${processId}/fd/${descriptor}`))?.[1]];
      } catch {
        // Closed since it was listed.
        return [];
      }
    }),
  );
  const listening = '0A';
  return readFileSync(`/proc/${processId}/net/tcp`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening && own.has(fields[9]))
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16));
}
