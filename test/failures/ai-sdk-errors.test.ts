import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { AISDKError, JSONParseError, LoadAPIKeyError, NoSuchModelError, TypeValidationError } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classified } from '../../core/model/classify.ts';
import { classify } from '../../core/model/classify.ts';
import type { FakeBehaviour, FakeModels } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { closedPort, thrownBy } from './loopback.ts';

const said = (error: unknown): Classified => classify(error, { nowMs: 0, misfit: 'bug' });

/** As the package `ai` makes its errors: by a name, and a marker that every copy of it shares. */
function marked(name: string, members: object = {}): Error {
  const error = new AISDKError({ name: `AI_${name}`, message: 'no' });
  return Object.assign(error, { [Symbol.for(`vercel.ai.error.AI_${name}`)]: true }, members);
}

describe('an error of the AI SDK', () => {
  let server: FakeModels;
  beforeAll(async () => {
    server = await startFakeModels();
  });
  afterAll(() => server.stop());

  const askedAt = (baseURL: string, signal?: AbortSignal): Promise<unknown> => {
    const model = createOpenAICompatible({ name: 'fake', baseURL, apiKey: 'sk-1' }).languageModel('m');
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hello' }] }];
    return thrownBy(async () => model.doGenerate({ prompt, ...(signal ? { abortSignal: signal } : {}) }));
  };
  const asked = (behaviour: FakeBehaviour, signal?: AbortSignal): Promise<unknown> => {
    server.follow(() => behaviour);
    return askedAt(server.baseUrl, signal);
  };

  it.each<[string, FakeBehaviour, Classified]>([
    ['429', { kind: 'fails', status: 429 }, { failureClass: 'throttled', sendOutcome: 'notDone' }],
    [
      '429 with a time',
      { kind: 'fails', status: 429, headers: { 'retry-after': '7' } },
      { failureClass: 'throttled', sendOutcome: 'notDone', retryAfterMs: 7_000 },
    ],
    ['500', { kind: 'fails', status: 500 }, { failureClass: 'transient', sendOutcome: 'unknown' }],
    ['401', { kind: 'fails', status: 401 }, { failureClass: 'denied', sendOutcome: 'notDone' }],
    ['400', { kind: 'fails', status: 400 }, { failureClass: 'bug', sendOutcome: 'notDone' }],
    // The SDK holds that another try may help.
    ['409', { kind: 'fails', status: 409 }, { failureClass: 'transient', sendOutcome: 'unknown' }],
    ['408', { kind: 'fails', status: 408 }, { failureClass: 'timeout', sendOutcome: 'unknown' }],
    ['a body of garbage', { kind: 'garbage', bytes: 100 }, { failureClass: 'invalidOutput', sendOutcome: 'unknown' }],
    ['a broken connection', { kind: 'resets', text: 'half' }, { failureClass: 'transient', sendOutcome: 'unknown' }],
  ])('after %s has its class', async (_what, behaviour, expected) => {
    expect(said(await asked(behaviour))).toEqual(expected);
  });

  it('of a server that is not there proves that nothing was sent', async () => {
    expect(said(await askedAt(await closedPort()))).toEqual({ failureClass: 'transient', sendOutcome: 'notSent' });
  });

  it('after too long is a timeout', async () => {
    const tooSlow = { failureClass: 'timeout', sendOutcome: 'unknown' };
    expect(said(await asked({ kind: 'silent' }, AbortSignal.timeout(50)))).toEqual(tooSlow);
  });

  it.each<[Error, Classified['failureClass'], Classified['sendOutcome']]>([
    [new JSONParseError({ text: '{', cause: new SyntaxError('no') }), 'invalidOutput', 'unknown'],
    [new TypeValidationError({ value: 1, cause: new Error('no') }), 'invalidOutput', 'unknown'],
    [marked('NoObjectGeneratedError'), 'invalidOutput', 'unknown'],
    [new LoadAPIKeyError({ message: 'no key' }), 'denied', 'notSent'],
    [new NoSuchModelError({ modelId: 'm', modelType: 'languageModel' }), 'bug', 'notSent'],
    [marked('NoSuchToolError'), 'hallucinated', 'unknown'],
  ])('%s has its class', (error, failureClass, sendOutcome) => {
    expect(said(error)).toEqual({ failureClass, sendOutcome });
  });

  it('about several tries has the class of the last, and proves what all of them do', async () => {
    const unreached = await askedAt(await closedPort());
    const broken = await asked({ kind: 'fails', status: 500 });
    const busy = await asked({ kind: 'fails', status: 429 });
    const tries = (errors: unknown[]): Error => marked('RetryError', { reason: 'maxRetriesExceeded', errors });
    expect(said(tries([broken, busy]))).toEqual({ failureClass: 'throttled', sendOutcome: 'unknown' });
    expect(said(tries([busy, unreached]))).toEqual({ failureClass: 'transient', sendOutcome: 'notDone' });
    expect(said(tries([unreached, unreached]))).toEqual({ failureClass: 'transient', sendOutcome: 'notSent' });
  });
});
