import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { allowing } from '../../test/fixtures/authorizers.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { MemoryBlobStore, MemoryEffectLedger } from '../adapters/memory/index.ts';
import type { StepRequest } from '../contract/machine.ts';
import { ActionError } from '../model/failure.ts';
import { jsonHash } from '../model/json.ts';
import type { ActionContext, ActionDefinition } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import { executeStep } from './execute-step.ts';

const timeoutSeconds = 10;
const settleMs = 2_000;
const effects = { P: { class: 'P' }, N: { class: 'N' }, Q: { class: 'Q', settleMs } } as const;
type EffectClass = keyof typeof effects;
type Run = (context: ActionContext) => unknown;

let clock: ManualClock;
let ledger: MemoryEffectLedger;
let blobs: MemoryBlobStore;
/** What arrived at providers: method and address. */
let arrived: string[];

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryEffectLedger();
  blobs = new MemoryBlobStore();
  arrived = [];
});

const http = {
  fetch: (url: string, init: RequestInit): Promise<Response> => {
    if (init.signal?.aborted) return Promise.reject(new Error('aborted'));
    arrived.push(`${init.method ?? 'GET'} ${url}`);
    const { pathname } = new URL(url);
    const location = 'https://elsewhere.example/';
    if (pathname === '/moved') return Promise.resolve(new Response(null, { status: 302, headers: { location } }));
    if (pathname === '/busy') return Promise.resolve(new Response('later', { status: 429 }));
    return Promise.resolve(Response.json({ booking: 'b1' }));
  },
};

/** One dispatch of an action that does this. */
function execute(effect: EffectClass, run: Run, more: Partial<ActionDefinition> = {}): Promise<StepOutcome> {
  const input = { city: 'Rome' };
  const action: ActionDefinition = {
    description: 'books',
    input: z.object({ city: z.string() }),
    output: z.object({ booking: z.string() }),
    effect: effects[effect],
    timeoutSeconds,
    maxAttempts: 2,
    run: (_input, context) => run(context) as Promise<unknown>,
    ...more,
  };
  const network = ['https://api.example'];
  const skill = { kind: 'skill', id: 'Desk:v1', release: '1.0.0', description: '', settings: [], network } as const;
  const request: StepRequest = {
    ...{ tenantId: 'acme', runId: 'run-1', agent: 'planner', generation: 1, stepId: 'book', occurrence: 1 },
    ...{ skill: 'Desk:v1', action: 'book', skillHash: '', doubted: [], settleOnly: false, lookAgain: false },
    direction: 'F',
    trust: 'trusted',
    input: { kind: 'inline', value: input },
    argsHash: jsonHash(input),
  };
  const ports = { ledger, blobs, clock, ids: new CountingIds(), http, ...memoryReach() };
  const worker = { epoch: undefined, deadlineMs: clock.now() + 30_000, settings: {}, authorizer: allowing };
  return executeStep(request, { ...skill, actions: { book: action } }, ports, worker);
}

/** What became of the step: its status in the ledger, and the failure. */
async function ending(running: Promise<StepOutcome>): Promise<{ status: string; class: string; message: string }> {
  const outcome = await running;
  const [item] = ledger.all();
  const failure = 'failure' in outcome ? outcome.failure : { class: 'none', message: '' };
  expect(failure.message.length).toBeLessThanOrEqual(1_000);
  expect(JSON.stringify(item).length).toBeLessThan(10_000);
  return { status: item?.status ?? 'none', ...failure };
}

const good = { booking: 'b1' };
const post = (context: ActionContext, path = '/book'): Promise<Response> =>
  context.fetch(`https://api.example${path}`, { method: 'POST', body: '{}' });
const raising = (): never => {
  throw new Error('not this way');
};
const hostile = new Proxy({}, { get: raising, has: raising, ownKeys: raising, getPrototypeOf: raising });
const circular: Record<string, unknown> = { booking: 'b1' };
circular['self'] = circular;

/** An error that says it is an ActionError, as any code can. */
const lie = (members: object): Error =>
  Object.assign(new Error('trust me'), { [Symbol.for('holdfast.ActionError')]: true }, members);

describe.each([
  ['P', 'FAILED'],
  ['N', 'IN_DOUBT'],
] as const)('class %s ends %s', (effect, status) => {
  it.each<[string, unknown, string]>([
    ['of the wrong shape', { booking: 7 }, 'booking: Invalid input: expected string, received number'],
    ['that is nothing', undefined, 'output: Invalid input: expected object, received undefined'],
    ['that is null', null, 'output: Invalid input: expected object, received null'],
    ['that contains itself', circular, 'the answer is not JSON: TypeError: Converting circular structure to JSON'],
    ['with a BigInt', { booking: 1n }, 'the answer is not JSON: TypeError: Do not know how to serialize a BigInt'],
    [
      'of a class without members',
      new Map([['booking', 'b1']]),
      'booking: Invalid input: expected string, received undefined',
    ],
    [
      'whose toJSON throws nothing',
      {
        toJSON: () => {
          throw null;
        },
      },
      'the answer is not JSON: thrown: null',
    ],
  ])('for an answer %s', async (_what, answer, message) => {
    expect(await ending(execute(effect, () => Promise.resolve(answer)))).toEqual({
      status,
      class: 'invalidOutput',
      message,
    });
  });

  it('for an answer that cannot be read', async () => {
    const found = await ending(execute(effect, () => Promise.resolve(hostile)));
    expect(found).toEqual({
      status,
      class: effect === 'P' ? 'bug' : 'inDoubt',
      message: `${effect === 'P' ? '' : 'bug: '}Error: not this way`,
    });
  });

  it('for an answer of 20 MB', async () => {
    expect(await ending(execute(effect, async () => ({ booking: 'x'.repeat(20 * 1024 * 1024) })))).toEqual({
      status,
      class: 'invalidOutput',
      message:
        'the answer has 20971534 bytes as JSON; at most 8388608 are kept. Answer with less, or with where the rest is',
    });
  });

  it('for an answer with many mistakes, and names the first', async () => {
    const output = z.object({ all: z.array(z.string()) });
    const found = await ending(
      execute(effect, async () => ({ all: Array.from({ length: 5_000 }, () => 1) }), { output }),
    );
    expect(found).toMatchObject({ status, class: 'invalidOutput' });
    expect(found.message).toMatch(/^all\.0: .*; and 4990 more$/);
  });

  it('for an output schema that throws', async () => {
    const output = z.object({ booking: z.string().refine(raising) });
    const found = await ending(execute(effect, async () => good, { output }));
    expect(found).toEqual({ status, class: 'invalidOutput', message: 'the output schema threw Error: not this way' });
  });

  it.each<[string, () => unknown, string]>([
    ['throws', raising, 'the check threw Error: not this way'],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
      'the check threw thrown: undefined',
    ],
    ['promises an answer', async () => [], 'the check answered a promise instead of a list of problems'],
    ['rejects', async () => raising(), 'the check answered a promise instead of a list of problems'],
    ['answers a text', () => 'all is well', 'the check answered string instead of a list of problems'],
    ['answers nothing', () => undefined, 'the check answered undefined instead of a list of problems'],
    ['answers true', () => true, 'the check answered boolean instead of a list of problems'],
    [
      'answers other things',
      () => [7],
      'the check answered a list of other things than texts instead of a list of problems',
    ],
    ['answers what cannot be read', () => hostile, 'the check threw Error: not this way'],
    [
      'answers a list that cannot be read',
      () => new Proxy([], { get: raising }),
      'the check threw Error: not this way',
    ],
    ['finds very much', () => Array.from({ length: 50 }, () => 'x'), `${'x; '.repeat(10).slice(0, -2)}; and 40 more`],
  ])('for a check that %s', async (_what, check, message) => {
    const dispatch = () => execute(effect, async () => good, { check: check as () => string[] });
    // What is pure is called once more: what it reads may have come true by then.
    const first = await dispatch();
    if (first.kind === 'retry') clock.advance(first.notBeforeMs - clock.now());
    expect(first.kind).toBe(effect === 'P' ? 'retry' : 'inDoubt');
    expect(await ending(dispatch())).toEqual({ status, class: 'postconditionFailed', message });
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'thrown: null'],
    ['nothing', undefined, 'thrown: undefined'],
    ['a symbol', Symbol('s'), 'thrown: Symbol(s)'],
    ['a function', raising, 'thrown: a function'],
    ['an object that contains itself', circular, 'thrown: an object with booking, self'],
    ['an object whose members throw', hostile, 'thrown: something that cannot be shown (object)'],
    ['an object whose toString throws', { toString: raising }, 'thrown: an object with toString'],
    [
      'an error whose message throws',
      Object.defineProperty(new Error('x'), 'message', { get: raising }),
      'thrown: something that cannot be shown (object)',
    ],
    ['a lie without members', lie({}), 'claims to be an ActionError'],
    ['a lie of an unknown class', lie({ failureClass: 'fine', sendOutcome: 'notSent' }), 'claims to be an ActionError'],
    [
      'a lie of an unknown outcome',
      lie({ failureClass: 'denied', sendOutcome: 'maybe' }),
      'claims to be an ActionError',
    ],
    [
      'a lie whose message is no text',
      lie({ failureClass: 'denied', sendOutcome: 'notSent', message: {} }),
      'claims to be an ActionError',
    ],
  ])('for a skill that throws %s', async (_what, thrown, message) => {
    const found = await ending(execute(effect, () => Promise.reject(thrown)));
    expect(found).toMatchObject({ status, class: effect === 'P' ? 'bug' : 'inDoubt' });
    expect(found.message).toContain(message);
  });

  it('for an error with a message of 10 MB, of which the beginning is kept', async () => {
    const found = await ending(execute(effect, () => Promise.reject(new Error('x'.repeat(10_000_000)))));
    expect(found).toMatchObject({ status, message: expect.stringContaining('Error: xxx') as string });
  });

  it('for a skill that throws at once', async () => {
    expect(await ending(execute(effect, raising))).toMatchObject({ status });
  });

  it('for a redirect to an origin that is not declared, which is not followed', async () => {
    const found = await ending(execute(effect, (context) => post(context, '/moved')));
    expect(found).toMatchObject({ status, class: effect === 'P' ? 'denied' : 'inDoubt' });
    expect(found.message).toContain('api.example redirects to https://elsewhere.example');
    expect(arrived).toEqual(['POST https://api.example/moved']);
  });

  it('for an answer that does not come, at the last attempt', async () => {
    const hang = (): Promise<unknown> => new Promise(() => undefined);
    expect(await ending(timedOut(execute(effect, hang, { maxAttempts: 1 })))).toMatchObject({
      status,
      class: effect === 'P' ? 'timeout' : 'inDoubt',
      message: expect.stringContaining('no answer within 10 s') as string,
    });
  });

  it('for an answer that comes after the deadline, which is not kept', async () => {
    let late: (answer: unknown) => void = () => undefined;
    const running = execute(effect, () => new Promise((resolve) => (late = resolve)), { maxAttempts: 1 });
    expect(await ending(timedOut(running))).toMatchObject({ status });
    late(good);
    await settled();
    expect(ledger.all()).toMatchObject([{ status }]);
  });
});

describe.each(['P', 'N'] as const)('class %s ends FAILED, because nothing was sent,', (effect) => {
  it.each<[string, Run, string]>([
    ['a call of an origin', (context) => context.fetch('https://elsewhere.example/'), "its 'network' does not name"],
    ['a call of an address', (context) => context.fetch('no address'), 'which is no address'],
    ['a secret', (context) => context.secret('API_KEY'), "its 'secrets' does not declare"],
    ['the store', (context) => context.store.put('a', 1), "its 'uses' does not declare"],
    [
      'mail',
      (context) => context.sendMail({ to: ['a@example.com'], subject: 's', text: 't' }),
      "its 'uses' does not declare",
    ],
  ])('for %s that is not declared', async (_what, run, message) => {
    const found = await ending(execute(effect, run));
    expect(found).toMatchObject({ status: 'FAILED', class: 'denied' });
    expect(found.message).toContain(message);
    expect(arrived).toEqual([]);
  });

  it('for an input schema that throws', async () => {
    const found = await ending(execute(effect, () => good, { input: z.object({ city: z.string().refine(raising) }) }));
    expect(found).toMatchObject({ status: 'FAILED', class: 'bug' });
    expect(found.message).toContain('the input schema threw Error: not this way');
  });
});

describe('after something was sent', () => {
  it.each<[string, Run]>([
    ['a secret that is not declared', (context) => context.secret('API_KEY')],
    ['an origin that is not declared', (context) => context.fetch('https://elsewhere.example/')],
    ['another request that is refused', (context) => post(context, '/busy')],
  ])('class N: %s is no proof that nothing happened', async (_what, then) => {
    const found = await ending(
      execute('N', async (context) => {
        await post(context);
        return then(context);
      }),
    );
    expect(found).toMatchObject({ status: 'IN_DOUBT' });
    expect(found.message).toContain('an earlier request of this attempt may have had its effect');
    expect(arrived.filter((one) => one.endsWith('/book'))).toHaveLength(1);
  });

  it.each<[string, Run]>([
    ['a request that only reads', (context) => context.fetch('https://api.example/offers')],
    [
      'a request for a token',
      (context) =>
        context.fetch('https://api.example/token', {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        }),
    ],
    ['a request that was refused', (context) => post(context, '/busy').catch(() => undefined)],
  ])('class N: %s takes nothing from the proof of a refusal', async (_what, first) => {
    const outcome = await execute('N', async (context) => {
      await first(context);
      return post(context, '/busy');
    });
    expect(outcome).toMatchObject({ kind: 'retry', failure: { class: 'throttled' } });
  });
});

it.each(['P', 'N'] as const)(
  'class %s: work that goes on after the answer reaches nothing any more',
  async (effect) => {
    let wentOn = false;
    const goOn = async (context: ActionContext, until: Promise<void>): Promise<void> => {
      await until;
      wentOn = true;
      await post(context, '/behind-the-back').finally(() => arrived.push('settled'));
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const outcome = await execute(effect, async (context) => {
      void goOn(context, promise);
      return good;
    });
    expect(outcome).toMatchObject({ kind: 'done' });
    resolve();
    await settled();
    expect({ wentOn, arrived }).toEqual({ wentOn: true, arrived: [] });
  },
);

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'absent'],
  ['an answer of its own', { found: 'no' }],
  ['what cannot be read', hostile],
])('a lookup that answers %s proves nothing, and after three of them a person has to look', async (_what, answer) => {
  const lookup = (): Promise<never> => Promise.resolve(answer as never);
  const lost = (): Promise<never> =>
    Promise.reject(new ActionError('reset', { class: 'transient', sendOutcome: 'unknown' }));
  let outcome = await execute('Q', lost, { lookup });
  for (let look = 1; look <= 3; look += 1) {
    expect(outcome).toMatchObject({ kind: 'retry' });
    clock.advance(30_000);
    outcome = await execute('Q', lost, { lookup });
  }
  expect(outcome).toMatchObject({ kind: 'inDoubt' });
  expect(arrived).toEqual([]);
});

it.each([Number.NaN, -1, '5', 1e300, 0.5])('a wish to wait %s ms is kept within reason', async (retryAfterMs) => {
  const members = { failureClass: 'throttled', sendOutcome: 'notDone', retryAfterMs };
  const outcome = await execute('N', () => Promise.reject(lie(members)));
  expect(outcome.kind).toBe('retry');
  const [item] = ledger.all();
  if (outcome.kind !== 'retry' || item?.status !== 'INTENT') throw new Error('it was not given back');
  expect(outcome.notBeforeMs - clock.now()).toBeLessThanOrEqual(86_400_000);
  expect(Number.isSafeInteger(item.leaseUntilMs) && outcome.notBeforeMs >= clock.now()).toBe(true);
});

/** Lets the timeout pass once the action is under way. */
async function timedOut(running: Promise<StepOutcome>): Promise<StepOutcome> {
  await settled();
  clock.advance(timeoutSeconds * 1_000);
  return running;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
