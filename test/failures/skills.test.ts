import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MemoryBlobStore, MemoryEffectLedger } from '../../core/adapters/memory/index.ts';
import { SystemIds, systemClock } from '../../core/adapters/system/index.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import { jsonHash } from '../../core/model/json.ts';
import type { ActionDefinition } from '../../core/model/skill.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { allowing } from '../fixtures/authorizers.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';
import { closedPort, httpServer, rawServer, stopServers } from './loopback.ts';

const effects = { P: { class: 'P' }, K: { class: 'K', keyTtlMs: 86_400_000 }, N: { class: 'N' } } as const;

/** One dispatch of an action whose code reaches for the network past its context. */
function execute(effect: keyof typeof effects, run: () => Promise<unknown>): Promise<StepOutcome> {
  const action: ActionDefinition = {
    ...{ description: 'books', input: z.object({}), output: z.object({}), timeoutSeconds: 10, maxAttempts: 2, run },
    effect: effects[effect],
  };
  const skill = { kind: 'skill', id: 'Desk:v1', release: '1.0.0', description: '', settings: [] } as const;
  const request: StepRequest = {
    ...{ tenantId: 'acme', runId: 'run-1', agent: 'planner', generation: 1, stepId: 'book', occurrence: 1 },
    ...{ skill: 'Desk:v1', action: 'book', skillHash: '', doubted: [], settleOnly: false, lookAgain: false },
    ...{ direction: 'F', trust: 'trusted', input: { kind: 'inline', value: {} }, argsHash: jsonHash({}) },
  };
  const ports = {
    ...{ ledger: new MemoryEffectLedger(), blobs: new MemoryBlobStore(), clock: systemClock, ids: new SystemIds() },
    ...{ http: { fetch: () => Promise.reject(new Error('nobody uses it')) }, ...memoryReach() },
  };
  const worker = { epoch: undefined, deadlineMs: Date.now() + 30_000, settings: {}, authorizer: allowing };
  return executeStep(request, { ...skill, actions: { book: action } }, ports, worker);
}

async function put(endpoint: string): Promise<unknown> {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials, maxAttempts: 1, endpoint });
  return client.send(new PutItemCommand({ TableName: 'rooms', Item: { id: { S: '1' } } }));
}

const refusing = (status: number, name: string, headers = {}): Promise<string> =>
  httpServer((response) => response.writeHead(status, headers).end(JSON.stringify({ __type: `x#${name}` })));

afterEach(stopServers);

describe('a skill whose own client throws', () => {
  it('is tried again when the network failed, as its class of effect allows', async () => {
    const url = await rawServer((socket) => socket.resetAndDestroy());
    const call = (): Promise<unknown> => fetch(url, { method: 'POST', body: '{}' });
    const failure = { class: 'transient', message: 'TypeError: fetch failed: read ECONNRESET' };
    expect(await execute('P', call)).toMatchObject({ kind: 'retry', failure });
    expect(await execute('K', call)).toMatchObject({ kind: 'retry', failure });
    expect(await execute('N', call)).toMatchObject({
      kind: 'inDoubt',
      failure: { class: 'inDoubt', message: `transient: ${failure.message}` },
    });
  });

  it('waits as long as a service of AWS asks for', async () => {
    const url = await refusing(503, 'ServiceUnavailable', { 'retry-after': '60' });
    const before = Date.now();
    const outcome = await execute('K', () => put(url));
    expect(outcome).toMatchObject({ kind: 'retry', failure: { class: 'throttled' } });
    expect('notBeforeMs' in outcome ? outcome.notBeforeMs - before : 0).toBeGreaterThanOrEqual(60_000);
  });

  it('is not tried again when it was denied, or has asked for something wrong', async () => {
    const denied = await refusing(400, 'AccessDeniedException');
    expect(await execute('P', () => put(denied))).toMatchObject({ kind: 'failed', failure: { class: 'denied' } });
    const wrong = await refusing(400, 'ValidationException');
    expect(await execute('P', () => put(wrong))).toMatchObject({ kind: 'failed', failure: { class: 'bug' } });
  });

  it('has got a wrong answer when the answer does not fit its own schema', async () => {
    const parse = async (): Promise<unknown> => z.object({ booking: z.string() }).parse({ bookings: [] });
    expect(await execute('P', parse)).toMatchObject({ kind: 'failed', failure: { class: 'invalidOutput' } });
  });

  it('has proven nothing by a last request that reached nobody: an earlier one, unseen, may have had its effect', async () => {
    const arrived: number[] = [];
    const [first, second] = [
      await httpServer((response, call) => response.end(String(arrived.push(call)))),
      await closedPort(),
    ];
    const both = async (): Promise<unknown> => {
      await fetch(first, { method: 'POST', body: '{}' });
      return fetch(second, { method: 'POST', body: '{}' });
    };
    expect(await execute('N', both)).toMatchObject({ kind: 'inDoubt' });
    expect(arrived).toEqual([1]);
  });
});
