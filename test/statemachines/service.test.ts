import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, expect, it, vi } from 'vitest';
import { escalationMessage } from '../../core/contract/machine.ts';
import { createInterpreter, startStepFunctions } from '../../local/stepfunctions/index.ts';
import { answers, arns, decisions, dispatchOf, identity, machines, scripted, started } from './machines.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

it('a run waits for a person and is woken through the unchanged SDK client', async () => {
  const { decide, events } = decisions(answers.execute(dispatchOf('a')), answers.human(), answers.done());
  const bodies: string[] = [];
  const service = await startStepFunctions({
    ...scripted(decide, undefined, async (_queue, body) => void bodies.push(body)),
    port: 0,
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SFNClient({ endpoint: service.endpoint, region: 'us-east-1', credentials });
  cleanups.push(
    () => service.stop(),
    () => client.destroy(),
  );
  const { name, input } = started();
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: arns.run, name, input }));
  await vi.waitFor(() => expect(bodies).toHaveLength(1), { interval: 5 });
  expect(service.running()).toBe(1);
  const { taskToken } = escalationMessage.parse(JSON.parse(bodies[0] ?? ''));
  await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  await vi.waitFor(() => expect(service.running()).toBe(0), { interval: 5 });
  const over = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(over.status).toBe('SUCCEEDED');
  expect(events.at(-1)).toEqual(identity);
});

it('a run fails openly when its burst runs into the timeout of an Express execution', async () => {
  const options = scripted(() => new Promise(() => {}));
  const engine = createInterpreter({
    ...options,
    machines: machines.map((machine) =>
      machine.type === 'EXPRESS' ? { ...machine, definition: { ...machine.definition, TimeoutSeconds: 1 } } : machine,
    ),
  });
  cleanups.push(() => engine.abandon());
  const ended = await engine.ended(engine.start(started()).arn);
  expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});
