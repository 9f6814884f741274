import { afterEach, describe, expect, it, vi } from 'vitest';
import { escalationMessage } from '../../core/contract/machine.ts';
import { createInterpreter, StepFunctionsError, TaskError } from '../../local/stepfunctions/index.ts';
import type { Execution, Interpreter, InterpreterOptions } from '../../local/stepfunctions/index.ts';
import {
  answers,
  burstState,
  decisions,
  dispatchOf,
  doneOutcome,
  identity,
  queueUrl,
  scripted,
  started,
} from './machines.ts';

const interpreters: Interpreter[] = [];

function interpreter(options: InterpreterOptions): Interpreter {
  const created = createInterpreter(options);
  interpreters.push(created);
  return created;
}

afterEach(() => {
  for (const created of interpreters.splice(0)) created.abandon();
});

async function runToEnd(options: InterpreterOptions): Promise<Execution> {
  const engine = interpreter(options);
  return engine.ended(engine.start(started()).arn);
}

describe('a run in the two state machines', () => {
  it('executes wave after wave within a burst and ends with the last decision', async () => {
    const { decide, events } = decisions(
      answers.execute(dispatchOf('a'), dispatchOf('b')),
      answers.execute(dispatchOf('c')),
      answers.done(),
    );
    const seen: string[] = [];
    const ended = await runToEnd(
      scripted(decide, ({ stepId }) => {
        seen.push(stepId);
        return doneOutcome(stepId);
      }),
    );
    expect(ended.status).toBe('SUCCEEDED');
    expect(JSON.parse(ended.output ?? '')).toEqual({ ...identity, next: 'done', status: 'completed' });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(events[0]).toEqual(identity);
    expect(events[1]).toMatchObject({ ...identity, state: burstState, outcomes: [doneOutcome('a'), doneOutcome('b')] });
    expect(events[2]).toMatchObject({ outcomes: [doneOutcome('c')] });
  });

  it('hands a skill exactly its request', async () => {
    const { decide } = decisions(answers.execute(dispatchOf('a')), answers.done());
    const skill = vi.fn(() => doneOutcome('a'));
    await runToEnd(scripted(decide, skill));
    expect(skill).toHaveBeenCalledExactlyOnceWith(dispatchOf('a').request);
  });

  it('runs at most 40 steps of a wave at once', async () => {
    const items = Array.from({ length: 60 }, (_, index) => dispatchOf(`s${index}`));
    const { decide, events } = decisions(answers.execute(...items), answers.done());
    let now = 0;
    let most = 0;
    await runToEnd(
      scripted(decide, async ({ stepId }) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        return doneOutcome(stepId);
      }),
    );
    expect(most).toBe(40);
    expect(events[1]?.outcomes?.map(({ stepId }) => stepId)).toEqual(items.map(({ request }) => request.stepId));
  });

  it('pauses within the burst, keeps its state, and does not send the outcomes of before again', async () => {
    const { decide, events } = decisions(answers.execute(dispatchOf('a')), answers.pause(30), answers.done());
    const before = Date.now();
    const ended = await runToEnd(scripted(decide));
    expect(ended.status).toBe('SUCCEEDED');
    expect(Date.now() - before).toBeGreaterThanOrEqual(29);
    expect(events[2]).toMatchObject({ state: burstState });
    expect(events[2]).not.toHaveProperty('outcomes');
  });

  it('waits between bursts, and a new burst knows the run and nothing else', async () => {
    const { decide, events } = decisions(
      answers.execute(dispatchOf('a')),
      answers.wait(30),
      answers.goOn(),
      answers.done(),
    );
    const before = Date.now();
    const ended = await runToEnd(scripted(decide));
    expect(ended.status).toBe('SUCCEEDED');
    expect(Date.now() - before).toBeGreaterThanOrEqual(29);
    expect(events[2]).toEqual(identity);
    expect(events[3]).toEqual(identity);
  });

  it('starts at once when the time to wait for is over', async () => {
    const { decide } = decisions(answers.wait(-60_000), answers.pause(-60_000), answers.done());
    expect((await runToEnd(scripted(decide))).status).toBe('SUCCEEDED');
  });

  it('makes an outcome of every way in which a skill can end without an answer', async () => {
    const items = ['timedOut', 'crashed', 'threw', 'tooLarge', 'fine'].map((stepId) => dispatchOf(stepId));
    const { decide, events } = decisions(answers.execute(...items), answers.done());
    const ended = await runToEnd(
      scripted(decide, ({ stepId }) => {
        if (stepId === 'timedOut') throw new TaskError('Sandbox.Timedout', 'after 30 s');
        if (stepId === 'crashed') throw new TaskError('Lambda.Unknown', 'exit status 1');
        if (stepId === 'threw') throw new TypeError('x is not a function');
        if (stepId === 'tooLarge') return { kind: 'done', stepId, attempts: 1, output: 'x'.repeat(300_000) };
        return doneOutcome(stepId);
      }),
    );
    expect(ended.status).toBe('SUCCEEDED');
    expect(events[1]?.outcomes).toEqual([
      { kind: 'lost', stepId: 'timedOut', error: 'Sandbox.Timedout', cause: 'after 30 s' },
      { kind: 'lost', stepId: 'crashed', error: 'Lambda.Unknown', cause: 'exit status 1' },
      { kind: 'lost', stepId: 'threw', error: 'TypeError', cause: 'x is not a function' },
      { kind: 'lost', stepId: 'tooLarge', error: 'States.DataLimitExceeded', cause: expect.any(String) },
      doneOutcome('fine'),
    ]);
  });

  it('tries a throttled invocation again, and any other failed one never', async () => {
    const calls = { throttled: 0, broken: 0, decide: 0 };
    const { decide } = decisions(answers.execute(dispatchOf('throttled'), dispatchOf('broken')), answers.done());
    const ended = await runToEnd(
      scripted(
        (event) => {
          calls.decide += 1;
          if (calls.decide === 1) throw new TaskError('Lambda.TooManyRequestsException', 'Rate exceeded');
          return decide(event);
        },
        ({ stepId }) => {
          calls[stepId as 'throttled' | 'broken'] += 1;
          if (stepId === 'broken') throw new TaskError('Lambda.ServiceException', 'ambiguous');
          if (calls.throttled < 3) throw new TaskError('Lambda.TooManyRequestsException', 'Rate exceeded');
          return doneOutcome(stepId);
        },
      ),
    );
    expect(ended.status).toBe('SUCCEEDED');
    expect(calls).toEqual({ throttled: 3, broken: 1, decide: 3 });
  });

  it('fails, with the error and its cause, when Decide fails', async () => {
    const ended = await runToEnd(
      scripted(() => {
        throw new TaskError('StoreUnavailable', 'the table does not answer');
      }),
    );
    expect(ended).toMatchObject({ status: 'FAILED', error: 'StoreUnavailable', cause: 'the table does not answer' });
  });

  it('fails when a decision is none of those that the machine knows', async () => {
    const ended = await runToEnd(scripted(() => ({ ...identity, next: 'dance' }) as never));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'UnknownDecision' });
  });

  it('fails as Decide says when the run failed', async () => {
    const { decide } = decisions(answers.failed());
    expect(await runToEnd(scripted(decide))).toMatchObject({
      status: 'FAILED',
      error: 'RunFailed',
      cause: 'no way left',
    });
  });

  it('runs long steps outside the burst and tells the next burst what became of them', async () => {
    const { decide, events } = decisions(
      answers.long(dispatchOf('slow'), dispatchOf('dead')),
      answers.goOn(),
      answers.done(),
    );
    const ended = await runToEnd(
      scripted(decide, ({ stepId }) => {
        if (stepId === 'dead') throw new TaskError('Sandbox.Timedout', 'after 900 s');
        return doneOutcome(stepId);
      }),
    );
    expect(ended.status).toBe('SUCCEEDED');
    expect(events[1]).toEqual({
      ...identity,
      outcomes: [
        doneOutcome('slow'),
        { kind: 'lost', stepId: 'dead', error: 'Sandbox.Timedout', cause: 'after 900 s' },
      ],
    });
    expect(events[2]).toEqual(identity);
  });

  it('sends the notice with a task token to the queue, and goes on when the token comes back', async () => {
    const { decide, events } = decisions(answers.human(), answers.done());
    const sent = Promise.withResolvers<{ queue: string; body: string }>();
    const engine = interpreter(
      scripted(decide, undefined, async (queue, body) => {
        sent.resolve({ queue, body });
      }),
    );
    const { arn } = engine.start(started());
    const { queue, body } = await sent.promise;
    const message = escalationMessage.parse(JSON.parse(body));
    expect(queue).toBe(queueUrl);
    expect(message.notice).toMatchObject({ ...identity, kind: 'approval' });
    expect(engine.describe(arn).status).toBe('RUNNING');
    engine.succeedTask(message.taskToken, '{}');
    expect((await engine.ended(arn)).status).toBe('SUCCEEDED');
    expect(events[1]).toEqual(identity);
  });

  it('asks Decide again after a pause when the queue refuses the message', async () => {
    const { decide, events } = decisions(answers.human(), answers.human(), answers.done());
    let refused = 0;
    const ended = await runToEnd(
      scripted(decide, undefined, () => {
        refused += 1;
        return Promise.reject(new Error('the queue does not answer'));
      }),
    );
    expect(ended.status).toBe('SUCCEEDED');
    expect(refused).toBe(2);
    expect(events).toEqual([identity, identity, identity]);
  });

  it('continues as the next generation, which carries only the identity', async () => {
    const { decide, events } = decisions(answers.rollover(), answers.done());
    const engine = interpreter(scripted(decide));
    const first = await engine.ended(engine.start(started()).arn);
    const second = await engine.ended(first.arn.replace('-g1', '-g2'));
    expect(first.status).toBe('SUCCEEDED');
    expect(second).toMatchObject({ status: 'SUCCEEDED', name: 'run-1-g2' });
    expect(events[1]).toEqual({ ...identity, generation: 2 });
  });

  it('succeeds when the next generation has already run', async () => {
    const { decide } = decisions(answers.done(), answers.rollover());
    const engine = interpreter(scripted(decide));
    const next = { ...identity, generation: 2 };
    await engine.ended(engine.start(started(next)).arn);
    const first = await engine.ended(engine.start(started()).arn);
    expect(first.status).toBe('SUCCEEDED');
    expect(() => engine.start(started(next))).toThrow(StepFunctionsError);
  });
});
