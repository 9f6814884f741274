import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FakeBehaviour, FakeModels } from '../../../test/fixtures/fake-models.ts';
import { fakeTokens, startFakeModels } from '../../../test/fixtures/fake-models.ts';
import type { ModelAnswer, ModelRequest } from '../../ports/index.ts';
import { createModelClient } from './index.ts';

const schema = { type: 'object', properties: { steps: { type: 'array' } }, required: ['steps'] };
const request: ModelRequest = {
  model: 'openai:gpt-test',
  parts: [
    { role: 'system', text: 'You plan.', stable: true },
    { role: 'user', text: 'Go to Rome.', stable: false },
  ],
  answerSchema: schema,
  maxOutputTokens: 1_000,
  timeoutMs: 5_000,
};
/** Each byte a token, and what providers add by themselves. */
const mostRead = Buffer.byteLength('You plan.\n\nGo to Rome.') + Buffer.byteLength(JSON.stringify(schema)) + 2_000;
const noSignal = new AbortController().signal;

describe('a model that speaks like OpenAI', () => {
  let server: FakeModels;
  let keys = 0;
  let key = '';
  beforeAll(async () => {
    server = await startFakeModels();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    key = `sk-secret-${++keys}`;
  });

  const client = () =>
    createModelClient({ settings: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: key }, secrets: undefined });
  const ask = (behaviour: FakeBehaviour, changes: Partial<ModelRequest> = {}): Promise<ModelAnswer> => {
    server.follow(() => behaviour);
    return client().ask({ ...request, ...changes }, noSignal);
  };

  it('answers with the text as it came, its reasoning, and what the server has counted', async () => {
    const answer = await ask({ kind: 'says', text: '{"steps":[]}', reasoning: 'Nothing to do.', cachedTokens: 3 });
    const witness = server.countOf(key);
    expect(answer).toEqual({
      text: '{"steps":[]}',
      reasoning: 'Nothing to do.',
      ending: 'complete',
      usage: {
        inputTokens: witness.inputTokens,
        cachedInputTokens: 3,
        cacheWriteTokens: 0,
        outputTokens: fakeTokens('{"steps":[]}'),
      },
      latencyMs: expect.any(Number),
    });
    expect(witness.calls).toBe(1);
  });

  it('is asked for an answer of the schema, no longer than allowed', async () => {
    await ask({ kind: 'says', text: '{}' });
    expect(server.requests.at(-1)?.body).toMatchObject({
      model: 'gpt-test',
      max_tokens: 1_000,
      response_format: { type: 'json_schema', json_schema: { schema, strict: false } },
    });
  });

  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const endings: readonly [string, FakeBehaviour, Pick<ModelAnswer, 'text' | 'ending'>][] = [
    ['prose', { kind: 'says', text: 'Sure! I will.' }, { text: 'Sure! I will.', ending: 'complete' }],
    ['fenced JSON', { kind: 'fenced', text: '{}' }, { text: '```json\n{}\n```', ending: 'complete' }],
    ['half an answer', { kind: 'truncated', text: '{"steps":[' }, { text: '{"steps":[', ending: 'truncated' }],
    ['a refusal', { kind: 'refuses', text: 'I cannot.' }, { text: 'I cannot.', ending: 'refused' }],
    ['a filtered answer', { kind: 'filtered' }, { text: '', ending: 'filtered' }],
    ['a call of a tool', { kind: 'callsTool', name: 'pay', input: '{"eur":1}' }, { text: '', ending: 'toolCall' }],
    ['nothing', { kind: 'says', text: '' }, { text: '', ending: 'complete' }],
    [
      '100 KB of noise',
      { kind: 'says', text: 'x\u0000'.repeat(50_000) },
      { text: 'x\u0000'.repeat(50_000), ending: 'complete' },
    ],
    ['JSON that is nested deep', { kind: 'nested', depth: 100_000 }, { text: deep, ending: 'complete' }],
    ['an answer in drips', { kind: 'drips', text: '{}', pauseMs: 20, pieces: 10 }, { text: '{}', ending: 'complete' }],
  ];
  it.each(endings)('%s comes as it is, from one request', async (_, behaviour, expected) => {
    expect(await ask(behaviour)).toMatchObject(expected);
    expect(server.countOf(key).calls).toBe(1);
  });

  const failures: readonly [string, FakeBehaviour, object][] = [
    [
      '429 with seconds',
      { kind: 'fails', status: 429, headers: { 'retry-after': '7' } },
      { failureClass: 'throttled', retryAfterMs: 7_000, sendOutcome: 'notDone' },
    ],
    [
      '429 with milliseconds',
      { kind: 'fails', status: 429, headers: { 'retry-after-ms': '1500', 'retry-after': '9' } },
      { failureClass: 'throttled', retryAfterMs: 1_500 },
    ],
    ['429 without a time', { kind: 'fails', status: 429 }, { failureClass: 'throttled', retryAfterMs: undefined }],
    ['429 for want of money', { kind: 'fails', status: 429, code: 'insufficient_quota' }, { failureClass: 'denied' }],
    [
      '503 with a time',
      { kind: 'fails', status: 503, headers: { 'retry-after': '3' } },
      { failureClass: 'throttled', retryAfterMs: 3_000 },
    ],
    [
      '529 with a time',
      { kind: 'fails', status: 529, headers: { 'retry-after': '3' } },
      { failureClass: 'throttled', retryAfterMs: 3_000 },
    ],
    ['529 without', { kind: 'fails', status: 529 }, { failureClass: 'transient', sendOutcome: 'notDone' }],
    ['500', { kind: 'fails', status: 500 }, { failureClass: 'transient', sendOutcome: 'unknown' }],
    ['a connection that breaks', { kind: 'resets', text: '{}' }, { failureClass: 'transient', sendOutcome: 'unknown' }],
    ['a body of garbage', { kind: 'garbage', bytes: 100_000 }, { failureClass: 'transient', sendOutcome: 'unknown' }],
    [
      'a body without end',
      { kind: 'neverEnds' },
      {
        failureClass: 'transient',
        sendOutcome: 'unknown',
        message: expect.stringContaining('sent more than 10485760 bytes'),
      },
    ],
    [
      '401',
      { kind: 'fails', status: 401, message: 'Incorrect API key sk-secret' },
      { failureClass: 'denied', message: expect.stringContaining('OPENAI_API_KEY') },
    ],
    ['403', { kind: 'fails', status: 403 }, { failureClass: 'denied' }],
    [
      '404',
      { kind: 'fails', status: 404, message: 'no such model' },
      {
        failureClass: 'bug',
        message:
          "The model 'openai:gpt-test' is not known to its provider (404): no such model. Check the id and the address.",
      },
    ],
    [
      '400',
      { kind: 'fails', status: 400, message: 'prompt is too long' },
      { failureClass: 'bug', sendOutcome: 'notDone' },
    ],
    [
      'a redirect',
      { kind: 'fails', status: 307, headers: { location: 'http://127.0.0.1:9/' } },
      { failureClass: 'bug' },
    ],
    [
      'slower drips than there is time',
      { kind: 'drips', text: '{}', pauseMs: 40, pieces: 50 },
      { failureClass: 'timeout', sendOutcome: 'unknown' },
    ],
    [
      'silence',
      { kind: 'silent' },
      { failureClass: 'timeout', message: "The model 'openai:gpt-test' did not answer within 700 ms." },
    ],
  ];
  it.each(failures)('%s has its class, and nothing is tried again', async (name, behaviour, expected) => {
    const timeoutMs = name === 'a body without end' ? 20_000 : 700;
    await expect(ask(behaviour, { timeoutMs })).rejects.toMatchObject(expected);
    expect(server.countOf(key).calls).toBe(1);
  });

  it('a time to wait that is given as a date is counted from now', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const error = await ask({ kind: 'fails', status: 429, headers: { 'retry-after': date } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(Reflect.get(Object(error), 'retryAfterMs')).toBeGreaterThan(50_000);
    expect(Reflect.get(Object(error), 'retryAfterMs')).toBeLessThanOrEqual(60_000);
  });

  it('no message and no cause shows the key, even when the server does', async () => {
    for (const status of [400, 401, 403, 404, 429, 500, 503]) {
      const thrown = await ask({ kind: 'fails', status, message: `the key ${key} is bad` }).catch(
        (error: unknown) => error,
      );
      const shown = `${String(thrown)} ${JSON.stringify(thrown)} ${String(Reflect.get(Object(thrown), 'cause'))}`;
      expect(shown, String(status)).not.toContain(key);
    }
  });

  it('a prompt that the provider filters before any model sees it is a filtered answer that may have cost the most', async () => {
    const answer = await ask({ kind: 'fails', status: 400, code: 'content_filter' });
    const usage = { inputTokens: mostRead, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 1_000 };
    expect(answer).toMatchObject({ ending: 'filtered', usage });
  });

  it('a usage that cannot be is replaced by the most that it can have been', async () => {
    const text = 'four tokens here';
    for (const usage of [
      undefined,
      null,
      { prompt_tokens: -5, completion_tokens: -1 },
      { prompt_tokens: 0, completion_tokens: 0 },
    ]) {
      const answer = await ask({ kind: 'lies', text, usage });
      expect(answer.usage).toEqual({
        inputTokens: mostRead,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: request.maxOutputTokens,
      });
    }
    const odd = { prompt_tokens: 10.2, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 999 } };
    expect((await ask({ kind: 'lies', text, usage: odd })).usage).toEqual({
      inputTokens: 11,
      cachedInputTokens: 11,
      cacheWriteTokens: 0,
      outputTokens: 4,
    });
  });

  it('a server that does not know schemas is asked once more without, and from then on without at once', async () => {
    const one = client();
    server.follow(({ body }) =>
      'response_format' in body
        ? { kind: 'fails', status: 400, message: 'response_format json_schema is not supported' }
        : { kind: 'says', text: '{}' },
    );
    const answer = await one.ask(request, noSignal);
    expect(answer.usage.inputTokens).toBe(server.countOf(key).inputTokens);
    expect(server.countOf(key).calls).toBe(2);
    await one.ask(request, noSignal);
    expect(server.countOf(key).calls).toBe(3);
  });

  it('the bytes of the stable parts are equal from call to call, up to the first byte that differs', async () => {
    server.follow(() => ({ kind: 'says', text: '{}' }));
    const raw = await Promise.all(
      ['Visit Rome.', 'Visit Oslo, and — "quickly" — back.'].map(async (goal) => {
        const parts = [
          { role: 'system' as const, text: 'You plan. Überall.', stable: true },
          { role: 'user' as const, text: 'Skills: a, b, c', stable: true },
          { role: 'user' as const, text: goal, stable: false },
        ];
        await client().ask({ ...request, parts }, noSignal);
        return server.requests.find((each) => each.raw.includes(JSON.stringify(goal).slice(1, -1)))?.raw ?? '';
      }),
    );
    const [one = '', other = ''] = raw;
    const prefix = one.slice(0, one.indexOf('Rome'));
    expect(prefix).toContain('Skills: a, b, c');
    expect(other.startsWith(prefix)).toBe(true);
  });

  it('a caller who stops is not kept waiting', async () => {
    server.follow(() => ({ kind: 'silent' }));
    const controller = new AbortController();
    const asked = client().ask(request, controller.signal);
    setTimeout(() => controller.abort(), 30);
    await expect(asked).rejects.toMatchObject({
      failureClass: 'timeout',
      message: expect.stringContaining('the caller has stopped'),
    });
    const calls = server.countOf(key).calls;
    await expect(client().ask(request, controller.signal)).rejects.toMatchObject({ sendOutcome: 'notSent' });
    expect(server.countOf(key).calls).toBe(calls);
  });

  it('a server that is not there has charged nothing', async () => {
    const gone = await startFakeModels();
    await gone.stop();
    const client = createModelClient({ settings: { OPENAI_BASE_URL: gone.baseUrl }, secrets: undefined });
    await expect(client.ask(request, noSignal)).rejects.toMatchObject({
      failureClass: 'transient',
      sendOutcome: 'notSent',
    });
  });
});
