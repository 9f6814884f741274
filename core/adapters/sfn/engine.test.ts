import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSfnClient, SfnEngine } from './engine.ts';

interface Received {
  readonly operation: string;
  readonly body: Record<string, string>;
}

let server: Server;
let engine: SfnEngine;
let received: Received[] = [];
let answer: { readonly status: number; readonly body: object };

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      received.push({ operation, body: JSON.parse(Buffer.concat(chunks).toString()) as Received['body'] });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createSfnClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  engine = new SfnEngine(client, 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-run-');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
});

const execution = { tenantId: 'acme', agent: 'trip-planner', runId: 'run-1', generation: 2 };
const refuse = (type: string): void => {
  answer = { status: 400, body: { __type: `com.amazonaws.swf.service.v2.model#${type}`, message: type } };
};

describe('starting an execution', () => {
  it('names it after the run and the generation, on the machine of the agent, with nothing but the identity', async () => {
    answer = { status: 200, body: { executionArn: 'arn', startDate: 1 } };
    expect(await engine.start(execution)).toBe('started');
    expect(received).toEqual([
      {
        operation: 'StartExecution',
        body: {
          stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-run-trip-planner',
          name: 'run-1-g2',
          input: '{"tenantId":"acme","runId":"run-1","agent":"trip-planner","generation":2}',
        },
      },
    ]);
  });

  it('sends the same bytes at every call, whatever the order of the members', async () => {
    answer = { status: 200, body: { executionArn: 'arn', startDate: 1 } };
    await engine.start(execution);
    await engine.start({ generation: 2, runId: 'run-1', agent: 'trip-planner', tenantId: 'acme' });
    expect(received[1]).toEqual(received[0]);
  });

  it('takes an execution that is closed as one that already ran', async () => {
    refuse('ExecutionAlreadyExists');
    expect(await engine.start(execution)).toBe('alreadyRan');
  });

  it('fails when the machine does not exist', async () => {
    refuse('StateMachineDoesNotExist');
    await expect(engine.start(execution)).rejects.toThrow('StateMachineDoesNotExist');
  });
});

describe('completing a waiting task', () => {
  it('settles it', async () => {
    answer = { status: 200, body: {} };
    expect(await engine.succeedTask('token')).toBe('settled');
    expect(received).toEqual([{ operation: 'SendTaskSuccess', body: { taskToken: 'token', output: '{}' } }]);
  });

  it.each(['TaskTimedOut', 'InvalidToken', 'TaskDoesNotExist'])('is stale after %s', async (type) => {
    refuse(type);
    expect(await engine.succeedTask('token')).toBe('stale');
  });

  it('fails on anything else', async () => {
    refuse('AccessDeniedException');
    await expect(engine.succeedTask('token')).rejects.toThrow('AccessDeniedException');
  });
});
