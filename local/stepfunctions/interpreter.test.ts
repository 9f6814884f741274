import { afterEach, describe, expect, it, vi } from 'vitest';
import { TaskError } from './errors.ts';
import { echo, end, engine, invoke, mapOver, nest, never, inner, outer, run } from './fixture.ts';
import type { Interpreter } from './interpreter.ts';

afterEach(end);

describe('values', () => {
  it.each([
    ['an empty list', []],
    ['a list of one list', [[1]]],
    ['null within', { a: null, b: [null] }],
    ['false, 0 and nothing', { a: false, b: 0, c: '', d: {} }],
    ['quotes, backslashes and other scripts', { a: '\\"{}$.x\n\u2028𝄞', 'b.$': '$.c' }],
    ['names of object members', JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}')],
  ])('%s come through unchanged', async (_what, value) => {
    const ended = await run(engine(echo), { value });
    expect(JSON.parse(ended.output ?? '')).toEqual({ value });
    expect(JSON.stringify(JSON.parse(ended.output ?? ''))).toBe(JSON.stringify({ value }));
  });

  it('are what JSON makes of them: a function cannot pass its own objects on', async () => {
    const ended = await run(engine(echo, () => Promise.resolve({ at: new Date(0), nothing: undefined })));
    expect(JSON.parse(ended.output ?? '')).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  it('over 256 KiB fail with States.DataLimitExceeded, going in and coming out', async () => {
    const large = { text: 'ä'.repeat(140_000) };
    const out = await run(engine(echo, () => Promise.resolve(large)));
    expect(out).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    const grow = {
      StartAt: 'P',
      States: { P: { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, Next: 'A' }, ...(echo['States'] as object) },
    };
    const into = await run(engine(grow), { text: 'x'.repeat(140_000) });
    expect(into).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('errors', () => {
  it('of a function keep their name and message, whatever was thrown', async () => {
    const thrown = [new RangeError('too far'), 'a text', new TaskError('Sandbox.Timedout', 'after 3 s')];
    const failing = (error: unknown): Interpreter =>
      engine(echo, async () => {
        throw error;
      });
    const endings = await Promise.all(thrown.map((error) => run(failing(error))));
    expect(endings.map(({ status, error, cause }) => ({ status, error, cause }))).toEqual([
      { status: 'FAILED', error: 'RangeError', cause: 'too far' },
      { status: 'FAILED', error: 'Lambda.Unknown', cause: 'a text' },
      { status: 'FAILED', error: 'Sandbox.Timedout', cause: 'after 3 s' },
    ]);
  });

  it('of a function that does not answer in time are States.Timeout', async () => {
    const hasty = { StartAt: 'A', States: { A: { ...invoke, TimeoutSeconds: 1, End: true } } };
    expect(await run(engine(hasty, never))).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('wait with backoff and jitter before the next try, at most MaxAttempts times', async () => {
    const retry = {
      ErrorEquals: ['Busy'],
      IntervalSeconds: 1,
      MaxAttempts: 2,
      BackoffRate: 1,
      MaxDelaySeconds: 1,
      JitterStrategy: 'FULL',
    };
    const patient = { StartAt: 'A', States: { A: { ...invoke, Retry: [retry], End: true } } };
    const busy = vi.fn(() => Promise.reject(new TaskError('Busy', '')));
    const before = Date.now();
    expect(await run(engine(patient, busy))).toMatchObject({ status: 'FAILED', error: 'Busy' });
    expect(busy).toHaveBeenCalledTimes(3);
    expect(Date.now() - before).toBeLessThan(2_500);
  });
});

describe('starting', () => {
  it('the same name with the same input while it runs is the same execution', () => {
    const interpreter = engine(echo, never);
    const first = interpreter.start({ machineArn: outer, name: 'a', input: '{"a":1}' });
    expect(interpreter.start({ machineArn: outer, name: 'a', input: '{"a":1}' })).toBe(first);
    expect(interpreter.running).toBe(1);
    expect(() => interpreter.start({ machineArn: outer, name: 'a', input: '{"a":2}' })).toThrow(/Already Exists/);
  });

  it('a name cannot be used again when its execution is over', async () => {
    const interpreter = engine(echo);
    await interpreter.ended(interpreter.start({ machineArn: outer, name: 'a' }).arn);
    expect(() => interpreter.start({ machineArn: outer, name: 'a' })).toThrow(/Already Exists/);
  });

  it('an unknown machine, an Express machine, a bad name or a bad input are refused', () => {
    const interpreter = engine(echo);
    const codeOf = (request: Parameters<Interpreter['start']>[0]): unknown => {
      try {
        return interpreter.start(request);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf({ machineArn: `${outer}x` })).toBe('StateMachineDoesNotExist');
    expect(codeOf({ machineArn: inner })).toBe('StateMachineTypeNotSupported');
    for (const name of ['', 'a b', 'a:b', 'a/b', 'a\u0007', 'x'.repeat(81)]) {
      expect(codeOf({ machineArn: outer, name })).toBe('InvalidName');
    }
    for (const input of ['', '{', `"${'x'.repeat(256 * 1024)}"`]) {
      expect(codeOf({ machineArn: outer, input })).toBe('InvalidExecutionInput');
    }
    expect(interpreter.running).toBe(0);
  });

  it('200 executions at once all end, and are then forgotten but for the last 1,000', async () => {
    const interpreter = engine(mapOver);
    for (let batch = 0; batch < 6; batch += 1) {
      const endings = await Promise.all(Array.from({ length: 200 }, () => run(interpreter, { items: [1, 2, 3] })));
      expect(endings.every(({ status, output }) => status === 'SUCCEEDED' && output === '[1,2,3]')).toBe(true);
    }
    expect(interpreter.running).toBe(0);
    expect(interpreter.list(outer)).toHaveLength(1_000);
  });
});

describe('stopping', () => {
  it('lets nothing of an execution start any more, not even queued items of a Map', async () => {
    const invokeFunction = vi.fn(never);
    const interpreter = engine(mapOver, invokeFunction);
    const { arn } = interpreter.start({ machineArn: outer, input: '{"items":[1,2,3,4,5,6,7,8,9]}' });
    await vi.waitFor(() => expect(invokeFunction).toHaveBeenCalledTimes(2));
    interpreter.stop(arn, 'Operator', 'enough');
    expect(await interpreter.ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'enough' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(invokeFunction).toHaveBeenCalledTimes(2);
    expect(interpreter.stop(arn).status).toBe('ABORTED');
  });

  it('ends retries and the executions within, too', async () => {
    const retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1_000, BackoffRate: 1 }];
    const express = { StartAt: 'A', States: { A: { ...invoke, Retry: retry, End: true } } };
    const busy = vi.fn(() => Promise.reject(new TaskError('Busy', '')));
    const interpreter = engine(nest, busy, { express, retriesMs: { A: 5 } });
    const { arn } = interpreter.start({ machineArn: outer });
    await vi.waitFor(() => expect(busy.mock.calls.length).toBeGreaterThan(1), { interval: 2 });
    interpreter.stop(arn);
    const calls = busy.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(busy).toHaveBeenCalledTimes(calls);
  });

  it('is reported, as is every other end; what is abandoned is not, and starts nothing again', async () => {
    const ends: string[] = [];
    const interpreter = engine(echo, (_arn, payload) => (payload === 'hang' ? never() : Promise.resolve(payload)), {
      onExecutionEnded: ({ name, status }) => ends.push(`${name} ${status}`),
    });
    const start = (name: string, input: unknown): string =>
      interpreter.start({ machineArn: outer, name, input: JSON.stringify(input) }).arn;
    await interpreter.ended(start('a', {}));
    interpreter.stop(start('b', 'hang'));
    const left = interpreter.ended(start('c', 'hang'));
    interpreter.abandon();
    expect((await left).status).toBe('ABORTED');
    expect(ends).toEqual(['a SUCCEEDED', 'b ABORTED']);
    expect(interpreter.running).toBe(0);
    expect(() => start('d', {})).toThrow(/was stopped/);
  });
});
