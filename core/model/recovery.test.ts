import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSizeBytes } from './json.ts';
import { countedWith, recoveriesIn, recoveriesLeftFor, recoveryBounds, signatureOf, toldOf } from './recovery.ts';
import type { RecoveryCounts, RecoveryNote } from './recovery.ts';

const note = (stepId: string, decision: RecoveryNote['decision'] = 'retry'): RecoveryNote => ({
  ...{ stepId, decision, signature: 's'.repeat(16), planned: 'A:v1/a', occurrence: 2, owner: 'human', base: 1 },
  tried: [],
});

describe('recoveries', () => {
  it('come to an end, whatever fails in whatever order, and the head stays small', () => {
    const ids = fc.array(fc.constantFrom(...'abcdefghijkl'.split('').map((one) => one.repeat(64))), { maxLength: 60 });
    fc.assert(
      fc.property(ids, fc.option(fc.nat(10), { nil: undefined }), (failing, budget) => {
        let counts: RecoveryCounts = {};
        for (const id of failing) {
          const { step, run } = recoveriesLeftFor(id, counts, budget);
          if (step > 0 && run > 0) counts = countedWith(counts, note(id));
        }
        expect(recoveriesIn(counts)).toBeLessThanOrEqual(Math.min(recoveryBounds.perRun, budget ?? Infinity));
        for (const { count } of Object.values(counts)) expect(count).toBeLessThanOrEqual(recoveryBounds.perStep);
        expect(jsonSizeBytes(counts)).toBeLessThan(1_000);
      }),
    );
  });

  it('are not used up by questions', () => {
    expect(countedWith({}, note('a', 'diagnose'))).toEqual({});
  });

  it('keep the newest of a long story', () => {
    const one = { class: 'bug', uses: 'A:v1/a', decision: 'retry' } as const;
    const story = Array.from({ length: 10 }, (_, index) => index).reduce(
      (before, index) => toldOf(before, { ...one, why: `${index} ${'x'.repeat(5_000)}` }),
      [] as ReturnType<typeof toldOf>,
    );
    expect(story.map(({ why }) => why[0])).toEqual(['6', '7', '8', '9']);
    expect(jsonSizeBytes(story)).toBeLessThan(4_000);
  });
});

describe('the signature of a failure', () => {
  const of = (message: string, uses = 'A:v1/a') => signatureOf({ class: 'bug', message }, uses);

  it('is equal for messages that differ in numbers, ids and spelling of letters', () => {
    expect(of('Flight 17 is gone')).toBe(of('flight 4711  is gone'));
    expect(of('request 5f0c1a2b-9d3e failed')).toBe(of('request 77aa01bc-0000 failed'));
  });

  it('differs by what failed, how, and with which words', () => {
    expect(of('gone')).not.toBe(of('closed'));
    expect(of('gone')).not.toBe(of('gone', 'B:v1/a'));
    expect(of('gone')).not.toBe(signatureOf({ class: 'timeout', message: 'gone' }, 'A:v1/a'));
  });
});
