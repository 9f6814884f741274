import type { LedgerItem, LedgerRef } from '../../core/model/effect.ts';
import { effectKey } from '../../core/model/effect.ts';
import type { LedgerCommand } from '../../core/model/protocol.ts';
import type { Story } from './ledger-stories.ts';
import {
  leaseMs,
  minuteMs,
  keyTtlMs,
  K,
  N,
  P,
  Q,
  args,
  otherArgs,
  forbidden,
  result,
  startMs,
  storiesOf,
} from './ledger-stories.ts';

/** One row of the table of DESIGN section 6: how the item came to stand there, and what a worker does to it. */
export interface Row {
  readonly name: string;
  readonly story: Story;
  readonly atMs: number;
  readonly command: (owner: string) => LedgerCommand;
  readonly becomes: Partial<LedgerItem> & Pick<LedgerItem, 'status' | 'fence'>;
}

/** Every transition of the protocol, for the step that `ref` names. */
export function ledgerRows(ref: LedgerRef): Row[] {
  const {
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
    resolve,
    cancel,
    reopen,
    begun,
    claimed,
    inDoubt,
    sentTwice,
    looking,
  } = storiesOf(ref);
  return [
    { name: 'claim', story: [], atMs: 0, command: claim, becomes: { status: 'CLAIMED', fence: 1, sends: 0 } },
    {
      name: 'claim and intent in one',
      story: [],
      atMs: 0,
      command: begin,
      becomes: { status: 'INTENT', fence: 1, sends: 1, unknownSends: 0, firstIntentAtMs: startMs },
    },
    { name: 'steal', story: claimed, atMs: minuteMs, command: steal, becomes: { status: 'CLAIMED', fence: 2 } },
    {
      name: 'intent',
      story: claimed,
      atMs: 10,
      command: () => intent('first'),
      becomes: { status: 'INTENT', fence: 1, sends: 1, argsHash: args.argsHash },
    },
    {
      name: 'intent after a steal',
      story: [...claimed, [minuteMs, steal('second')]],
      atMs: minuteMs + 10,
      command: () => intent('second', 2),
      becomes: { status: 'INTENT', fence: 2, sends: 1 },
    },
    {
      name: 'takeover P',
      story: begun,
      atMs: minuteMs,
      command: takeover(P),
      becomes: { status: 'INTENT', fence: 2, sends: 2 },
    },
    {
      name: 'takeover K while the key lives',
      story: begun,
      atMs: minuteMs,
      command: takeover(K),
      becomes: { status: 'INTENT', fence: 2, sends: 2, unknownSends: 1, effectKey: effectKey(ref, 1) },
    },
    {
      name: 'takeover K after its key expired',
      story: begun,
      atMs: keyTtlMs,
      command: takeover(K, 1, keyTtlMs),
      becomes: { status: 'IN_DOUBT', fence: 1, sends: 1, unknownSends: 1 },
    },
    {
      name: 'takeover K when the key would expire within the lease',
      story: begun,
      atMs: keyTtlMs - 1_000,
      command: takeover(K, 1, keyTtlMs - 1_000),
      becomes: { status: 'IN_DOUBT', fence: 1, sends: 1 },
    },
    {
      name: 'takeover Q from INTENT',
      story: begun,
      atMs: minuteMs,
      command: takeover(Q),
      becomes: { status: 'VERIFY', fence: 2, sends: 1, unknownSends: 1, sendBoundMs: startMs + leaseMs },
    },
    {
      name: 'takeover Q from VERIFY',
      story: looking,
      atMs: 2 * minuteMs,
      command: takeover(Q, 2, 2 * minuteMs),
      becomes: { status: 'VERIFY', fence: 3, sends: 1, unknownSends: 1, sendBoundMs: startMs + leaseMs },
    },
    {
      name: 'takeover N',
      story: begun,
      atMs: minuteMs,
      command: takeover(N),
      becomes: { status: 'IN_DOUBT', fence: 1, sends: 1, unknownSends: 1 },
    },
    {
      name: 'takeover N of a send that is known not to have happened',
      story: [...begun, [1_000, release(1, 'notDone')]],
      atMs: minuteMs,
      command: takeover(N),
      becomes: { status: 'INTENT', fence: 2, sends: 2, unknownSends: 0 },
    },
    {
      name: 'verify: found',
      story: looking,
      atMs: minuteMs + 10,
      command: () => ({ kind: 'done', fence: 2, result, detail: 'found by lookup' }),
      becomes: { status: 'DONE', fence: 2, result },
    },
    {
      name: 'verify: absent',
      story: looking,
      atMs: minuteMs + 10,
      command: resend,
      becomes: { status: 'INTENT', fence: 2, sends: 2, unknownSends: 0 },
    },
    {
      name: 'verify: unknown',
      story: looking,
      atMs: minuteMs + 10,
      command: () => doubt(2),
      becomes: { status: 'IN_DOUBT', fence: 2, unknownSends: 1 },
    },
    {
      name: 'verify: let go to look again',
      story: looking,
      atMs: minuteMs + 10,
      command: () => ({ ...release(2, 'unknown'), looking: true }) as LedgerCommand,
      becomes: { status: 'VERIFY', fence: 2, sendBoundMs: startMs + leaseMs },
    },
    { name: 'done', story: begun, atMs: 100, command: () => done(1), becomes: { status: 'DONE', fence: 1, result } },
    {
      name: 'fail of the only send',
      story: begun,
      atMs: 100,
      command: () => fail(K, 1),
      becomes: { status: 'FAILED', fence: 1, failure: forbidden },
    },
    {
      name: 'fail after a send with an unknown outcome',
      story: sentTwice,
      atMs: minuteMs + 100,
      command: () => fail(K, 2),
      becomes: { status: 'IN_DOUBT', fence: 2, failure: forbidden, unknownSends: 1 },
    },
    {
      name: 'fail of a pure step after a crash',
      story: [...begun, [minuteMs, takeover(P)('second')]],
      atMs: minuteMs + 100,
      command: () => fail(P, 2),
      becomes: { status: 'FAILED', fence: 2 },
    },
    {
      name: 'fail after a lookup that found nothing',
      story: looking,
      atMs: minuteMs + 100,
      command: () => fail(Q, 2),
      becomes: { status: 'FAILED', fence: 2 },
    },
    {
      name: 'release for another try',
      story: begun,
      atMs: 1_000,
      command: () => release(1, 'notDone'),
      becomes: { status: 'INTENT', fence: 1, leaseUntilMs: startMs + 2_000, lastSend: 'notDone' },
    },
    {
      name: 'doubt about the only send',
      story: begun,
      atMs: 1_000,
      command: () => doubt(1),
      becomes: { status: 'IN_DOUBT', fence: 1, unknownSends: 1 },
    },
    {
      name: 'late evidence',
      story: inDoubt,
      atMs: 2 * minuteMs,
      command: () => lateEvidence,
      becomes: { status: 'DONE', fence: 1, result },
    },
    {
      name: 'resolved: it happened',
      story: inDoubt,
      atMs: 2 * minuteMs,
      command: () => resolve('happened'),
      becomes: { status: 'DONE', fence: 1, result },
    },
    {
      name: 'resolved: it did not happen',
      story: inDoubt,
      atMs: 2 * minuteMs,
      command: () => resolve('didNotHappen'),
      becomes: { status: 'FAILED', fence: 1 },
    },
    {
      name: 'resolved: send again',
      story: inDoubt,
      atMs: 2 * minuteMs,
      command: () => resolve('sendAgain'),
      becomes: { status: 'INTENT', fence: 2, sends: 1, unknownSends: 1, sendGranted: true },
    },
    {
      name: 'takeover of a granted send',
      story: [...inDoubt, [2 * minuteMs, resolve('sendAgain')]],
      atMs: 2 * minuteMs + 10,
      command: takeover(N, 2, 2 * minuteMs),
      becomes: { status: 'INTENT', fence: 3, sends: 2, unknownSends: 1 },
    },
    {
      name: 'cancel of a step that nobody began',
      story: [],
      atMs: 0,
      command: () => cancel,
      becomes: { status: 'CANCELED', fence: 1, sends: 0 },
    },
    {
      name: 'cancel of a claimed step',
      story: claimed,
      atMs: 10,
      command: () => cancel,
      becomes: { status: 'CANCELED', fence: 2, sends: 0 },
    },
    {
      name: 'reopen of a failed step',
      story: [...begun, [100, fail(K, 1)]],
      atMs: minuteMs,
      command: reopen(1),
      becomes: { status: 'CLAIMED', fence: 2, occurrence: 2, effectKey: effectKey(ref, 2), sends: 0, unknownSends: 0 },
    },
    {
      name: 'reopen of a canceled step',
      story: [[0, cancel]],
      atMs: minuteMs,
      command: reopen(1),
      becomes: { status: 'CLAIMED', fence: 2, occurrence: 2, argsHash: otherArgs.argsHash },
    },
  ];
}
