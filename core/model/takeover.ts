import type { LedgerItem } from './effect.ts';
import type { LedgerCommand, Transition } from './ledger-command.ts';
import type { Identity } from './ledger-parts.ts';
import { hold, noted, refused, unknownSendsOf } from './ledger-parts.ts';

/** A step whose worker is gone changes hands; what the new one may do depends on the class of the effect. */
export function takeover(
  item: LedgerItem,
  command: Extract<LedgerCommand, { kind: 'takeover' }>,
  nowMs: number,
  identity: Identity,
): Transition {
  if (item.status !== 'INTENT' && item.status !== 'VERIFY') return refused('wrongStatus');
  if (item.leaseUntilMs > nowMs) return refused('leased');
  // The bytes that may already be with the provider are frozen; other bytes under the same key would be a second effect.
  if (item.argsHash !== command.argsHash && command.effect.class !== 'P') return refused('otherArguments');

  const crashed = item.lastSend === undefined && item.status === 'INTENT';
  const unknownSends = unknownSendsOf(item);
  const evidence = crashed
    ? noted(item, 'crash', 'the worker ended without saying what became of its send', nowMs)
    : item.evidence;
  const again: Transition = {
    ok: true,
    next: {
      ...identity,
      ...hold(command),
      status: 'INTENT',
      fence: item.fence + 1,
      argsHash: command.argsHash,
      skillHash: command.skillHash,
      sends: item.sends + 1,
      unknownSends,
      sendBoundMs: command.leaseUntilMs,
      evidence,
    },
  };
  if (item.sendGranted) return again;

  switch (command.effect.class) {
    case 'P':
      return again;
    case 'Q':
      // Nothing can be there yet, so there is nothing to look for.
      if (item.status === 'INTENT' && item.lastSend === 'notDone' && unknownSends === 0) return again;
      return {
        ok: true,
        next: {
          ...identity,
          ...hold(command),
          status: 'VERIFY',
          fence: item.fence + 1,
          unknownSends,
          sendBoundMs: item.sendBoundMs,
          evidence,
        },
      };
    case 'K':
      // The send may leave as late as the lease ends, and the provider has to know the key then.
      if (unknownSends === 0 || command.leaseUntilMs <= (item.firstIntentAtMs ?? 0) + command.effect.keyTtlMs) {
        return again;
      }
      break;
    case 'N':
      if (unknownSends === 0) return again;
      break;
  }
  // The fence stays: the worker that was given up may still bring late evidence under it.
  const why =
    command.effect.class === 'K'
      ? 'the provider no longer remembers the key of a send whose outcome is unknown'
      : 'a send has an unknown outcome, and the provider can neither deduplicate nor look it up';
  return {
    ok: true,
    next: { ...identity, unknownSends, status: 'IN_DOUBT', failure: { class: 'inDoubt', message: why }, evidence },
  };
}
