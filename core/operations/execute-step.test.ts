import * as z from 'zod';
import { beforeEach, describe, expect, it } from 'vitest';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { MemoryBlobStore, MemoryEffectLedger } from '../adapters/memory/index.ts';
import type { StepRequest } from '../contract/machine.ts';
import type { Effect, LedgerItem } from '../model/effect.ts';
import { ActionError } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { jsonHash } from '../model/json.ts';
import { transition } from '../model/protocol.ts';
import type { ActionDefinition, LookupAnswer, SkillDefinition } from '../model/skill.ts';
import { skillHashOf } from '../model/skill-contract.ts';
import type { Worker } from './execute-step.ts';
import { executeStep } from './execute-step.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { allowing } from '../../test/fixtures/authorizers.ts';

const keyTtlMs = 600_000;
const settleMs = 2_000;
const timeoutSeconds = 10;
const effects = {
  P: { class: 'P' },
  K: { class: 'K', keyTtlMs },
  Q: { class: 'Q', settleMs },
  N: { class: 'N' },
} as const satisfies Record<string, Effect>;
const lostAnswer = (): ActionError =>
  new ActionError('the connection was reset', { class: 'transient', sendOutcome: 'unknown' });

let clock: ManualClock;
let ledger: MemoryEffectLedger;
let blobs: MemoryBlobStore;
let ids: CountingIds;
/** What really happened at the provider: one entry for each effect, by key. */
let provider: string[];
let answers: (() => Promise<unknown>)[];
let lookups: (() => LookupAnswer<unknown>)[];

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryEffectLedger();
  blobs = new MemoryBlobStore();
  ids = new CountingIds();
  provider = [];
  answers = [];
  lookups = [];
});

function skillOf(effect: Effect, more: Partial<ActionDefinition> = {}): SkillDefinition {
  const action: ActionDefinition = {
    description: 'books',
    input: z.object({ city: z.string() }),
    output: z.object({ booking: z.string() }),
    effect,
    timeoutSeconds,
    maxAttempts: 3,
    run: async (_input, context) => {
      const answer = answers.shift();
      if (answer) return answer();
      provider.push(context.effectKey);
      return { booking: `b${provider.length}` };
    },
    ...(effect.class === 'Q'
      ? {
          lookup: async (key: string) =>
            lookups.shift()?.() ??
            (provider.includes(key)
              ? { found: true as const, output: { booking: 'found' } }
              : { found: false as const }),
        }
      : {}),
    ...more,
  };
  return { kind: 'skill', id: 'Desk:v1', release: '1.0.0', description: '', settings: [], actions: { book: action } };
}

function request(change: Partial<StepRequest> = {}, input: Json = { city: 'Rome' }): StepRequest {
  return {
    tenantId: 'acme',
    runId: 'run-00000000000000000000000001',
    agent: 'planner',
    generation: 1,
    stepId: 'book',
    skill: 'Desk:v1',
    action: 'book',
    direction: 'F',
    occurrence: 1,
    input: { kind: 'inline', value: input },
    argsHash: jsonHash(input),
    skillHash: '',
    trust: 'trusted',
    doubted: [],
    settleOnly: false,
    lookAgain: false,
    ...change,
  };
}

function execute(skill: SkillDefinition, change: Partial<StepRequest> = {}, worker: Partial<Worker> = {}) {
  const http = { fetch: () => Promise.reject(new Error('no network here')) };
  const ports = { ledger, blobs, clock, ids, http, ...memoryReach() };
  return executeStep(request(change), skill, ports, {
    epoch: undefined,
    deadlineMs: clock.now() + 30_000,
    settings: {},
    authorizer: allowing,
    ...worker,
  });
}

function item(): LedgerItem {
  const [only] = ledger.all();
  if (!only) throw new Error('the ledger is empty');
  return only;
}

/** The provider did it, but the answer was lost. */
const appliedThenLost = () => async (): Promise<never> => {
  provider.push(item().effectKey);
  throw lostAnswer();
};
const refused =
  (options: { class: 'bug' | 'denied' | 'transient'; sendOutcome: 'notDone' | 'unknown' }) =>
  async (): Promise<never> => {
    throw new ActionError('refused', options);
  };

/** Leaves an intent behind, as a worker does that is killed after it wrote it. */
async function leaveIntent(skill: SkillDefinition, owner = 'cloud/dead'): Promise<void> {
  const { tenantId, runId, stepId, direction } = request();
  const moved = transition(
    undefined,
    {
      kind: 'begin',
      ref: { tenantId, skill: skill.id, runId, stepId, direction },
      occurrence: 1,
      owner,
      leaseUntilMs: clock.now() + 31_000,
      argsHash: request().argsHash,
      skillHash: skillHashOf(skill),
    },
    clock.now(),
    ids.token(),
  );
  if (!moved.ok) throw new Error(moved.refusal);
  await ledger.write(moved.next, undefined);
}

describe('the usual path', () => {
  it.each(['P', 'K', 'Q', 'N'] as const)(
    'class %s: sends once, records the result, and answers a repeat from the ledger',
    async (kind) => {
      const skill = skillOf(effects[kind]);
      expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 1, output: { booking: 'b1' } });
      expect(await execute(skill)).toMatchObject({ kind: 'done', output: { booking: 'b1' } });
      expect(provider).toHaveLength(1);
    },
  );

  it('stores a result over 8 KB in the blob store and only points to it', async () => {
    answers.push(async () => ({ booking: 'x'.repeat(9_000) }));
    expect(await execute(skillOf(effects.K))).toEqual({ kind: 'done', stepId: 'book', attempts: 1, trust: 'trusted' });
    expect(item()).toMatchObject({ status: 'DONE', result: { kind: 'blob', sizeBytes: 9_014 } });
  });

  it('does not begin with less time left than the call may take', async () => {
    const outcome = await execute(skillOf(effects.N), {}, { deadlineMs: clock.now() + timeoutSeconds * 1000 - 1 });
    expect(outcome.kind).toBe('busy');
    expect(ledger.all()).toEqual([]);
  });
});

describe('a worker that died after its intent', () => {
  it.each(['P', 'K', 'Q', 'N'] as const)('class %s: nobody touches the step while its lease runs', async (kind) => {
    const skill = skillOf(effects[kind]);
    await leaveIntent(skill);
    expect(await execute(skill)).toEqual({ kind: 'busy', stepId: 'book', untilMs: clock.now() + 31_000 });
    expect(provider).toEqual([]);
  });

  it('class K: the next worker sends again under the same key', async () => {
    const skill = skillOf(effects.K);
    await leaveIntent(skill);
    clock.advance(31_001);
    expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 2 });
    expect(provider).toEqual([item().effectKey]);
  });

  it('class K: after the provider forgot the key, the step is in doubt and nothing is sent', async () => {
    const skill = skillOf(effects.K);
    await leaveIntent(skill);
    clock.advance(keyTtlMs);
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
    expect(provider).toEqual([]);
  });

  it('class Q: what the provider has is taken over, and nothing is sent', async () => {
    const skill = skillOf(effects.Q);
    await leaveIntent(skill);
    provider.push(item().effectKey);
    clock.advance(31_001);
    expect(await execute(skill)).toMatchObject({ kind: 'done', output: { booking: 'found' } });
    expect(provider).toHaveLength(1);
  });

  it('class Q: what the provider lacks is sent again only after it had time to settle', async () => {
    const skill = skillOf(effects.Q);
    await leaveIntent(skill);
    clock.advance(31_001);
    expect(await execute(skill)).toMatchObject({ kind: 'retry', notBeforeMs: clock.now() - 1 + settleMs });
    expect(provider).toEqual([]);
    clock.advance(settleMs);
    expect(await execute(skill)).toMatchObject({ kind: 'done' });
    expect(provider).toHaveLength(1);
  });

  it('class N: the step is in doubt, is not sent again, and is not called failed', async () => {
    const skill = skillOf(effects.N);
    await leaveIntent(skill);
    clock.advance(31_001);
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
    expect(provider).toEqual([]);
  });

  it('a platform that knows its earlier workers are dead need not wait for their leases', async () => {
    const skill = skillOf(effects.K);
    await leaveIntent(skill, 'epoch-1/w');
    expect(await execute(skill, {}, { epoch: 'epoch-2' })).toMatchObject({ kind: 'done', attempts: 2 });
  });

  it('a worker of the same epoch is not taken for dead', async () => {
    const skill = skillOf(effects.K);
    await leaveIntent(skill, 'epoch-1/w');
    expect(await execute(skill, {}, { epoch: 'epoch-1' })).toMatchObject({ kind: 'busy' });
  });
});

describe('an answer that was lost', () => {
  it('class K: is tried again under the same key, after a backoff', async () => {
    const skill = skillOf(effects.K);
    answers.push(appliedThenLost());
    const outcome = await execute(skill);
    expect(outcome).toMatchObject({ kind: 'retry', notBeforeMs: clock.now() + 250 });
    expect(await execute(skill)).toMatchObject({ kind: 'busy' });
    clock.advance(250);
    expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 2 });
    expect(new Set(provider).size).toBe(1);
  });

  it('class K: after the last attempt it is in doubt, not failed', async () => {
    const skill = skillOf(effects.K);
    answers.push(appliedThenLost(), appliedThenLost(), appliedThenLost());
    await execute(skill);
    clock.advance(30_000);
    await execute(skill);
    clock.advance(29_000);
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt', attempts: 3 });
  });

  it('class Q: is looked up and found, without a second send', async () => {
    const skill = skillOf(effects.Q);
    answers.push(appliedThenLost());
    expect(await execute(skill)).toMatchObject({ kind: 'retry', notBeforeMs: clock.now() + settleMs });
    clock.advance(settleMs);
    expect(await execute(skill)).toMatchObject({ kind: 'done', output: { booking: 'found' } });
    expect(provider).toHaveLength(1);
  });

  it('class Q: what is known not to have been done is sent again without a look', async () => {
    const skill = skillOf(effects.Q);
    lookups.push(() => {
      throw new Error('there is nothing to look for');
    });
    answers.push(refused({ class: 'transient', sendOutcome: 'notDone' }));
    expect(await execute(skill)).toMatchObject({ kind: 'retry' });
    clock.advance(30_000);
    expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 2 });
    expect(lookups).toHaveLength(1);
  });

  it('class Q: a provider that is out of order for a moment is looked at until it answers', async () => {
    const skill = skillOf(effects.Q);
    const down = refused({ class: 'transient', sendOutcome: 'notDone' });
    answers.push(appliedThenLost());
    lookups.push(...Array.from({ length: 3 }, () => down as never));
    let outcome = await execute(skill);
    const sinceMs = clock.now();
    while (outcome.kind === 'retry') {
      clock.advance(outcome.notBeforeMs - clock.now());
      outcome = await execute(skill);
    }
    expect(outcome).toMatchObject({ kind: 'done', output: { booking: 'found' } });
    expect(provider).toHaveLength(1);
    expect(clock.now() - sinceMs).toBeGreaterThan(5_000);
  });

  it('class Q: a lookup that cannot tell leaves it in doubt', async () => {
    const skill = skillOf(effects.Q);
    answers.push(appliedThenLost());
    lookups.push(() => ({ found: 'unknown', why: 'the archive is closed' }));
    await execute(skill);
    clock.advance(settleMs);
    expect(await execute(skill)).toMatchObject({
      kind: 'inDoubt',
      failure: { message: 'lookup: the archive is closed' },
    });
  });

  it('class Q: in doubt, is looked up once more when a person asks for it, and then goes on', async () => {
    const skill = skillOf(effects.Q);
    answers.push(refused({ class: 'transient', sendOutcome: 'unknown' }));
    lookups.push(() => ({ found: 'unknown', why: 'the archive is closed' }));
    await execute(skill);
    clock.advance(settleMs + 1_000);
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
    clock.advance(60_000);
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
    expect(await execute(skill, { lookAgain: true })).toMatchObject({ kind: 'retry' });
    expect(provider).toEqual([]);
    clock.advance(settleMs + 1_000);
    expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 2 });
    expect(provider).toHaveLength(1);
  });

  it.each(['K', 'N'] as const)(
    'class %s: in doubt, stays so however often a person asks for another look',
    async (kind) => {
      const skill = skillOf(effects[kind]);
      answers.push(async () => ({ nothing: true }));
      await execute(skill);
      expect(await execute(skill, { lookAgain: true })).toMatchObject({ kind: 'inDoubt' });
      expect(provider).toEqual([]);
    },
  );

  it('class Q: after the last attempt a lookup proves it failed', async () => {
    const skill = skillOf(effects.Q);
    answers.push(...Array.from({ length: 3 }, () => refused({ class: 'transient', sendOutcome: 'unknown' })));
    let outcome = await execute(skill);
    for (let round = 0; round < 5 && outcome.kind === 'retry'; round += 1) {
      clock.advance(30_000);
      outcome = await execute(skill);
    }
    expect(outcome).toMatchObject({ kind: 'failed', attempts: 3 });
    expect(provider).toEqual([]);
  });

  it('class N: is in doubt at once', async () => {
    answers.push(appliedThenLost());
    expect(await execute(skillOf(effects.N))).toMatchObject({ kind: 'inDoubt', attempts: 1 });
    expect(provider).toHaveLength(1);
  });

  it('a hanging call is cut off at its timeout and its outcome is unknown', async () => {
    answers.push(() => new Promise(() => undefined));
    const running = execute(skillOf(effects.N));
    await new Promise(setImmediate);
    clock.advance(timeoutSeconds * 1000);
    expect(await running).toMatchObject({ kind: 'inDoubt' });
  });
});

describe('a refusal', () => {
  it.each(['P', 'K', 'Q', 'N'] as const)('class %s: a definite no is a failure, without a retry', async (kind) => {
    answers.push(refused({ class: 'denied', sendOutcome: 'notDone' }));
    expect(await execute(skillOf(effects[kind]))).toMatchObject({ kind: 'failed', failure: { class: 'denied' } });
  });

  it('class K: a no after an unknown send does not prove that the first send failed', async () => {
    const skill = skillOf(effects.K);
    answers.push(appliedThenLost(), refused({ class: 'denied', sendOutcome: 'notDone' }));
    await execute(skill);
    clock.advance(20_000);
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
  });

  it('another occurrence after a failure gets a key of its own', async () => {
    const skill = skillOf(effects.K);
    answers.push(refused({ class: 'bug', sendOutcome: 'notDone' }));
    await execute(skill);
    const failedKey = item().effectKey;
    expect(await execute(skill)).toMatchObject({ kind: 'failed' });
    expect(await execute(skill, { occurrence: 2 })).toMatchObject({ kind: 'done', attempts: 1 });
    expect(item().effectKey).not.toBe(failedKey);
  });

  it('an error of the skill itself after the send leaves a non-pure effect in doubt', async () => {
    answers.push(async () => {
      throw new TypeError('x is undefined');
    });
    expect(await execute(skillOf(effects.N))).toMatchObject({
      kind: 'inDoubt',
      failure: { message: 'bug: TypeError: x is undefined' },
    });
  });
});

describe('a wrong answer', () => {
  it.each(['K', 'Q', 'N'] as const)(
    'class %s: output of the wrong shape is in doubt, because something happened',
    async (kind) => {
      answers.push(async () => ({ nothing: true }));
      expect(await execute(skillOf(effects[kind]))).toMatchObject({
        kind: 'inDoubt',
        failure: { class: 'invalidOutput' },
      });
    },
  );

  it('class P: output of the wrong shape is a failure', async () => {
    answers.push(async () => ({ nothing: true }));
    expect(await execute(skillOf(effects.P))).toMatchObject({ kind: 'failed', failure: { class: 'invalidOutput' } });
  });

  it('a failed check names its problems and sends nothing again', async () => {
    const skill = skillOf(effects.K, { check: () => ['the city is another one'] });
    expect(await execute(skill)).toMatchObject({
      kind: 'inDoubt',
      failure: { class: 'postconditionFailed', message: 'the city is another one' },
    });
    expect(await execute(skill)).toMatchObject({ kind: 'inDoubt' });
    expect(provider).toHaveLength(1);
  });
});

describe('arguments', () => {
  it('reach the code as the schema gives them, defaults included', async () => {
    let seen: unknown;
    const skill = skillOf(effects.P, {
      input: z.object({ city: z.string(), nights: z.int().default(1) }),
      run: async (input: unknown) => {
        seen = input;
        return { booking: 'b' };
      },
    });
    expect(await execute(skill)).toMatchObject({ kind: 'done' });
    expect(seen).toEqual({ city: 'Rome', nights: 1 });
  });

  it('that do not fit the schema fail before anything is sent, and stay failed', async () => {
    const change = {
      input: { kind: 'inline', value: { town: 'Rome' } },
      argsHash: jsonHash({ town: 'Rome' }),
    } as const;
    expect(await execute(skillOf(effects.N), change)).toMatchObject({ kind: 'failed', attempts: 0 });
    expect(item().status).toBe('FAILED');
  });

  it('that differ from the planned ones are refused', async () => {
    expect(await execute(skillOf(effects.N), { argsHash: 'other' })).toMatchObject({ kind: 'failed' });
    expect(provider).toEqual([]);
  });

  it('that differ from those of an open send do not mint a second effect', async () => {
    const skill = skillOf(effects.K);
    await leaveIntent(skill);
    clock.advance(31_001);
    const change = {
      input: { kind: 'inline', value: { city: 'Oslo' } },
      argsHash: jsonHash({ city: 'Oslo' }),
    } as const;
    expect(await execute(skill, change)).toMatchObject({ kind: 'inDoubt' });
    expect(provider).toEqual([]);
  });

  it('too large to travel arrive through the blob store', async () => {
    await blobs.put('args/k', JSON.stringify({ city: 'Rome' }));
    expect(await execute(skillOf(effects.K), { input: { kind: 'blob', key: 'args/k' } })).toMatchObject({
      kind: 'done',
    });
  });
});

describe('a run that is being ended', () => {
  it.each(['P', 'K', 'Q', 'N'] as const)(
    'class %s: a step that was not begun is closed and never runs',
    async (kind) => {
      const skill = skillOf(effects[kind]);
      expect(await execute(skill, { settleOnly: true })).toEqual({ kind: 'canceled', stepId: 'book' });
      expect(await execute(skill)).toEqual({ kind: 'canceled', stepId: 'book' });
      expect(provider).toEqual([]);
    },
  );

  it('class Q: an open send is looked up and, when absent, not repeated', async () => {
    const skill = skillOf(effects.Q);
    await leaveIntent(skill);
    clock.advance(31_000 + settleMs);
    expect(await execute(skill, { settleOnly: true })).toMatchObject({ kind: 'failed' });
    expect(provider).toEqual([]);
  });

  it('class P: an open attempt ends as failed', async () => {
    const skill = skillOf(effects.P);
    await leaveIntent(skill);
    clock.advance(31_001);
    expect(await execute(skill, { settleOnly: true })).toMatchObject({ kind: 'failed' });
    expect(provider).toEqual([]);
  });
});

it('twenty workers at once send a step of class N at most once', async () => {
  const skill = skillOf(effects.N);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => execute(skill)));
  expect(provider).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(1);
});
