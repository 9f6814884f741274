import type { Effect, LedgerRef, StoredValue } from '../../core/model/effect.ts';
import type { Failure } from '../../core/model/failure.ts';
import type { LedgerCommand } from '../../core/model/protocol.ts';

export const startMs = 1_790_000_000_000;
export const leaseMs = 30_000;
export const minuteMs = 60_000;
export const keyTtlMs = 10 * minuteMs;

export const P: Effect = { class: 'P' };
export const K: Effect = { class: 'K', keyTtlMs };
export const Q: Effect = { class: 'Q', settleMs: 5_000 };
export const N: Effect = { class: 'N' };

export const args = { argsHash: 'a'.repeat(64), skillHash: 's'.repeat(64) };
export const otherArgs = { ...args, argsHash: 'b'.repeat(64) };
export const result: StoredValue = { kind: 'inline', value: { booking: 'H-1', nights: [1, 2.5], note: '' } };
export const forbidden: Failure = { class: 'denied', message: '403 from the provider' };
const reset: Failure = { class: 'transient', message: 'connection reset' };

/** Commands on one step, at times in milliseconds after the start of the story. */
export type Story = readonly (readonly [atMs: number, command: LedgerCommand])[];

/** The moment of a story's milliseconds. */
export function momentOf(atMs: number): number {
  return startMs + atMs;
}

/** Every command on the step that `ref` names, and how a step comes to stand where a row begins. */
export function storiesOf(ref: LedgerRef) {
  const hold = (owner: string, atMs: number): { owner: string; leaseUntilMs: number } => ({
    owner,
    leaseUntilMs: startMs + atMs + leaseMs,
  });
  const claim = (owner: string): LedgerCommand => ({ kind: 'claim', ref, occurrence: 1, ...hold(owner, 0), ...args });
  const begin = (owner: string): LedgerCommand => ({ kind: 'begin', ref, occurrence: 1, ...hold(owner, 0), ...args });
  const steal = (owner: string): LedgerCommand => ({ kind: 'steal', fence: 1, ...hold(owner, minuteMs) });
  const intent = (owner: string, fence = 1): LedgerCommand => ({ kind: 'intent', fence, ...hold(owner, 10), ...args });
  const takeover =
    (effect: Effect, fence = 1, atMs = minuteMs) =>
    (owner: string): LedgerCommand => ({ kind: 'takeover', fence, effect, ...hold(owner, atMs), ...args });
  const fail = (effect: Effect, fence: number): LedgerCommand => ({ kind: 'fail', fence, effect, failure: forbidden });
  const done = (fence: number): LedgerCommand => ({ kind: 'done', fence, result, trust: 'trusted' });
  const doubt = (fence: number): LedgerCommand => ({ kind: 'doubt', fence, failure: reset });
  const release = (fence: number, lastSend: 'unknown' | 'notDone'): LedgerCommand => ({
    kind: 'release',
    fence,
    failure: reset,
    lastSend,
    retryAtMs: startMs + 2_000,
  });
  const resend = (owner: string): LedgerCommand => ({
    kind: 'resend',
    fence: 2,
    detail: 'absent',
    ...hold(owner, 2 * minuteMs),
  });
  const lateEvidence: LedgerCommand = { kind: 'lateEvidence', fence: 1, result, trust: 'trusted' };
  const resolve = (
    kind: 'happened' | 'didNotHappen' | 'sendAgain',
    fence = 1,
  ): Extract<LedgerCommand, { kind: 'resolve' }> => ({
    kind: 'resolve',
    fence,
    actor: 'ops@example.com',
    reason: 'asked the hotel',
    verdict: kind === 'happened' ? { kind, result, trust: 'trusted' } : { kind },
  });
  const lookAgain =
    (effect: Effect, atMs: number) =>
    (owner: string): LedgerCommand => ({ kind: 'lookAgain', fence: 1, effect, ...hold(owner, atMs) });
  const denial = { class: 'denied', message: 'ada rejected it', rejectedBy: 'ada' } as const;
  const refuse: LedgerCommand = { kind: 'refuse', ref, occurrence: 1, failure: denial };
  const cancel: Extract<LedgerCommand, { kind: 'cancel' }> = {
    kind: 'cancel',
    ref,
    occurrence: 1,
    by: 'ops@example.com',
  };
  const reopen =
    (fence: number, occurrence = 2) =>
    (owner: string): LedgerCommand => ({ kind: 'reopen', fence, occurrence, ...hold(owner, minuteMs), ...otherArgs });

  const begun: Story = [[0, begin('first')]];
  const claimed: Story = [[0, claim('first')]];
  const inDoubt: Story = [...begun, [minuteMs, takeover(N)('second')]];
  const sentTwice: Story = [...begun, [minuteMs, takeover(K)('second')]];
  const looking: Story = [...begun, [minuteMs, takeover(Q)('second')]];

  return {
    hold,
    claim,
    begin,
    steal,
    intent,
    takeover,
    fail,
    done,
    doubt,
    release,
    resend,
    lateEvidence,
    lookAgain,
    resolve,
    cancel,
    refuse,
    denial,
    reopen,
    begun,
    claimed,
    inDoubt,
    sentTwice,
    looking,
  };
}
