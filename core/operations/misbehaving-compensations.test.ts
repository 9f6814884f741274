import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { MemoryBlobStore, MemoryEffectLedger } from '../adapters/memory/index.ts';
import type { StepRequest } from '../contract/machine.ts';
import type { Effect } from '../model/effect.ts';
import { ActionError } from '../model/failure.ts';
import { jsonHash } from '../model/json.ts';
import type { ActionContext, CompensationDefinition, SkillDefinition } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import { executeStep } from './execute-step.ts';
import { mostUndoAttempts } from './undo-action.ts';

const backoffMs = 60_000;
const input = { city: 'Rome' };
const output = { booking: 'b1' };
const effects = {
  P: { class: 'P' },
  K: { class: 'K', keyTtlMs: 86_400_000 },
  Q: { class: 'Q', settleMs: 2_000 },
  N: { class: 'N' },
} as const satisfies Record<Effect['class'], Effect>;

let clock: ManualClock;
let ledger: MemoryEffectLedger;
let blobs: MemoryBlobStore;
beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryEffectLedger();
  blobs = new MemoryBlobStore();
});

/** Nobody is asked whether something may be undone: it was allowed to be done. */
const denying = {
  authorize: () => ({ verdict: 'deny', policies: [], reasons: ['nothing is allowed any more'] }) as const,
};

function skillWith(compensate: CompensationDefinition | undefined, answer: object = output): SkillDefinition {
  const book = {
    description: 'books',
    input: z.object({ city: z.string() }),
    output: z.looseObject({ booking: z.string() }),
    effect: effects.N,
    timeoutSeconds: 10,
    maxAttempts: 2,
    run: () => Promise.resolve(answer),
    ...(compensate === undefined ? {} : { compensate }),
  };
  const base = { kind: 'skill', id: 'Desk:v1', release: '1.0.0', description: '', settings: [] } as const;
  return { ...base, actions: { book } };
}

const forward: StepRequest = {
  ...{ tenantId: 'acme', runId: 'run-1', agent: 'planner', generation: 1, stepId: 'book', occurrence: 1 },
  ...{ skill: 'Desk:v1', action: 'book', skillHash: '', doubted: [], settleOnly: false, lookAgain: false },
  ...{ direction: 'F', trust: 'untrusted', input: { kind: 'inline', value: input }, argsHash: jsonHash(input) },
};
const backward: StepRequest = {
  ...forward,
  ...{ stepId: 'undo:book', direction: 'C', undo: { stepId: 'book', backoffMs } },
};

function execute(request: StepRequest, skill: SkillDefinition, authorizer: object = denying): Promise<StepOutcome> {
  const ports = { ledger, blobs, clock, ids: new CountingIds(), ...memoryReach() };
  const http = { fetch: () => Promise.resolve(Response.json({})) };
  return executeStep(
    request,
    skill,
    { ...ports, http },
    {
      ...{ epoch: undefined, deadlineMs: clock.now() + 30_000, settings: {} },
      authorizer: authorizer as typeof denying,
    },
  );
}

/** Does it, whatever policies say. */
async function done(answer: object = output): Promise<void> {
  const allowing = { authorize: () => ({ verdict: 'allow', policies: [], reasons: [] }) };
  expect(await execute(forward, skillWith(undefined, answer), allowing)).toMatchObject({ kind: 'done' });
}

type Run = (given: typeof input, answered: typeof output, context: ActionContext) => unknown;

function undo(run: Run, more: Partial<CompensationDefinition> & { effect?: Effect } = {}): Promise<StepOutcome> {
  const { effect = effects.N } = more;
  return execute(
    backward,
    skillWith({ effect, timeoutSeconds: 10, run: run as CompensationDefinition['run'], ...more }),
  );
}

describe('a compensation', () => {
  it('is called with what the step was given and has answered, under a key of its own, and believes no more than it did', async () => {
    await done({ ...output, large: 'x'.repeat(20_000) });
    let seen: unknown;
    const outcome = await undo(async (given, answered, { effectKey, trust }) => {
      seen = { given, booking: answered.booking, sizes: JSON.stringify(answered).length > 20_000, effectKey, trust };
    });
    expect(outcome).toEqual({ kind: 'done', stepId: 'undo:book', attempts: 1, trust: 'untrusted', output: null });
    const [before, after] = ledger.all();
    expect(seen).toEqual({ given: input, booking: 'b1', sizes: true, effectKey: after?.effectKey, trust: 'untrusted' });
    expect(after).toMatchObject({ stepId: 'book', direction: 'C', status: 'DONE', argsHash: before?.argsHash });
    expect(after?.effectKey).not.toBe(before?.effectKey);
    expect(before).toMatchObject({ direction: 'F', status: 'DONE' });
  });

  it.each([
    ['not begun', async () => undefined, 'not in the ledger'],
    [
      'done with other arguments',
      async () => {
        await done();
        const [item] = ledger.all();
        if (item) await ledger.write({ ...item, argsHash: 'other', writeToken: 'w' }, item.writeToken);
      },
      'DONE in the ledger with other arguments',
    ],
    [
      'in doubt',
      async () => {
        await done();
        const [item] = ledger.all();
        const failure = { class: 'inDoubt', message: 'no answer' } as const;
        if (item) await ledger.write({ ...item, status: 'IN_DOUBT', failure, writeToken: 'w' }, item.writeToken);
      },
      'IN_DOUBT in the ledger',
    ],
  ])('of a step that is %s is refused, and its code is not called', async (_what, prepare, said) => {
    await prepare();
    let called = false;
    const outcome = await undo(async () => {
      called = true;
    });
    expect(outcome).toMatchObject({
      ...{ kind: 'failed', stepId: 'undo:book', attempts: 0 },
      failure: { class: 'compensationFailed', message: expect.stringContaining(said) },
    });
    expect(called).toBe(false);
  });

  it('that the code no longer has is refused', async () => {
    await done();
    expect(await execute(backward, skillWith(undefined))).toMatchObject({
      kind: 'failed',
      failure: { class: 'compensationFailed', message: expect.stringContaining('declares no compensate') },
    });
  });

  it.each([
    undefined,
    null,
    7,
    { a: 1n },
    Symbol('x'),
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    ),
  ])('may answer what it likes: it is not kept (%#)', async (answer) => {
    await done();
    expect(await undo(() => Promise.resolve(answer))).toMatchObject({ kind: 'done', output: null });
  });

  it('cannot change what another try is called with', async () => {
    await done();
    const seen: string[] = [];
    const spoil: Run = async (given, answered) => {
      seen.push(JSON.stringify([given, answered]));
      given.city = 'Oslo';
      answered.booking = 'b2';
      throw new ActionError('later', { class: 'transient', sendOutcome: 'notDone' });
    };
    await undo(spoil);
    clock.advance(backoffMs);
    await undo(spoil);
    expect(seen).toEqual([JSON.stringify([input, output]), JSON.stringify([input, output])]);
  });
});

const notDone = (failureClass: 'bug' | 'denied' | 'transient') => () => {
  throw new ActionError('not now', { class: failureClass, sendOutcome: 'notDone' });
};
const crashes: Run = () => {
  throw new TypeError('oops');
};
const hangs: Run = (_given, _answered, { signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

describe('a compensation that goes wrong', () => {
  it.each(Object.keys(effects) as Effect['class'][])(
    'and proves that nothing was undone is tried %s five times, whatever it says why, and then failed',
    async (effectClass) => {
      await done();
      const lookup = () => Promise.resolve({ found: false as const });
      const more = { effect: effects[effectClass], ...(effectClass === 'Q' ? { lookup } : {}) };
      const waits: number[] = [];
      for (let attempt = 1; attempt < mostUndoAttempts; attempt += 1) {
        const outcome = await undo(notDone(attempt % 2 === 0 ? 'bug' : 'denied'), more);
        if (outcome.kind !== 'retry') throw new Error(`${outcome.kind} at attempt ${attempt}`);
        waits.push(outcome.notBeforeMs - clock.now());
        clock.advance(outcome.notBeforeMs - clock.now());
      }
      expect(waits).toEqual([1, 2, 4, 8].map((times) => times * backoffMs));
      expect(await undo(notDone('transient'), more)).toMatchObject({
        ...{ kind: 'failed', attempts: mostUndoAttempts },
        failure: { class: 'compensationFailed', message: 'transient: not now' },
      });
      // Nothing but a new wish tries it again.
      expect(await undo(async () => undefined, more)).toMatchObject({ kind: 'failed' });
    },
  );

  it.each([
    ['N', 'inDoubt'],
    ['K', 'retry'],
    ['P', 'retry'],
  ] as const)('without saying what it has undone is, of class %s: %s', async (effectClass, kind) => {
    for (const run of [crashes, hangs]) {
      ledger = new MemoryEffectLedger();
      await done();
      const outcome = undo(run, { effect: effects[effectClass] });
      for (let turn = 0; turn < 20; turn += 1) {
        await new Promise(setImmediate);
        clock.advance(1_000);
      }
      expect(await outcome).toMatchObject({ kind, stepId: 'undo:book' });
    }
  });

  it.each([
    [{ found: true }, 'done'],
    [{ found: 'unknown', why: 'two of them' }, 'inDoubt'],
    ['nonsense', 'retry'],
  ] as const)('is looked up where that can be done: %j leaves it %s', async (answer, kind) => {
    await done();
    let runs = 0;
    const lookup = () => Promise.resolve(answer as { found: true });
    const more = { effect: effects.Q, lookup };
    const run: Run = async () => {
      runs += 1;
      throw new Error('no answer');
    };
    const first = await undo(run, more);
    if (first.kind !== 'retry') throw new Error(first.kind);
    clock.advance(first.notBeforeMs - clock.now());
    expect(await undo(run, more)).toMatchObject({ kind });
    expect(runs).toBe(1);
  });
});
