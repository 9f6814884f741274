import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import type { FakeBehaviour, FakeModels } from '../../test/fixtures/fake-models.ts';
import { startFakeModels } from '../../test/fixtures/fake-models.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { createModelClient } from '../adapters/ai-sdk/index.ts';
import { MemoryBreakerStore } from '../adapters/memory/index.ts';
import { ModelChain } from './model-chain.ts';
import { Breakers } from './with-breaker.ts';

const request = {
  parts: [{ role: 'user', text: 'Go to Rome.', stable: false }] as const,
  answerSchema: { type: 'object' },
  maxOutputTokens: 100,
};
const nobody: ReadonlySet<string> = new Set();
const throttled = (seconds?: number): FakeBehaviour => ({
  kind: 'fails',
  status: 429,
  ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
});

describe('a chain of models', () => {
  let server: FakeModels;
  let chain: ModelChain;
  let asked: string[];
  let clock: ManualClock;
  beforeAll(async () => {
    server = await startFakeModels();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    asked = [];
    clock = new ManualClock();
    chain = new ModelChain({
      models: ['openai:a', 'openai:b', 'openai:c', 'openai:a'],
      client: createModelClient({ settings: { OPENAI_BASE_URL: server.baseUrl }, secrets: undefined }),
      breakers: new Breakers({
        breakers: new MemoryBreakerStore(),
        clock,
        ids: new CountingIds(),
        unrecorded: (dependency, error) => {
          throw new Error(dependency, { cause: error });
        },
      }),
    });
  });

  const script = (behaviours: Readonly<Record<string, FakeBehaviour>>) =>
    server.follow(({ body }) => {
      const model = String(body['model']);
      asked.push(model);
      return behaviours[model] ?? { kind: 'says', text: `{"from":"${model}"}` };
    });
  const ask = (skip: ReadonlySet<string> = nobody, signal = new AbortController().signal, timeoutMs = 30_000) =>
    chain.ask({ ...request, timeoutMs }, skip, signal);

  it('asks the first, and only the first when it answers, whatever it says', async () => {
    script({ a: { kind: 'refuses', text: 'No.' } });
    expect(await ask()).toMatchObject({ model: 'openai:a', answer: { ending: 'refused' } });
    expect(asked).toEqual(['a']);
  });

  it('leaves out the skipped, so that the caller can go on from an answer that is worth nothing', async () => {
    script({});
    expect(await ask(new Set(['openai:a']))).toMatchObject({ model: 'openai:b' });
    expect(await ask(new Set(['openai:a', 'openai:b', 'openai:c']))).toBeUndefined();
    expect(asked).toEqual(['b']);
  });

  it.each<[string, FakeBehaviour, number]>([
    ['an outage', { kind: 'fails', status: 500 }, 30_000],
    ['a connection that breaks', { kind: 'resets', text: '{}' }, 30_000],
    ['silence', { kind: 'silent' }, 3_000],
    ['throttling', throttled(60), 30_000],
  ])('goes on to the next after %s, asking each once', async (_, behaviour, timeoutMs) => {
    script({ a: behaviour, b: behaviour });
    expect(await ask(undefined, undefined, timeoutMs)).toMatchObject({
      model: 'openai:c',
      answer: { text: '{"from":"c"}' },
    });
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('does not hide a key that is refused or a request that is wrong behind another model', async () => {
    for (const [status, failureClass] of [
      [401, 'denied'],
      [400, 'bug'],
      [404, 'bug'],
    ] as const) {
      script({ a: { kind: 'fails', status } });
      await expect(ask()).rejects.toMatchObject({ failureClass });
    }
    expect(asked).toEqual(['a', 'a', 'a']);
  });

  it('is throttled when all are, for the shortest of their times', async () => {
    script({ a: throttled(60), b: throttled(20), c: throttled() });
    await expect(ask()).rejects.toMatchObject({
      failureClass: 'throttled',
      retryAfterMs: 20_000,
      sendOutcome: 'notDone',
    });
  });

  it('has failed in the way that waiting does not explain, when there is one', async () => {
    script({ a: throttled(60), b: { kind: 'fails', status: 500 }, c: throttled(20) });
    await expect(ask()).rejects.toMatchObject({
      failureClass: 'transient',
      retryAfterMs: undefined,
      sendOutcome: 'unknown',
    });
  });

  it('does not ask a model whose breaker is open, and asks it again when it is time', async () => {
    script({ a: { kind: 'fails', status: 500 } });
    for (let count = 0; count < 7; count++) expect(await ask()).toMatchObject({ model: 'openai:b' });
    expect(asked.filter((model) => model === 'a')).toHaveLength(5);
    clock.advance(30_000);
    script({});
    expect(await ask()).toMatchObject({ model: 'openai:a' });
  });

  it('is down when every breaker is open, until the first of them may be tried', async () => {
    script({ a: { kind: 'fails', status: 500 }, b: { kind: 'fails', status: 500 }, c: { kind: 'fails', status: 500 } });
    for (let count = 0; count < 5; count++) await expect(ask()).rejects.toMatchObject({ failureClass: 'transient' });
    clock.advance(12_000);
    const calls = asked.length;
    await expect(ask()).rejects.toMatchObject({
      failureClass: 'dependencyDown',
      retryAfterMs: 18_000,
      sendOutcome: 'notSent',
    });
    expect(asked).toHaveLength(calls);
  });

  it('stops when the caller does, without asking further models', async () => {
    script({ a: { kind: 'silent' } });
    const controller = new AbortController();
    const answer = ask(nobody, controller.signal);
    setTimeout(() => controller.abort(), 30);
    await expect(answer).rejects.toMatchObject({
      failureClass: 'timeout',
      message: "The model 'openai:a' was not waited for any longer: the caller has stopped.",
    });
    expect(asked).toEqual(['a']);
  });
});
