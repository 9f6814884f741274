import type { Execution } from './execution.ts';
import { createInterpreter } from './interpreter.ts';
import type { Interpreter, InterpreterOptions } from './interpreter.ts';
import type { Machine } from './machine.ts';

const account = 'us-east-1:000000000000';
export const outer = `arn:aws:states:${account}:stateMachine:outer`;
export const inner = `arn:aws:states:${account}:stateMachine:inner`;

export const invoke = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f', 'Payload.$': '$' },
  OutputPath: '$.Payload',
  TimeoutSeconds: 10,
};
export const echo: Machine['definition'] = { StartAt: 'A', States: { A: { ...invoke, End: true } } };
export const mapOver = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      MaxConcurrency: 2,
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'A', States: { A: { ...invoke, End: true } } },
      End: true,
    },
  },
};
export const ask = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } },
      TimeoutSeconds: 1,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Succeed' },
  },
};
export const nest = {
  StartAt: 'Nest',
  States: {
    Nest: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:sfn:startSyncExecution',
      Parameters: { StateMachineArn: inner, 'Input.$': '$' },
      TimeoutSeconds: 10,
      End: true,
    },
  },
};

const live: Interpreter[] = [];
/** Ends what the tests of a file have left. */
export function end(): void {
  for (const interpreter of live.splice(0)) interpreter.abandon();
}

/** An interpreter of one Standard machine, and an Express one within. */
export function engine(
  definition: Record<string, unknown>,
  invokeFunction: InterpreterOptions['resources']['invokeFunction'] = (_arn, payload) => Promise.resolve(payload),
  more: Partial<InterpreterOptions> & {
    sendMessage?: (queue: string, body: string) => Promise<void>;
    express?: Record<string, unknown>;
  } = {},
): Interpreter {
  const { sendMessage = () => Promise.resolve(), express = echo, ...options } = more;
  const interpreter = createInterpreter({
    machines: [
      { arn: outer, definition, type: 'STANDARD' },
      { arn: inner, definition: express, type: 'EXPRESS' },
    ],
    resources: { invokeFunction, sendMessage },
    ...options,
  });
  live.push(interpreter);
  return interpreter;
}

export const never = (): Promise<never> => new Promise(() => {});
export const run = (interpreter: Interpreter, input: unknown = {}): Promise<Execution> =>
  interpreter.ended(interpreter.start({ machineArn: outer, input: JSON.stringify(input) }).arn);
