import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeModels } from '../../../test/fixtures/fake-models.ts';
import { startFakeModels } from '../../../test/fixtures/fake-models.ts';
import type { ModelRequest, SecretStore } from '../../ports/index.ts';
import { createModelClient } from './index.ts';

const secretsOf = (values: Readonly<Record<string, string>>): SecretStore => ({
  read: async (name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`There is no secret '${name}'.`);
    return value;
  },
});
const noSignal = new AbortController().signal;
const request: ModelRequest = {
  model: 'anthropic:claude-haiku-4-5',
  parts: [
    { role: 'system', text: 'You plan.', stable: true },
    { role: 'system', text: 'Skills: a, b, c', stable: true },
    { role: 'user', text: 'Go to Rome.', stable: false },
  ],
  answerSchema: { type: 'object', properties: { steps: { type: 'array', items: { type: 'string' } } } },
  maxOutputTokens: 500,
  timeoutMs: 5_000,
};

describe('a model of Anthropic', () => {
  let server: FakeModels;
  beforeAll(async () => {
    server = await startFakeModels();
  });
  afterAll(() => server.stop());

  const client = (key = 'sk-ant-1') =>
    createModelClient({
      settings: { ANTHROPIC_BASE_URL: server.baseUrl },
      secrets: secretsOf({ ANTHROPIC_API_KEY: key }),
    });

  it('keeps the prefix up to the last stable part, at one cache point', async () => {
    server.follow(() => ({ kind: 'says', text: '{"steps":[]}' }));
    await client().ask(request, noSignal);
    expect(server.requests.at(-1)?.body).toMatchObject({
      model: 'claude-haiku-4-5',
      max_tokens: 500,
      system: [
        { type: 'text', text: 'You plan.' },
        { type: 'text', text: 'Skills: a, b, c', cache_control: { type: 'ephemeral' } },
      ],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Go to Rome.' }] }],
    });
    expect(server.requests.at(-1)?.raw.match(/cache_control/g)).toHaveLength(1);
  });

  it('keeps a stable part of the user too, and nothing when no part is stable', async () => {
    const user = (text: string, stable: boolean) => ({ role: 'user' as const, text, stable });
    await client().ask({ ...request, parts: [user('Rules', true), user('Goal', false)] }, noSignal);
    expect(server.requests.at(-1)?.body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Rules', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: 'Goal' },
        ],
      },
    ]);
    await client().ask({ ...request, parts: [user('Goal', false)] }, noSignal);
    expect(server.requests.at(-1)?.raw).not.toContain('cache_control');
  });

  it('sends the same bytes up to the first that differs', async () => {
    for (const goal of ['Visit Rome.', 'Visit Oslo.']) {
      const parts = [...request.parts.slice(0, 2), { role: 'user' as const, text: goal, stable: false }];
      await client().ask({ ...request, parts }, noSignal);
    }
    const [one = '', other = ''] = server.requests.slice(-2).map(({ raw }) => raw);
    expect(other.replace('Oslo', 'Rome')).toBe(one);
  });

  it('counts what was read from and written to the cache as part of the prompt', async () => {
    server.follow(() => ({ kind: 'says', text: '{"steps":[]}', cachedTokens: 20 }));
    const read = await client('sk-ant-read').ask(request, noSignal);
    const total = server.countOf('sk-ant-read').inputTokens;
    expect(read.usage).toEqual({ inputTokens: total, cachedInputTokens: 20, cacheWriteTokens: 0, outputTokens: 3 });
    server.follow(() => ({ kind: 'says', text: '{"steps":[]}' }));
    const written = await client('sk-ant-write').ask(request, noSignal);
    expect(written.usage).toMatchObject({ inputTokens: total, cacheWriteTokens: Math.floor(total / 2) });
  });

  it('refuses, stops at its limit, calls tools and is overloaded in words of its own', async () => {
    const ask = () => client().ask(request, noSignal);
    server.follow(() => ({ kind: 'refuses', text: 'I will not.' }));
    expect(await ask()).toMatchObject({ ending: 'refused', text: 'I will not.' });
    server.follow(() => ({ kind: 'truncated', text: '{"st' }));
    expect(await ask()).toMatchObject({ ending: 'truncated', text: '{"st' });
    server.follow(() => ({ kind: 'callsTool', name: 'pay', input: '{}' }));
    expect(await ask()).toMatchObject({ ending: 'toolCall', text: '' });
    server.follow(() => ({ kind: 'says', text: '{}', reasoning: 'Because.' }));
    expect(await ask()).toMatchObject({ ending: 'complete', reasoning: 'Because.' });
    server.follow(() => ({ kind: 'fails', status: 529, message: 'Overloaded' }));
    await expect(ask()).rejects.toMatchObject({ failureClass: 'transient', sendOutcome: 'notDone' });
  });

  it('knows no schema of its own for an older model, and takes the answer of the forced tool as the text', async () => {
    server.follow(({ body }) => {
      const [tool] = body['tools'] as [{ name: string }];
      return { kind: 'callsTool', name: tool.name, input: '{"steps":["a"]}' };
    });
    const answer = await client().ask({ ...request, model: 'anthropic:claude-3-haiku-20240307' }, noSignal);
    expect(answer).toMatchObject({ ending: 'complete', text: '{"steps":["a"]}' });
  });
});

describe('a model of Bedrock', () => {
  it('is signed for by the role, has a cache point, and counts its cache', async () => {
    const seen: { url: string; authorization: string; body: Record<string, unknown> }[] = [];
    const server = createServer((incoming, response) => {
      let raw = '';
      incoming.on('data', (chunk) => (raw += String(chunk)));
      incoming.on('end', () => {
        seen.push({
          url: incoming.url ?? '',
          authorization: incoming.headers.authorization ?? '',
          body: JSON.parse(raw) as Record<string, unknown>,
        });
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({
            output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
            stopReason: 'end_turn',
            metrics: { latencyMs: 1 },
            usage: {
              inputTokens: 10,
              outputTokens: 2,
              totalTokens: 42,
              cacheReadInputTokens: 20,
              cacheWriteInputTokens: 10,
            },
          }),
        );
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const client = createModelClient({
      settings: {
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
      secrets: undefined,
      awsCredentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' }),
    });
    const model = 'bedrock:eu.amazon.nova-lite-v1:0';
    const answer = await client.ask({ ...request, model, answerSchema: undefined }, noSignal);
    server.close();
    expect(answer).toMatchObject({
      text: 'Hello',
      ending: 'complete',
      usage: { inputTokens: 40, cachedInputTokens: 20, cacheWriteTokens: 10, outputTokens: 2 },
    });
    expect(decodeURIComponent(seen[0]?.url ?? '')).toBe('/model/eu.amazon.nova-lite-v1:0/converse');
    expect(seen[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIA\/\d+\/eu-central-1\/bedrock\//);
    expect(seen[0]?.body['system']).toEqual([
      { text: 'You plan.' },
      { text: 'Skills: a, b, c' },
      { cachePoint: { type: 'default' } },
    ]);
  });

  it('without a region or credentials says in one sentence what to set', async () => {
    const ask = (settings: Record<string, string>) =>
      createModelClient({
        settings,
        secrets: undefined,
        awsCredentials: async () => {
          throw new Error('no profile');
        },
      }).ask({ ...request, model: 'bedrock:amazon.nova-lite-v1:0' }, noSignal);
    await expect(ask({})).rejects.toMatchObject({
      failureClass: 'denied',
      sendOutcome: 'notSent',
      message: "The model 'bedrock:amazon.nova-lite-v1:0' needs a region: set AWS_REGION.",
    });
    await expect(ask({ AWS_REGION: 'eu-central-1' })).rejects.toMatchObject({
      failureClass: 'denied',
      message: expect.stringMatching(/needs AWS credentials.*no profile.*set AWS_PROFILE/),
    });
  });
});

describe('what is missing or wrong before anything is sent', () => {
  const fetchNothing: typeof fetch = () => {
    throw new Error('nothing may be sent');
  };
  const ask = (changes: Partial<ModelRequest>, settings: Record<string, string> = {}, secrets?: SecretStore) =>
    createModelClient({ settings, secrets, fetch: fetchNothing }).ask({ ...request, ...changes }, noSignal);

  it.each(['gpt-5', 'gateway:gpt-5', 'openai:', ':x', '', '__proto__:x', 'toString:x'])(
    "the id '%s' names no provider",
    async (model) => {
      await expect(ask({ model })).rejects.toMatchObject({
        failureClass: 'bug',
        sendOutcome: 'notSent',
        message: expect.stringContaining("'bedrock:<id>', 'anthropic:<id>', 'openai:<id>'"),
      });
    },
  );

  it('a key that is missing is asked for in one sentence, by its name', async () => {
    for (const [model, name] of [
      ['anthropic:claude-opus-5', 'ANTHROPIC_API_KEY'],
      ['openai:gpt-5', 'OPENAI_API_KEY'],
    ] as const) {
      await expect(ask({ model }, {}, secretsOf({}))).rejects.toMatchObject({
        failureClass: 'denied',
        sendOutcome: 'notSent',
        message: `The model '${model}' needs a key: set ${name} in the environment, or as a secret with 'holdfast secrets set ${name}' (There is no secret '${name}'.).`,
      });
    }
  });

  it('a key that no header can carry is not shown', async () => {
    const thrown = await ask({}, { ANTHROPIC_API_KEY: 'sk-with\nline' }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ failureClass: 'denied', sendOutcome: 'notSent' });
    expect(String(thrown)).not.toContain('sk-with');
  });

  it('a prompt whose system parts come after those of the user is a bug of the caller', async () => {
    const parts = request.parts.toReversed();
    for (const wrong of [parts, [], request.parts.slice(0, 2)]) {
      await expect(ask({ parts: wrong }, { ANTHROPIC_API_KEY: 'k' })).rejects.toMatchObject({
        failureClass: 'bug',
        sendOutcome: 'notSent',
      });
    }
  });

  it('OpenAI itself is told the limit by its new name, everybody else by the old one', async () => {
    const bodies: Record<string, unknown>[] = [];
    const recording: typeof fetch = async (_, init) => {
      bodies.push(JSON.parse(await new Response(init?.body).text()) as Record<string, unknown>);
      return Response.json({ choices: [{ message: { content: '{}' }, finish_reason: 'stop' }] });
    };
    for (const settings of [{ OPENAI_API_KEY: 'k' }, { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }]) {
      await createModelClient({ settings, secrets: undefined, fetch: recording }).ask(
        { ...request, model: 'openai:m' },
        noSignal,
      );
    }
    expect(bodies[0]).toMatchObject({ max_completion_tokens: 500 });
    expect(bodies[0]).not.toHaveProperty('max_tokens');
    expect(bodies[1]).toMatchObject({ max_tokens: 500 });
    expect(bodies[1]).not.toHaveProperty('max_completion_tokens');
  });
});
