import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStepFunctions } from './server.ts';
import type { StepFunctions } from './server.ts';

const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:ask';
const definition = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { QueueUrl: 'q', MessageBody: { 'name.$': '$.name', 'token.$': '$$.Task.Token' } },
      TimeoutSeconds: 60,
      End: true,
    },
  },
};

let service: StepFunctions;
let client: SFNClient;
const sent = new Map<string, string>();

beforeAll(async () => {
  service = await startStepFunctions({
    port: 0,
    machines: [{ arn: machineArn, definition, type: 'STANDARD' }],
    resources: {
      invokeFunction: () => Promise.resolve(null),
      sendMessage: async (_queue, body) => {
        const message = JSON.parse(body) as { name: string; token: string };
        sent.set(message.name, message.token);
      },
    },
  });
  client = new SFNClient({
    endpoint: service.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await service.stop();
});

async function start(name: string): Promise<{ arn: string; startDate: Date | undefined; token: string }> {
  const input = JSON.stringify({ name });
  const started = await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input }));
  return { arn: started.executionArn ?? '', startDate: started.startDate, token: sent.get(name) ?? '' };
}

describe('the unchanged SDK client of Step Functions', () => {
  it('starts, describes, answers a task and lists', async () => {
    const { arn, startDate, token } = await start('one');
    const going = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    expect(going).toMatchObject({
      status: 'RUNNING',
      name: 'one',
      stateMachineArn: machineArn,
      input: '{"name":"one"}',
    });
    expect(going.startDate).toEqual(startDate);
    expect(going.stopDate).toBeUndefined();
    await client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{"ok":true}' }));
    const over = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    expect(over).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
    expect(over.stopDate).toBeInstanceOf(Date);
    const list = await client.send(
      new ListExecutionsCommand({ stateMachineArn: machineArn, statusFilter: 'SUCCEEDED' }),
    );
    expect(list.executions).toMatchObject([{ executionArn: arn, name: 'one', status: 'SUCCEEDED' }]);
  });

  it('fails a task with its error and cause', async () => {
    const { arn, token } = await start('two');
    await client.send(new SendTaskFailureCommand({ taskToken: token, error: 'Rejected', cause: 'no' }));
    const over = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    expect(over).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'no' });
  });

  it('gets the same execution for the same name and input while it runs, and ExecutionAlreadyExists after', async () => {
    const first = await start('three');
    const again = await start('three');
    expect(again).toEqual(first);
    await client.send(new StopExecutionCommand({ executionArn: first.arn, error: 'Stopped', cause: 'by hand' }));
    const over = await client.send(new DescribeExecutionCommand({ executionArn: first.arn }));
    expect(over).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
    await expect(start('three')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('gets the errors of the API, as its own exception classes', async () => {
    const { token } = await start('four');
    const arn = `${machineArn.replace('stateMachine', 'execution')}:none`;
    await expect(client.send(new StartExecutionCommand({ stateMachineArn: `${machineArn}x` }))).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: machineArn, input: '{' })),
    ).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name: 'a b' })),
    ).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(client.send(new DescribeExecutionCommand({ executionArn: arn }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await expect(client.send(new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' }))).rejects.toMatchObject({
      name: 'InvalidToken',
    });
    await expect(client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{' }))).rejects.toMatchObject({
      name: 'InvalidOutput',
    });
    await client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
    await expect(client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  });
});

describe('any other request', () => {
  const post = async (target: string, body: string): Promise<[number, unknown]> => {
    const response = await fetch(service.endpoint, { method: 'POST', headers: { 'x-amz-target': target }, body });
    return [response.status, await response.json()];
  };

  it('gets a clear answer', async () => {
    expect(await post('AWSStepFunctions.CreateActivity', '{}')).toMatchObject([
      400,
      { __type: 'UnknownOperationException' },
    ]);
    expect(await post('', '{}')).toMatchObject([400, { __type: 'UnknownOperationException' }]);
    expect(await post('AWSStepFunctions.StartExecution', '{')).toMatchObject([
      400,
      { __type: 'SerializationException' },
    ]);
    expect(await post('AWSStepFunctions.StartExecution', '{}')).toMatchObject([400, { __type: 'ValidationException' }]);
    expect(await post('AWSStepFunctions.StartExecution', '{"stateMachineArn":1}')).toMatchObject([
      400,
      { __type: 'ValidationException' },
    ]);
    const large = JSON.stringify({ input: 'x'.repeat(1024 * 1024) });
    expect(await post('AWSStepFunctions.StartExecution', large)).toMatchObject([
      400,
      { __type: 'ValidationException' },
    ]);
  });
});

describe('the service', () => {
  it('says when its port is taken', async () => {
    const port = Number(new URL(service.endpoint).port);
    const resources = { invokeFunction: () => Promise.resolve(null), sendMessage: () => Promise.resolve() };
    await expect(startStepFunctions({ port, machines: [], resources })).rejects.toThrow(/EADDRINUSE/);
  });
});
