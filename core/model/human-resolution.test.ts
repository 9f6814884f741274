import { expect, it } from 'vitest';
import type { LedgerItem } from './effect.ts';
import type { VerdictKind } from './human-resolution.ts';
import { humanResolutionOf } from './human-resolution.ts';
import { transition } from './protocol.ts';

const ref = { tenantId: 'acme', skill: 'Mail:v1', runId: 'run-1', stepId: 's', direction: 'F' } as const;
const hashes = { argsHash: 'a', skillHash: 's' };

function after(item: LedgerItem | undefined, command: Parameters<typeof transition>[1]): LedgerItem {
  const moved = transition(item, command, 1_000, 'token');
  if (!moved.ok) throw new Error(moved.refusal);
  return moved.next;
}

const begun = after(undefined, { kind: 'begin', ref, occurrence: 1, owner: 'me', leaseUntilMs: 2_000, ...hashes });
const doubtful = after(begun, { kind: 'doubt', fence: 1, failure: { class: 'inDoubt', message: 'no answer' } });

function resolved(kind: VerdictKind, actor: string, reason: string): LedgerItem {
  const result = { kind: 'inline', value: 1 } as const;
  const verdict = kind === 'happened' ? { kind, result, trust: 'trusted' as const } : { kind };
  return after(doubtful, { kind: 'resolve', fence: 1, actor, reason, verdict });
}

it.each([
  ['happened', 'ada'],
  ['didNotHappen', 'https://issuer.example.com|ada: the first'],
] as const)('what a person said is read back from the evidence: %s by %s', (verdict, actor) => {
  const reason = 'asked them: happened: yes';
  expect(humanResolutionOf(resolved(verdict, actor, reason))).toEqual({ actor, verdict, reason });
});

it('of a long reason at least the beginning is kept, and all of the actor', () => {
  const actor = 'x'.repeat(128);
  const read = humanResolutionOf(resolved('didNotHappen', actor, 'r'.repeat(500)));
  expect(read).toMatchObject({ actor, verdict: 'didNotHappen', reason: expect.stringMatching(/^r{80,}$/) });
});

it('an item that no person settled has none', () => {
  const result = { kind: 'inline', value: 1 } as const;
  for (const item of [
    begun,
    doubtful,
    resolved('sendAgain', 'ada', 'again'),
    after(begun, { kind: 'done', fence: 1, result, trust: 'trusted' }),
    after(doubtful, { kind: 'lateEvidence', fence: 1, result, trust: 'trusted' }),
    // The provider's words read like a verdict.
    after(begun, {
      kind: 'fail',
      fence: 1,
      effect: { class: 'N' },
      failure: { class: 'bug', message: 'didNotHappen: x' },
    }),
  ]) {
    expect(humanResolutionOf(item)).toBeUndefined();
  }
});
