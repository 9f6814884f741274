import * as z from 'zod';
import { beforeEach, describe, expect, it } from 'vitest';
import { allowing } from '../../test/fixtures/authorizers.ts';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { MemoryBlobStore, MemoryEffectLedger } from '../adapters/memory/index.ts';
import type { StepRequest } from '../contract/machine.ts';
import type { LedgerItem } from '../model/effect.ts';
import { ActionError } from '../model/failure.ts';
import { jsonHash } from '../model/json.ts';
import type { Pursuit, PursuitMode, SkillDefinition } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import { executeStep } from './execute-step.ts';

const input = { city: 'Rome' };
const refusing: Authorizer = { authorize: () => ({ verdict: 'deny', policies: ['p'], reasons: ['not any more'] }) };
const done: Pursuit = { over: true, output: { found: 1 }, trust: 'trusted' };

let clock: ManualClock;
let ledger: MemoryEffectLedger;
let ids: CountingIds;
/** What each look was asked for. */
let looks: PursuitMode[];
let answers: (() => Promise<Pursuit>)[];

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryEffectLedger();
  ids = new CountingIds(0);
  looks = [];
  answers = [];
});

const skill: SkillDefinition = {
  kind: 'skill',
  id: 'Quest:v1',
  release: '1.0.0',
  description: 'goes on after the call',
  settings: [],
  actions: {
    seek: {
      description: 'seeks',
      input: z.object({ city: z.string() }),
      output: z.object({ found: z.number() }),
      effect: { class: 'Q', settleMs: 0 },
      timeoutSeconds: 10,
      maxAttempts: 1,
      run: () => Promise.reject(new Error('not run')),
      pursue: async (_input, mode) => {
        looks.push(mode);
        const answer = answers.shift();
        return answer ? answer() : goesOn(60_000);
      },
    },
  },
};

const goesOn = (ms: number): Pursuit => ({ over: false, untilMs: clock.now() + ms, reason: 'still on the way' });

function execute(change: Partial<StepRequest> = {}, authorizer = allowing): Promise<StepOutcome> {
  const request: StepRequest = {
    ...{ tenantId: 'acme', runId: 'run-00000000000000000000000001', agent: 'planner', generation: 1, stepId: 'seek' },
    ...{ skill: skill.id, action: 'seek', direction: 'F', occurrence: 1, input: { kind: 'inline', value: input } },
    ...{ argsHash: jsonHash(input), skillHash: '', trust: 'trusted', doubted: [], settleOnly: false, lookAgain: false },
    ...change,
  };
  const http = { fetch: () => Promise.reject(new Error('no network here')) };
  const ports = { ledger, blobs: new MemoryBlobStore(), clock, ids, http, ...memoryReach() };
  return executeStep(request, skill, ports, {
    ...{ epoch: undefined, deadlineMs: clock.now() + 30_000, settings: {}, authorizer },
  });
}

function item(): LedgerItem {
  const [only] = ledger.all();
  if (!only) throw new Error('the ledger is empty');
  return only;
}

describe('what goes on after the call', () => {
  it('is let go of with the time of the next look and why, and anyone may look sooner', async () => {
    expect(await execute()).toEqual({
      ...{ kind: 'busy', stepId: 'seek', untilMs: clock.now() + 60_000, reason: 'still on the way' },
    });
    expect(item()).toMatchObject({ status: 'INTENT', lastSend: 'goesOn', leaseUntilMs: clock.now() });
    clock.advance(1);
    answers.push(async () => done);
    expect(await execute()).toMatchObject({ kind: 'done', output: { found: 1 }, trust: 'trusted' });
    expect(await execute()).toMatchObject({ kind: 'done', output: { found: 1 } });
    expect(looks).toEqual(['goOn', 'goOn']);
  });

  it('may be looked at as often as it takes, and was begun once', async () => {
    for (let look = 0; look < 50; look += 1) {
      expect(await execute()).toMatchObject({ kind: 'busy' });
      expect(item()).toMatchObject({ sends: 1, occurrence: 1 });
      clock.advance(60_000);
    }
    expect(new Set(looks)).toEqual(new Set(['goOn']));
    expect(item().evidence).toEqual([]);
  });

  it('gives what may be believed no more than its arguments and what it says itself', async () => {
    answers.push(async () => ({ ...done, trust: 'untrusted' }));
    expect(await execute()).toMatchObject({ kind: 'done', trust: 'untrusted' });
  });

  it('ends its step with a failure whose outcome is known, and is asked again after any other', async () => {
    answers.push(async () => {
      throw new ActionError('the store is away', { class: 'storeUnavailable', sendOutcome: 'unknown' });
    });
    const failing = await execute();
    expect(failing).toMatchObject({ kind: 'retry', failure: { class: 'storeUnavailable' } });
    answers.push(async () => {
      throw new ActionError('it came to nothing', { class: 'refusal', sendOutcome: 'notDone' });
    });
    clock.advance(1);
    expect(await execute()).toMatchObject({ kind: 'failed', failure: { class: 'refusal' } });
    expect(item().status).toBe('FAILED');
    // A person who resumes the run has it begun anew.
    answers.push(async () => done);
    expect(await execute({ occurrence: 2 })).toMatchObject({ kind: 'done' });
  });
});

it('a fault that stays is put before a person, and looked at again when the run is resumed', async () => {
  for (let look = 0; look < 5; look += 1) {
    answers.push(() => Promise.reject(new Error('the blob is not what was stored')));
    expect(await execute()).toMatchObject({ kind: 'retry', failure: { class: 'bug' } });
    clock.advance(1);
  }
  answers.push(() => Promise.reject(new Error('the blob is not what was stored')));
  expect(await execute({ settleOnly: true })).toMatchObject({ kind: 'inDoubt', failure: { class: 'inDoubt' } });
  answers.push(async () => done);
  expect(await execute({ lookAgain: true })).toMatchObject({ kind: 'done' });
});

describe('a run that is being ended', () => {
  it('has what has begun brought to its end when it was canceled, and waits until it is', async () => {
    const canceled = { settleOnly: true, canceled: true } as const;
    await execute();
    clock.advance(1);
    expect(await execute(canceled)).toMatchObject({ kind: 'busy' });
    clock.advance(1);
    answers.push(async () => {
      throw new ActionError('it is canceled', { class: 'refusal', sendOutcome: 'notDone' });
    });
    expect(await execute(canceled)).toMatchObject({ kind: 'failed' });
    expect(looks).toEqual(['goOn', 'end', 'end']);
  });

  it('is waited for when it is only late: it may be resumed, and what goes on for it is not lost', async () => {
    await execute();
    clock.advance(1);
    expect(await execute({ settleOnly: true })).toMatchObject({ kind: 'busy' });
    expect(looks).toEqual(['goOn', 'settle']);
  });

  it('takes what was reached all the same', async () => {
    await execute();
    clock.advance(1);
    answers.push(async () => done);
    expect(await execute({ settleOnly: true })).toMatchObject({ kind: 'done' });
  });

  it('does not begin what has not', async () => {
    expect(await execute({ settleOnly: true })).toEqual({ kind: 'canceled', stepId: 'seek' });
    expect(looks).toEqual([]);
  });
});

describe('a use that is not allowed any more', () => {
  it('goes on when it has begun, and nothing more is begun', async () => {
    await execute();
    clock.advance(1);
    expect(await execute({}, refusing)).toMatchObject({ kind: 'busy' });
    clock.advance(1);
    answers.push(async () => {
      throw new ActionError('it is canceled', { class: 'refusal', sendOutcome: 'notDone' });
    });
    expect(await execute({}, refusing)).toMatchObject({ kind: 'failed' });
    expect(looks).toEqual(['goOn', 'settle', 'settle']);
  });

  it('is never begun', async () => {
    expect(await execute({}, refusing)).toMatchObject({ kind: 'failed', failure: { class: 'denied' } });
    expect(looks).toEqual([]);
  });
});

describe('a worker that is gone', () => {
  it('is waited for until it must be dead, and then another one looks', async () => {
    const stuck = Promise.withResolvers<Pursuit>();
    answers.push(() => stuck.promise);
    const first = execute();
    await pausedIn(() => looks.length === 1);
    expect(await execute()).toEqual({ kind: 'busy', stepId: 'seek', untilMs: clock.now() + 31_000 });
    // The clock wakes its timeout as well: it lets go, and its late answer changes nothing.
    clock.advance(31_001);
    expect(await first).toMatchObject({ kind: 'retry', failure: { class: 'timeout' } });
    answers.push(async () => done);
    clock.advance(20_000);
    expect(await execute()).toMatchObject({ kind: 'done', output: { found: 1 } });
    stuck.resolve({ over: true, output: { found: 2 }, trust: 'trusted' });
    await pausedIn(() => true);
    expect(item()).toMatchObject({ status: 'DONE', result: { value: { found: 1 } } });
  });

  it('changes nothing when it comes back after another has taken over', async () => {
    const stuck = Promise.withResolvers<Pursuit>();
    answers.push(() => stuck.promise);
    const first = execute();
    await pausedIn(() => looks.length === 1);
    await takenOver();
    stuck.resolve({ over: true, output: { found: 2 }, trust: 'trusted' });
    expect(await first).toMatchObject({ kind: 'busy' });
    expect(item()).toMatchObject({ status: 'VERIFY', owner: 'another' });
  });
});

/** Another worker holds the step from now on. */
async function takenOver(): Promise<void> {
  const held = item();
  if (held.status !== 'INTENT') throw new Error(`the item is ${held.status}`);
  const { lastSend: _, ...rest } = held;
  const taken = { ...rest, fence: held.fence + 1, owner: 'another', writeToken: 'taken', status: 'VERIFY' as const };
  await ledger.write(taken, held.writeToken);
}

async function pausedIn(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 || !isSo(); turn += 1) await Promise.resolve();
}
