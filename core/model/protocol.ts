import type { Effect, Evidence, LedgerItem, LedgerRef, StoredValue } from './effect.ts';
import { effectKey } from './effect.ts';
import type { Failure } from './failure.ts';

const keptEvidence = 8;
const keptDetailCharacters = 240;
/** A failure is part of the item, and an item that outgrows the store could never be settled. */
const keptMessageCharacters = 1_000;
/** Clocks of two workers may differ by this much. */
export const clockSkewMs = 1_000;

/** Who does it, until when at most. `leaseUntilMs` is the worker's hard deadline plus skew. */
interface Hold {
  readonly owner: string;
  readonly leaseUntilMs: number;
}

interface Arguments {
  readonly argsHash: string;
  readonly skillHash: string;
}

/** Everything that may be asked of a ledger item. DESIGN section 6 names the conditions; ADR 0002 the additions. */
export type LedgerCommand =
  | ({ readonly kind: 'claim'; readonly ref: LedgerRef; readonly occurrence: number } & Hold & Arguments)
  | ({ readonly kind: 'begin'; readonly ref: LedgerRef; readonly occurrence: number } & Hold & Arguments)
  | ({ readonly kind: 'steal'; readonly fence: number } & Hold)
  | ({ readonly kind: 'intent'; readonly fence: number } & Hold & Arguments)
  | ({ readonly kind: 'takeover'; readonly fence: number; readonly effect: Effect } & Hold & Arguments)
  | ({ readonly kind: 'resend'; readonly fence: number; readonly detail: string } & Hold)
  | { readonly kind: 'done'; readonly fence: number; readonly result: StoredValue; readonly detail?: string }
  | { readonly kind: 'fail'; readonly fence: number; readonly effect: Effect; readonly failure: Failure }
  | {
      readonly kind: 'release';
      readonly fence: number;
      readonly failure: Failure;
      readonly lastSend: 'unknown' | 'notDone';
      readonly retryAtMs: number;
      readonly looking?: boolean;
    }
  | { readonly kind: 'doubt'; readonly fence: number; readonly failure: Failure }
  | { readonly kind: 'lateEvidence'; readonly fence: number; readonly result: StoredValue }
  | {
      readonly kind: 'resolve';
      readonly fence: number;
      readonly actor: string;
      readonly reason: string;
      readonly verdict:
        | { readonly kind: 'happened'; readonly result: StoredValue }
        | { readonly kind: 'didNotHappen' }
        | { readonly kind: 'sendAgain' };
    }
  | { readonly kind: 'cancel'; readonly ref: LedgerRef; readonly occurrence: number; readonly by: string }
  | ({ readonly kind: 'reopen'; readonly fence: number; readonly occurrence: number } & Hold & Arguments);

/** Why a command may not be carried out on the item as it stands. */
export type Refusal = 'absent' | 'exists' | 'fenced' | 'leased' | 'wrongStatus' | 'otherArguments' | 'sameOccurrence';

export type Transition =
  | { readonly ok: true; readonly next: LedgerItem }
  | { readonly ok: false; readonly refusal: Refusal };

const no = (refusal: Refusal): Transition => ({ ok: false, refusal });

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
  if (command.kind === 'claim' || command.kind === 'begin') {
    if (item) return no('exists');
    return { ok: true, next: first(command, nowMs, writeToken) };
  }
  if (command.kind === 'cancel') {
    if (item && item.status !== 'CLAIMED') return no('wrongStatus');
    const identity = item
      ? { ...identityOf(item), fence: item.fence + 1 }
      : fresh(command.ref, command.occurrence, { argsHash: '', skillHash: '' });
    return {
      ok: true,
      next: { ...identity, writeToken, status: 'CANCELED', evidence: noted(identity, 'human', command.by, nowMs) },
    };
  }
  if (!item) return no('absent');
  if (item.fence !== command.fence) return no('fenced');
  const identity = { ...identityOf(item), writeToken };

  switch (command.kind) {
    case 'steal':
      if (item.status !== 'CLAIMED') return no('wrongStatus');
      if (item.leaseUntilMs > nowMs) return no('leased');
      return { ok: true, next: { ...identity, ...hold(command), status: 'CLAIMED', fence: item.fence + 1 } };

    case 'intent':
      if (item.status !== 'CLAIMED') return no('wrongStatus');
      if (item.owner !== command.owner) return no('fenced');
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
      if (item.status !== 'VERIFY') return no('wrongStatus');
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
      if (item.status !== 'INTENT' && item.status !== 'VERIFY') return no('wrongStatus');
      return {
        ok: true,
        next: {
          ...identity,
          status: 'DONE',
          result: command.result,
          evidence: command.detail === undefined ? item.evidence : noted(item, 'lookup', command.detail, nowMs),
        },
      };

    case 'fail': {
      if (item.status !== 'INTENT' && item.status !== 'VERIFY' && item.status !== 'CLAIMED') return no('wrongStatus');
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
      if (item.status !== 'INTENT' && item.status !== 'VERIFY' && item.status !== 'CLAIMED') return no('wrongStatus');
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

    case 'doubt':
      if (item.status !== 'INTENT' && item.status !== 'VERIFY') return no('wrongStatus');
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

    case 'lateEvidence':
      if (item.status !== 'IN_DOUBT') return no('wrongStatus');
      return {
        ok: true,
        next: {
          ...identity,
          status: 'DONE',
          result: command.result,
          evidence: noted(item, 'late', 'the worker reported success after it had been given up', nowMs),
        },
      };

    case 'resolve':
      return resolve(item, command, nowMs, identity);

    case 'reopen':
      if (item.status !== 'FAILED' && item.status !== 'CANCELED') return no('wrongStatus');
      if (command.occurrence <= item.occurrence) return no('sameOccurrence');
      return {
        ok: true,
        next: {
          ...identity,
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

function takeover(
  item: LedgerItem,
  command: Extract<LedgerCommand, { kind: 'takeover' }>,
  nowMs: number,
  identity: Identity,
): Transition {
  if (item.status !== 'INTENT' && item.status !== 'VERIFY') return no('wrongStatus');
  if (item.leaseUntilMs > nowMs) return no('leased');
  // The bytes that may already be with the provider are frozen; other bytes under the same key would be a second effect.
  if (item.argsHash !== command.argsHash && command.effect.class !== 'P') return no('otherArguments');

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

function resolve(
  item: LedgerItem,
  command: Extract<LedgerCommand, { kind: 'resolve' }>,
  nowMs: number,
  identity: Identity,
): Transition {
  if (item.status !== 'IN_DOUBT') return no('wrongStatus');
  const evidence = noted(item, 'human', `${command.actor}: ${command.verdict.kind}: ${command.reason}`, nowMs);
  switch (command.verdict.kind) {
    case 'happened':
      return { ok: true, next: { ...identity, status: 'DONE', result: command.verdict.result, evidence } };
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

type Identity = Omit<LedgerItem, 'status' | 'owner' | 'leaseUntilMs' | 'result' | 'failure'>;

function identityOf(item: LedgerItem): Identity {
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
  };
}

function fresh(ref: LedgerRef, occurrence: number, args: Arguments): Identity {
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

function first(
  command: Extract<LedgerCommand, { kind: 'claim' | 'begin' }>,
  nowMs: number,
  writeToken: string,
): LedgerItem {
  const identity = { ...fresh(command.ref, command.occurrence, command), ...hold(command), writeToken };
  if (command.kind === 'claim') return { ...identity, status: 'CLAIMED' };
  return { ...identity, status: 'INTENT', sends: 1, firstIntentAtMs: nowMs, sendBoundMs: command.leaseUntilMs };
}

/** Sends of this key with an unknown outcome, the last one included. */
function unknownSendsOf(item: Extract<LedgerItem, { status: 'INTENT' | 'VERIFY' }>): number {
  return item.unknownSends + (item.status === 'INTENT' && item.lastSend !== 'notDone' ? 1 : 0);
}

function shortened(failure: Failure): Failure {
  return { class: failure.class, message: failure.message.slice(0, keptMessageCharacters) };
}

function hold(command: Hold): Hold {
  return { owner: command.owner, leaseUntilMs: command.leaseUntilMs };
}

function noted(
  item: { readonly fence: number; readonly evidence: readonly Evidence[] },
  kind: Evidence['kind'],
  detail: string,
  nowMs: number,
): Evidence[] {
  const entry = { atMs: nowMs, fence: item.fence, kind, detail: detail.slice(0, keptDetailCharacters) };
  return [...item.evidence, entry].slice(-keptEvidence);
}
