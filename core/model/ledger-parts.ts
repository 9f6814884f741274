import type { EarlierTry, Evidence, LedgerItem, LedgerRef } from './effect.ts';
import { effectKey } from './effect.ts';
import type { Failure } from './failure.ts';
import type { Arguments, Hold, LedgerCommand, Refusal, Transition, DoneResult } from './ledger-command.ts';

const keptEvidence = 8;
const keptDetailCharacters = 240;
/** A failure is part of the item, and an item that outgrows the store could never be settled. */
const keptMessageCharacters = 1_000;
/** Clocks of two workers may differ by this much. */
export const clockSkewMs = 1_000;

export type Identity = Omit<LedgerItem, 'status' | 'owner' | 'leaseUntilMs' | 'result' | 'failure'>;

export function identityOf(item: LedgerItem): Identity {
  return {
    tenantId: item.tenantId,
    skill: item.skill,
    runId: item.runId,
    stepId: item.stepId,
    direction: item.direction,
    fence: item.fence,
    writeToken: item.writeToken,
    effectKey: item.effectKey,
    occurrence: item.occurrence,
    argsHash: item.argsHash,
    skillHash: item.skillHash,
    sends: item.sends,
    unknownSends: item.unknownSends,
    firstIntentAtMs: item.firstIntentAtMs,
    evidence: item.evidence,
    ...(item.earlier === undefined ? {} : { earlier: item.earlier }),
  };
}

type Ended = Extract<LedgerItem, { status: 'FAILED' | 'CANCELED' }>;

/** What an item keeps of an occurrence when the next one takes its place. */
export function followed(item: Ended, nowMs: number): Pick<Identity, 'evidence' | 'earlier'> {
  const { occurrence, fence, sends, firstIntentAtMs, endedAtMs = nowMs, evidence, earlier = [] } = item;
  const ended: EarlierTry = {
    ...{ occurrence, fence, sends, endedAtMs },
    ...(firstIntentAtMs === undefined ? {} : { firstIntentAtMs }),
    ...(item.status === 'CANCELED' ? { canceled: true } : {}),
  };
  return { evidence, earlier: [...earlier, ended].slice(-keptEvidence) };
}

export function fresh(ref: LedgerRef, occurrence: number, args: Arguments): Identity {
  return {
    tenantId: ref.tenantId,
    skill: ref.skill,
    runId: ref.runId,
    stepId: ref.stepId,
    direction: ref.direction,
    fence: 1,
    writeToken: '',
    effectKey: effectKey(ref, occurrence),
    occurrence,
    argsHash: args.argsHash,
    skillHash: args.skillHash,
    sends: 0,
    unknownSends: 0,
    evidence: [],
  };
}

export function first(
  command: Extract<LedgerCommand, { kind: 'claim' | 'begin' }>,
  nowMs: number,
  writeToken: string,
): LedgerItem {
  const identity = { ...fresh(command.ref, command.occurrence, command), ...hold(command), writeToken };
  if (command.kind === 'claim') return { ...identity, status: 'CLAIMED' };
  return { ...identity, status: 'INTENT', sends: 1, firstIntentAtMs: nowMs, sendBoundMs: command.leaseUntilMs };
}

/** Sends of this key with an unknown outcome, the last one included. */
export function unknownSendsOf(item: Extract<LedgerItem, { status: 'INTENT' | 'VERIFY' }>): number {
  const isOpen = item.status === 'INTENT' && item.lastSend !== 'notDone' && item.lastSend !== 'goesOn';
  return item.unknownSends + (isOpen ? 1 : 0);
}

export function shortened(failure: Failure): Failure {
  return { ...failure, message: failure.message.slice(0, keptMessageCharacters) };
}

export function hold(command: Hold): Hold {
  return { owner: command.owner, leaseUntilMs: command.leaseUntilMs };
}

export function noted(
  item: { readonly fence: number; readonly evidence: readonly Evidence[] },
  kind: Evidence['kind'],
  detail: string,
  nowMs: number,
): Evidence[] {
  const entry = { atMs: nowMs, fence: item.fence, kind, detail: detail.slice(0, keptDetailCharacters) };
  return [...item.evidence, entry].slice(-keptEvidence);
}

export function refused(refusal: Refusal): Transition {
  return { ok: false, refusal };
}

export function given({ result, trust, argumentTrust }: DoneResult): DoneResult {
  return { result, trust, ...(argumentTrust === undefined || argumentTrust === trust ? {} : { argumentTrust }) };
}
