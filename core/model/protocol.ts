import type { LedgerItem } from './effect.ts';
import { effectKey } from './effect.ts';
import { resolutionDetail } from './human-resolution.ts';
import type { LedgerCommand, Transition } from './ledger-command.ts';
import type { Identity } from './ledger-parts.ts';
import {
  clockSkewMs,
  first,
  followed,
  given,
  hold,
  identityOf,
  noted,
  refused,
  shortened,
  unknownSendsOf,
} from './ledger-parts.ts';
import { takeover } from './takeover.ts';
import { close, provide } from './unsent-step.ts';

export type { LedgerCommand, Refusal, Transition } from './ledger-command.ts';
export { clockSkewMs } from './ledger-parts.ts';

/**
 * The step protocol as a pure function: what the item becomes, or why not.
 * Time is compared here, against the item that the write is conditional on; expiry by the store is never relied on.
 *
 * @param item the item as read, or undefined when there is none
 * @param writeToken fresh for this write
 */
export function transition(
  item: LedgerItem | undefined,
  command: LedgerCommand,
  nowMs: number,
  writeToken: string,
): Transition {
  const made = moved(item, command, nowMs, writeToken);
  return made.ok ? { ok: true, next: dated(made.next, nowMs) } : made;
}

function moved(item: LedgerItem | undefined, command: LedgerCommand, nowMs: number, writeToken: string): Transition {
  if (command.kind === 'claim' || command.kind === 'begin') {
    if (item) return refused('exists');
    return { ok: true, next: first(command, nowMs, writeToken) };
  }
  if (command.kind === 'cancel' || command.kind === 'refuse') return close(item, command, nowMs, writeToken);
  if (command.kind === 'provide') return provide(item, command, nowMs, writeToken);
  if (!item) return refused('absent');
  if (item.fence !== command.fence) return refused('fenced');
  const identity = { ...identityOf(item), writeToken };

  switch (command.kind) {
    case 'steal':
      if (item.status !== 'CLAIMED') return refused('wrongStatus');
      if (item.leaseUntilMs > nowMs) return refused('leased');
      return { ok: true, next: { ...identity, ...hold(command), status: 'CLAIMED', fence: item.fence + 1 } };

    case 'intent':
      if (item.status !== 'CLAIMED') return refused('wrongStatus');
      if (item.owner !== command.owner) return refused('fenced');
      return {
        ok: true,
        next: {
          ...identity,
          ...hold(command),
          status: 'INTENT',
          argsHash: command.argsHash,
          skillHash: command.skillHash,
          sends: item.sends + 1,
          sendBoundMs: command.leaseUntilMs,
          firstIntentAtMs: item.firstIntentAtMs ?? nowMs,
        },
      };

    case 'takeover':
      return takeover(item, command, nowMs, identity);

    case 'resend':
      if (item.status !== 'VERIFY') return refused('wrongStatus');
      return {
        ok: true,
        next: {
          ...identity,
          ...hold(command),
          status: 'INTENT',
          sends: item.sends + 1,
          // The lookup proved that no earlier send took effect.
          unknownSends: 0,
          sendBoundMs: command.leaseUntilMs,
          evidence: noted(item, 'lookup', command.detail, nowMs),
        },
      };

    case 'done':
      if (item.status !== 'INTENT' && item.status !== 'VERIFY') return refused('wrongStatus');
      return {
        ok: true,
        next: {
          ...identity,
          status: 'DONE',
          ...given(command),
          evidence: command.detail === undefined ? item.evidence : noted(item, 'lookup', command.detail, nowMs),
        },
      };

    case 'fail': {
      if (item.status !== 'INTENT' && item.status !== 'VERIFY' && item.status !== 'CLAIMED')
        return refused('wrongStatus');
      const provenNotDone = command.effect.class === 'P' || item.status === 'VERIFY' || item.unknownSends === 0;
      return {
        ok: true,
        next: {
          ...identity,
          status: provenNotDone ? 'FAILED' : 'IN_DOUBT',
          failure: shortened(command.failure),
          evidence: noted(item, 'failure', `${command.failure.class}: ${command.failure.message}`, nowMs),
        },
      };
    }

    case 'release': {
      if (item.status !== 'INTENT' && item.status !== 'VERIFY' && item.status !== 'CLAIMED')
        return refused('wrongStatus');
      const evidence = noted(
        item,
        command.looking ? 'lookup' : 'failure',
        `${command.failure.class}: ${command.failure.message}`,
        nowMs,
      );
      if (item.status === 'CLAIMED') {
        return { ok: true, next: { ...item, writeToken, leaseUntilMs: command.retryAtMs, evidence } };
      }
      return {
        ok: true,
        next: {
          ...item,
          writeToken,
          leaseUntilMs: command.retryAtMs,
          lastSend: command.lastSend,
          // Whoever reads this bound may have a clock that is ahead of this one.
          sendBoundMs: command.looking ? item.sendBoundMs : Math.min(item.sendBoundMs, nowMs + clockSkewMs),
          evidence,
        },
      };
    }

    case 'park':
      if (item.status !== 'INTENT' && item.status !== 'VERIFY') return refused('wrongStatus');
      return {
        ok: true,
        next: { ...item, writeToken, leaseUntilMs: nowMs, lastSend: 'goesOn', sendBoundMs: nowMs + clockSkewMs },
      };

    case 'doubt':
      if (item.status !== 'INTENT' && item.status !== 'VERIFY') return refused('wrongStatus');
      return {
        ok: true,
        next: {
          ...identity,
          status: 'IN_DOUBT',
          // The send that is given up stays open, also when a person has it sent again.
          unknownSends: unknownSendsOf(item),
          failure: shortened(command.failure),
          evidence: noted(item, 'failure', `${command.failure.class}: ${command.failure.message}`, nowMs),
        },
      };

    case 'lookAgain':
      if (item.status !== 'IN_DOUBT' || command.effect.class !== 'Q') return refused('wrongStatus');
      return {
        ok: true,
        // Whoever sent it was given up after its deadline, so the send cannot leave any more.
        next: {
          ...identity,
          ...hold(command),
          status: 'VERIFY',
          fence: item.fence + 1,
          sendBoundMs: nowMs + clockSkewMs,
        },
      };

    case 'lateEvidence':
      if (item.status !== 'IN_DOUBT') return refused('wrongStatus');
      return {
        ok: true,
        next: {
          ...identity,
          status: 'DONE',
          ...given(command),
          evidence: noted(item, 'late', 'the worker reported success after it had been given up', nowMs),
        },
      };

    case 'resolve':
      return resolve(item, command, nowMs, identity);

    case 'reopen':
      if (item.status !== 'FAILED' && item.status !== 'CANCELED') return refused('wrongStatus');
      if (command.occurrence <= item.occurrence) return refused('sameOccurrence');
      return {
        ok: true,
        next: {
          ...identity,
          ...followed(item, nowMs),
          ...hold(command),
          status: 'CLAIMED',
          fence: item.fence + 1,
          occurrence: command.occurrence,
          effectKey: effectKey(item, command.occurrence),
          argsHash: command.argsHash,
          skillHash: command.skillHash,
          sends: 0,
          unknownSends: 0,
          firstIntentAtMs: undefined,
        },
      };
  }
}

/** Tells of an end when it was. */
function dated(next: LedgerItem, nowMs: number): LedgerItem {
  switch (next.status) {
    case 'CLAIMED':
    case 'INTENT':
    case 'VERIFY':
      return next;
    case 'DONE':
    case 'FAILED':
    case 'IN_DOUBT':
    case 'CANCELED':
      return { ...next, endedAtMs: nowMs };
  }
}

function resolve(
  item: LedgerItem,
  command: Extract<LedgerCommand, { kind: 'resolve' }>,
  nowMs: number,
  identity: Identity,
): Transition {
  if (item.status !== 'IN_DOUBT') return refused('wrongStatus');
  const evidence = noted(item, 'human', resolutionDetail(command), nowMs);
  switch (command.verdict.kind) {
    case 'happened':
      return {
        ok: true,
        next: { ...identity, status: 'DONE', ...given(command.verdict), evidence },
      };
    case 'didNotHappen':
      return { ok: true, next: { ...identity, status: 'FAILED', failure: item.failure, evidence } };
    case 'sendAgain':
      return {
        ok: true,
        next: {
          ...identity,
          status: 'INTENT',
          fence: item.fence + 1,
          owner: command.actor,
          leaseUntilMs: nowMs,
          lastSend: 'notDone',
          sendBoundMs: nowMs,
          sendGranted: true,
          evidence,
        },
      };
  }
}
