import * as z from 'zod';
import { beforeEach, describe, expect, it } from 'vitest';
import { allowing } from '../../test/fixtures/authorizers.ts';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { MemoryBlobStore, MemoryBreakerStore, MemoryEffectLedger } from '../adapters/memory/index.ts';
import type { StepRequest } from '../contract/machine.ts';
import type { BreakerState } from '../model/breaker.ts';
import type { Effect } from '../model/effect.ts';
import { ActionError, StoreUnavailable } from '../model/failure.ts';
import { jsonHash } from '../model/json.ts';
import type { LookupAnswer, SkillDefinition } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import { executeStep } from './execute-step.ts';
import { Breakers } from './with-breaker.ts';

type Fault = ConstructorParameters<typeof ActionError>[1];

const dependency = 'hotel-api';
const timeoutSeconds = 10;
const input = { city: 'Rome' };
const K: Effect = { class: 'K', keyTtlMs: 600_000 };
const Q: Effect = { class: 'Q', settleMs: 0 };

let clock: ManualClock;
let ids: CountingIds;
let ledger: MemoryEffectLedger;
let store: MemoryBreakerStore;
let unrecorded: unknown[];
/** What the provider does at the next calls; it answers once they are used up. */
let faults: Fault[];
let calls: string[];
let looked: LookupAnswer<unknown>;

beforeEach(() => {
  clock = new ManualClock();
  ids = new CountingIds();
  ledger = new MemoryEffectLedger();
  store = new MemoryBreakerStore();
  unrecorded = [];
  faults = [];
  calls = [];
  looked = { found: false };
});

const provider = async (call: string): Promise<void> => {
  calls.push(call);
  const fault = faults.shift();
  if (fault) throw new ActionError('the provider is in trouble', fault);
};

function skillOf(effect: Effect, more: Partial<SkillDefinition> = {}): SkillDefinition {
  return {
    ...{ kind: 'skill', id: 'Desk:v1', release: '1.0.0', description: '', settings: [], dependency },
    actions: {
      book: {
        ...{ description: 'books', effect, timeoutSeconds, maxAttempts: 3 },
        input: z.object({ city: z.string() }),
        output: z.object({ booked: z.boolean() }),
        run: async () => {
          await provider('send');
          return { booked: true };
        },
        lookup: async () => {
          await provider('look');
          return looked;
        },
      },
    },
    ...more,
  };
}

/** A process of its own unless it is given the breakers of another one. */
function breakers(): Breakers {
  return new Breakers({
    ...{ breakers: store, clock: { now: () => clock.now(), sleep: async () => undefined }, ids },
    unrecorded: (_dependency, error) => unrecorded.push(error),
  });
}

function execute(
  skill: SkillDefinition,
  change: Partial<StepRequest> = {},
  seen: Breakers = breakers(),
): Promise<StepOutcome> {
  const request: StepRequest = {
    ...{ tenantId: 'acme', runId: 'run-00000000000000000000000001', agent: 'planner', generation: 1 },
    ...{ stepId: 'book', skill: 'Desk:v1', action: 'book', direction: 'F', occurrence: 1 },
    ...{ input: { kind: 'inline', value: input }, argsHash: jsonHash(input), skillHash: '' },
    ...{ trust: 'trusted', doubted: [], settleOnly: false, lookAgain: false },
    ...change,
  };
  const http = { fetch: () => Promise.reject(new Error('no network here')) };
  const ports = { ledger, blobs: new MemoryBlobStore(), clock, ids, http, ...memoryReach() };
  const worker = { epoch: undefined, deadlineMs: clock.now() + 60_000, settings: {}, authorizer: allowing };
  return executeStep(request, skill, ports, { ...worker, breakers: seen });
}

const down: Fault = { class: 'transient', sendOutcome: 'notDone' };
const lost: Fault = { class: 'transient', sendOutcome: 'unknown' };
const openFor = (openForMs: number): BreakerState => ({ state: 'open', untilMs: clock.now() + openForMs, openForMs });
const stand = async (state: BreakerState): Promise<void> => {
  await store.write({ ...state, dependency, writeToken: ids.token() }, (await store.read(dependency))?.writeToken);
};
const standing = () => store.read(dependency);

describe('a step whose dependency is down', () => {
  it('is opened for by the failures of other steps, and then left alone until the half-open time', async () => {
    const skill = skillOf(K);
    faults = Array.from({ length: 5 }, () => down);
    for (let count = 0; count < 5; count += 1) await execute(skill, { stepId: `s${count}` });
    expect(await standing()).toMatchObject({ state: 'open', openForMs: 30_000 });
    const untilMs = clock.now() + 30_000;
    clock.advance(12_000);
    expect(await execute(skill)).toEqual({
      ...{ kind: 'retry', stepId: 'book', attempts: 0, notBeforeMs: untilMs },
      failure: {
        class: 'dependencyDown',
        message: "'hotel-api' is not called: it has failed too often; it may be tried again in 18 s.",
      },
    });
    expect(calls).toHaveLength(5);
  });

  it('has not begun: the ledger knows nothing of it, and all its attempts are left', async () => {
    const skill = skillOf(K);
    await stand(openFor(30_000));
    for (let count = 0; count < 10; count += 1) expect(await execute(skill)).toMatchObject({ kind: 'retry' });
    expect(ledger.all()).toEqual([]);
    clock.advance(30_000);
    expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 1 });
    expect(await standing()).toMatchObject({ state: 'closed', outcomes: '' });
  });

  it('keeps the attempts that it has used when it fails before and waits in between', async () => {
    const skill = skillOf(K);
    faults = [down, down];
    expect(await execute(skill)).toMatchObject({ kind: 'retry', attempts: 1 });
    await stand(openFor(30_000));
    clock.advance(20_000);
    for (let count = 0; count < 5; count += 1) expect(await execute(skill)).toMatchObject({ attempts: 1 });
    clock.advance(10_000);
    expect(await execute(skill)).toMatchObject({ kind: 'retry', attempts: 2 });
    expect(await standing()).toMatchObject({ state: 'open', openForMs: 60_000 });
  });

  /** Tries at each half-open time until the breaker is open for its longest. */
  async function probing(skill: SkillDefinition): Promise<StepOutcome> {
    const seen = breakers();
    await execute(skill, {}, seen);
    await stand(openFor(30_000));
    let last: StepOutcome | undefined;
    for (let pauseMs = 30_000; pauseMs <= 900_000; pauseMs *= 2) {
      clock.advance(pauseMs);
      last = await execute(skill, {}, seen);
    }
    if (!last) throw new Error('nothing was tried');
    return last;
  }

  it.each([
    ['K', K, down],
    ['K with an unknown outcome', { class: 'K', keyTtlMs: 86_400_000 } as const, lost],
    ['N', { class: 'N' } as const, down],
    ['Q', Q, down],
  ])(
    'of class %s waits on when its own tries at the half-open times fail, beyond its attempts',
    async (_name, effect, fault) => {
      const skill = skillOf(effect);
      faults = Array.from({ length: 6 }, () => fault);
      expect(await probing(skill)).toMatchObject({ kind: 'retry', failure: { class: 'dependencyDown' } });
      expect(calls).toHaveLength(6);
      clock.advance(900_000);
      expect(await execute(skill)).toMatchObject({ kind: 'done', attempts: 7 });
      expect(new Set(calls)).toEqual(new Set(['send']));
    },
  );

  it('fails as ever when its attempts are used up while the breaker is closed, or after a failure of another kind', async () => {
    faults = [down, down, down];
    const skill = skillOf(K);
    for (let count = 1; count < 3; count += 1) {
      await execute(skill);
      clock.advance(90_000);
    }
    expect(await execute(skill)).toMatchObject({ kind: 'failed', attempts: 3, failure: { class: 'transient' } });
    faults = [...Array.from({ length: 6 }, () => down), { class: 'bug', sendOutcome: 'notDone' }];
    const other = { stepId: 'other' };
    await execute(skill, other);
    await stand(openFor(30_000));
    const seen = breakers();
    for (const pauseMs of [30_000, 60_000, 120_000, 240_000, 480_000]) {
      clock.advance(pauseMs);
      await execute(skill, other, seen);
    }
    clock.advance(900_000);
    expect(await execute(skill, other, seen)).toMatchObject({ kind: 'failed', failure: { class: 'bug' } });
  });

  it('may be tried by one of many at the half-open time', async () => {
    const skill = skillOf(K);
    await stand(openFor(30_000));
    clock.advance(30_000);
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, n) => execute(skill, { stepId: `s${n}` })));
    expect(calls).toEqual(['send']);
    expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'retry')).toHaveLength(11);
  });

  it('waits a minute at a time while a person holds the breaker open', async () => {
    await stand({ state: 'isolated', by: 'ann', reason: 'wrong answers' });
    expect(await execute(skillOf(K))).toMatchObject({
      ...{ kind: 'retry', notBeforeMs: clock.now() + 60_000 },
      failure: { class: 'dependencyDown', message: "'hotel-api' is not called: ann holds it open: wrong answers." },
    });
  });

  it('says what it has come to when it is over, and is canceled without a call when its run is', async () => {
    const skill = skillOf(K);
    await execute(skill);
    await stand(openFor(30_000));
    expect(await execute(skill)).toMatchObject({ kind: 'done' });
    expect(await execute(skill, { stepId: 'other', settleOnly: true })).toEqual({ kind: 'canceled', stepId: 'other' });
    expect(calls).toHaveLength(1);
  });

  it('that is proven not done is closed without a call when its run is ended, also while it is isolated', async () => {
    const skill = skillOf(K);
    faults = [down];
    await execute(skill);
    await stand({ state: 'isolated', by: 'ann', reason: 'wrong answers' });
    clock.advance(30_000);
    expect(await execute(skill, { settleOnly: true })).toMatchObject({ kind: 'failed' });
    expect(calls).toHaveLength(1);
  });

  it('keeps what is open in the ledger as it is, until it may look', async () => {
    const skill = skillOf(Q);
    faults = [lost];
    expect(await execute(skill)).toMatchObject({ kind: 'retry' });
    const left = ledger.all();
    clock.advance(90_000);
    await stand(openFor(30_000));
    expect(await execute(skill)).toMatchObject({ kind: 'retry', failure: { class: 'dependencyDown' } });
    expect(await execute(skill, { settleOnly: true })).toMatchObject({ failure: { class: 'dependencyDown' } });
    expect(ledger.all()).toEqual(left);
    looked = { found: true, output: { booked: true } };
    clock.advance(30_000);
    expect(await execute(skill)).toMatchObject({ kind: 'done' });
    expect(calls).toEqual(['send', 'look']);
  });
});

describe('what the calls of a step tell the breaker', () => {
  it('a lookup is a call as well: as the probe it lets the send through that follows it', async () => {
    const skill = skillOf(Q);
    faults = [lost];
    await execute(skill);
    clock.advance(90_000);
    await stand({ ...openFor(30_000), state: 'open', untilMs: clock.now(), openForMs: 30_000 });
    expect(await execute(skill)).toMatchObject({ kind: 'done' });
    expect(calls).toEqual(['send', 'look', 'send']);
    expect(await standing()).toMatchObject({ state: 'closed' });
  });

  it('a failing lookup counts', async () => {
    const skill = skillOf(Q);
    faults = [lost, lost];
    await execute(skill);
    clock.advance(90_000);
    await execute(skill);
    expect(await standing()).toMatchObject({ outcomes: '--' });
  });

  it.each([
    ['transient', 'unknown', '-'],
    ['timeout', 'unknown', '-'],
    ['throttled', 'notDone', undefined],
    ['denied', 'notDone', undefined],
    ['bug', 'notDone', undefined],
    ['bug', 'unknown', undefined],
  ] as const)('%s (%s) counts as %s', async (failureClass, sendOutcome, outcomes) => {
    faults = [{ class: failureClass, sendOutcome }];
    await execute(skillOf(K));
    expect((await standing()) ?? {}).toEqual(outcomes === undefined ? {} : expect.objectContaining({ outcomes }));
  });

  it('no answer in time counts', async () => {
    const skill = skillOf(K);
    const slow = {
      ...skill,
      actions: { book: { ...skill.actions['book']!, run: () => new Promise(() => undefined) } },
    };
    const executed = execute(slow);
    await new Promise((resolve) => setTimeout(resolve, 10));
    clock.advance(timeoutSeconds * 1_000);
    await executed;
    expect(await standing()).toMatchObject({ outcomes: '-' });
  });

  it('a probe that was admitted and never sent is given back at once', async () => {
    const skill = skillOf(K);
    await stand(openFor(30_000));
    clock.advance(30_000);
    // Somebody else begins the step between the leave and the intent.
    const write = ledger.write.bind(ledger);
    ledger.write = async (next, seen) => {
      ledger.write = write;
      await ledger.write({ ...next, owner: 'cloud/other', writeToken: 'other' } as typeof next, seen);
      return ledger.write(next, seen);
    };
    expect(await execute(skill)).toMatchObject({ kind: 'busy' });
    expect(calls).toEqual([]);
    expect(await standing()).toMatchObject({ state: 'open', untilMs: clock.now() });
  });
});

describe('a breaker', () => {
  it('costs a healthy dependency no write, and no read within two seconds', async () => {
    const skill = skillOf(K);
    const counts = { reads: 0, writes: 0 };
    const [read, write] = [store.read.bind(store), store.write.bind(store)];
    store.read = (name) => {
      counts.reads += 1;
      return read(name);
    };
    store.write = (next, seen) => {
      counts.writes += 1;
      return write(next, seen);
    };
    const process = breakers();
    for (let count = 0; count < 50; count += 1) await execute(skill, { stepId: `s${count}` }, process);
    expect(counts).toEqual({ reads: 1, writes: 0 });
  });

  it('is not asked for a skill that declares no dependency', async () => {
    store.read = () => Promise.reject(new Error('nobody asks'));
    const { dependency: _, ...rest } = skillOf(K);
    faults = [down];
    expect(await execute(rest)).toMatchObject({ kind: 'retry' });
    expect(unrecorded).toEqual([]);
  });

  it('stops no step when it can be neither read nor written, and says so', async () => {
    store.read = () => Promise.reject(new StoreUnavailable('breakers.read', new Error('gone')));
    store.write = () => Promise.reject(new StoreUnavailable('breakers.write', new Error('gone')));
    expect(await execute(skillOf(K))).toMatchObject({ kind: 'done' });
    faults = [down];
    expect(await execute(skillOf(K), { stepId: 'other' })).toMatchObject({ kind: 'retry', attempts: 1 });
    expect(unrecorded).toHaveLength(3);
  });
});
