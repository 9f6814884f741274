import { afterEach, describe, expect, it } from 'vitest';
import { ask, echo, end, engine, inner, nest, never, outer, run } from './fixture.ts';
import type { Interpreter, InterpreterOptions } from './interpreter.ts';

afterEach(end);

describe('task tokens', () => {
  const asked = (
    more: Partial<InterpreterOptions> = {},
  ): { interpreter: Interpreter; arn: string; token: Promise<string> } => {
    const sent = Promise.withResolvers<string>();
    const interpreter = engine(ask, undefined, {
      ...more,
      sendMessage: async (_queue, body) => sent.resolve((JSON.parse(body) as { token: string }).token),
    });
    return { interpreter, arn: interpreter.start({ machineArn: outer, input: '{"a":1}' }).arn, token: sent.promise };
  };

  it('bring an answer into the execution, once', async () => {
    const { interpreter, arn, token } = asked();
    interpreter.succeedTask(await token, '{"yes":true}');
    expect((await interpreter.ended(arn)).output).toBe('{"yes":true}');
    expect(() => interpreter.succeedTask('', '{}')).toThrow(expect.objectContaining({ code: 'InvalidToken' }));
    const used = await token;
    expect(() => interpreter.succeedTask(used, '{}')).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  it('bring a failure into the execution', async () => {
    const { interpreter, arn, token } = asked();
    interpreter.failTask(await token, 'Rejected', 'no');
    expect(JSON.parse((await interpreter.ended(arn)).output ?? '')).toEqual({
      a: 1,
      failure: { Error: 'Rejected', Cause: 'no' },
    });
  });

  it('may be answered before the message is even on its way', async () => {
    const interpreter: Interpreter = engine(ask, undefined, {
      sendMessage: async (_queue, body) =>
        interpreter.succeedTask((JSON.parse(body) as { token: string }).token, '"early"'),
    });
    expect((await run(interpreter)).output).toBe('"early"');
  });

  it('time out with their task', async () => {
    const { interpreter, arn, token } = asked();
    const ended = await interpreter.ended(arn);
    expect(JSON.parse(ended.output ?? '')).toEqual({ a: 1, failure: { Error: 'States.Timeout', Cause: '' } });
    const late = await token;
    expect(() => interpreter.succeedTask(late, '{}')).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  it('of a stopped execution, and of an earlier process, are stale and not wrong', async () => {
    const { interpreter, arn, token } = asked();
    const stale = await token;
    interpreter.stop(arn);
    expect(() => interpreter.succeedTask(stale, '{}')).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
    expect(() => engine(ask).succeedTask(stale, '{}')).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
    expect(() => engine(ask).succeedTask(`${stale}x`, '{}')).toThrow(expect.objectContaining({ code: 'InvalidToken' }));
    expect(() => interpreter.succeedTask(stale, '{')).toThrow(expect.objectContaining({ code: 'InvalidOutput' }));
  });
});

describe('an Express execution within a Standard one', () => {
  const outputOf = async (interpreter: Interpreter, input: unknown): Promise<Record<string, unknown>> =>
    JSON.parse((await run(interpreter, input)).output ?? '') as Record<string, unknown>;

  it('gives its output as text', async () => {
    expect(await outputOf(engine(nest), { a: '"' })).toMatchObject({ Status: 'SUCCEEDED', Output: '{"a":"\\""}' });
  });

  it('takes its input as text, too', async () => {
    expect(await outputOf(engine(nest), '{"a":1}')).toMatchObject({ Output: '{"a":1}' });
  });

  it('that fails has an error and no output, and its task succeeds', async () => {
    const failed = await outputOf(
      engine(nest, () => Promise.reject(new TypeError('x'))),
      {},
    );
    expect(failed).toMatchObject({ Status: 'FAILED', Error: 'TypeError', Cause: 'x' });
    expect(failed).not.toHaveProperty('Output');
  });

  it('that takes too long is TIMED_OUT', async () => {
    const express = { ...echo, TimeoutSeconds: 1 };
    expect(await outputOf(engine(nest, never, { express }), {})).toMatchObject({ Status: 'TIMED_OUT' });
  });

  it('of a machine that is not there fails the task, under the name of the SDK integration', async () => {
    const missing = {
      ...nest,
      States: { Nest: { ...nest.States.Nest, Parameters: { StateMachineArn: `${inner}x`, 'Input.$': '$' } } },
    };
    expect(await run(engine(missing))).toMatchObject({
      status: 'FAILED',
      error: 'Sfn.StateMachineDoesNotExistException',
    });
  });
});
