import { expect, it } from 'vitest';
import type { LedgerItem } from './effect.ts';
import { humanResolutionOf } from './human-resolution.ts';
import { transition } from './protocol.ts';

const ref = { tenantId: 'acme', skill: 'Desk:v1', runId: 'run-1', stepId: 'tell', direction: 'F' } as const;
const hold = { owner: 'w', leaseUntilMs: 100, argsHash: 'a', skillHash: 's' };
const effect = { class: 'N' } as const;
const failure = { class: 'bug', message: 'no' } as const;
const provide = {
  kind: 'provide',
  ref,
  occurrence: 1,
  actor: 'ada',
  reason: 'by hand',
  result: { kind: 'inline', value: { said: 'x' } },
  trust: 'trusted',
} as const;

function after(...commands: readonly Parameters<typeof transition>[1][]): LedgerItem | undefined {
  return commands.reduce<LedgerItem | undefined>((item, command) => {
    const moved = transition(item, command, 1, 'token');
    if (!moved.ok) throw new Error(moved.refusal);
    return moved.next;
  }, undefined);
}

const claimed = { kind: 'claim', ref, occurrence: 1, ...hold } as const;
const begun = { kind: 'begin', ref, occurrence: 1, ...hold } as const;

it.each([
  ['was never begun', after()],
  ['is only claimed', after(claimed)],
  ['has failed for certain', after(begun, { kind: 'fail', fence: 1, effect, failure })],
  ['was closed', after({ kind: 'cancel', ref, occurrence: 1, by: 'ada' })],
])('what %s is done as a person says, and whoever held it has lost it', (_, item) => {
  const moved = transition(item, provide, 2, 'next');
  expect(moved).toMatchObject({ ok: true, next: { status: 'DONE', result: provide.result, trust: 'trusted' } });
  if (!moved.ok) return;
  expect(moved.next.fence).toBe((item?.fence ?? 0) + 1);
  expect(humanResolutionOf(moved.next)).toEqual({ actor: 'ada', verdict: 'happened', reason: 'by hand' });
});

it.each([
  ['has begun', after(begun)],
  ['is in doubt', after(begun, { kind: 'doubt', fence: 1, failure })],
  ['is done', after(begun, { kind: 'done', fence: 1, result: provide.result, trust: 'trusted' })],
])('what %s is not to be provided', (_, item) => {
  expect(transition(item, provide, 2, 'next')).toEqual({ ok: false, refusal: 'wrongStatus' });
});
