import type { LedgerItem } from './effect.ts';
import { resolutionDetail } from './human-resolution.ts';
import type { LedgerCommand, Transition } from './ledger-command.ts';
import type { Identity } from './ledger-parts.ts';
import { followed, fresh, given, identityOf, noted, refused, shortened } from './ledger-parts.ts';

/** What was not begun, or has failed for certain, is done as a person says. What may have happened is theirs to attest. */
export function provide(
  item: LedgerItem | undefined,
  command: Extract<LedgerCommand, { kind: 'provide' }>,
  nowMs: number,
  writeToken: string,
): Transition {
  if (item && item.status !== 'CLAIMED' && item.status !== 'FAILED' && item.status !== 'CANCELED')
    return refused('wrongStatus');
  const { ref, occurrence, actor, reason } = command;
  const before = item ? identityOf(item) : fresh(ref, occurrence, { argsHash: '', skillHash: '' });
  const identity = { ...before, occurrence: Math.max(before.occurrence, occurrence), writeToken };
  const detail = resolutionDetail({ actor, verdict: { kind: 'happened' }, reason });
  return {
    ok: true,
    next: {
      ...identity,
      fence: item ? item.fence + 1 : identity.fence,
      status: 'DONE',
      ...given(command),
      evidence: noted(identity, 'human', detail, nowMs),
    },
  };
}

/** Closes what nobody has begun: a step without an item, one that is only claimed, or another occurrence of one that has ended. */
export function close(
  item: LedgerItem | undefined,
  command: Extract<LedgerCommand, { kind: 'cancel' | 'refuse' }>,
  nowMs: number,
  writeToken: string,
): Transition {
  const { ref, occurrence } = command;
  let identity: Identity;
  if (!item) identity = fresh(ref, occurrence, { argsHash: '', skillHash: '' });
  else if (item.status === 'CLAIMED') identity = { ...identityOf(item), fence: item.fence + 1 };
  else if ((item.status === 'FAILED' || item.status === 'CANCELED') && occurrence > item.occurrence) {
    identity = { ...fresh(ref, occurrence, item), fence: item.fence + 1, ...followed(item, nowMs) };
  } else return refused('wrongStatus');
  if (command.kind === 'cancel') {
    const evidence = noted(identity, 'human', command.by, nowMs);
    return { ok: true, next: { ...identity, writeToken, status: 'CANCELED', evidence } };
  }
  const failure = shortened(command.failure);
  const evidence = noted(identity, 'failure', `${failure.class}: ${failure.message}`, nowMs);
  return { ok: true, next: { ...identity, writeToken, status: 'FAILED', failure, evidence } };
}
