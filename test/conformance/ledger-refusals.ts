import type { LedgerRef } from '../../core/model/effect.ts';
import type { LedgerCommand, Refusal } from '../../core/model/protocol.ts';
import type { Story } from './ledger-stories.ts';
import { otherArgs, leaseMs, minuteMs, K, N, storiesOf } from './ledger-stories.ts';

/** A command that may not be carried out, and why. */
export interface RefusedRow {
  readonly name: string;
  readonly story: Story;
  readonly atMs: number;
  readonly command: LedgerCommand;
  readonly refusal: Refusal;
}

/** Wrong fences, live leases and final states, for the step that `ref` names. */
export function ledgerRefusals(ref: LedgerRef): RefusedRow[] {
  const {
    hold,
    claim,
    steal,
    intent,
    takeover,
    fail,
    done,
    doubt,
    lateEvidence,
    resolve,
    cancel,
    refuse,
    reopen,
    begun,
    claimed,
    inDoubt,
    sentTwice,
    lookAgain,
  } = storiesOf(ref);
  const finished: Story = [...begun, [100, done(1)]];
  return [
    { name: 'a claim of a begun step', story: begun, atMs: 10, command: claim('second'), refusal: 'exists' },
    { name: 'a steal while the lease lives', story: claimed, atMs: 10, command: steal('second'), refusal: 'leased' },
    { name: 'a steal of an intent', story: begun, atMs: minuteMs, command: steal('second'), refusal: 'wrongStatus' },
    { name: 'an intent of another owner', story: claimed, atMs: 10, command: intent('second'), refusal: 'fenced' },
    {
      name: 'an intent with an old fence',
      story: [...claimed, [minuteMs, steal('second')]],
      atMs: minuteMs,
      command: intent('first'),
      refusal: 'fenced',
    },
    { name: 'an intent on nothing', story: [], atMs: 0, command: intent('first'), refusal: 'absent' },
    {
      name: 'another look where the provider cannot be asked',
      story: inDoubt,
      atMs: 2 * minuteMs,
      command: lookAgain(N, 2 * minuteMs)('second'),
      refusal: 'wrongStatus',
    },
    {
      name: 'a takeover while the lease lives',
      story: begun,
      atMs: leaseMs - 1,
      command: takeover(K)('second'),
      refusal: 'leased',
    },
    {
      name: 'a takeover with other arguments',
      story: begun,
      atMs: minuteMs,
      command: { kind: 'takeover', fence: 1, effect: K, ...hold('second', minuteMs), ...otherArgs },
      refusal: 'otherArguments',
    },
    { name: 'a commit with an old fence', story: sentTwice, atMs: minuteMs, command: done(1), refusal: 'fenced' },
    { name: 'a failure with an old fence', story: sentTwice, atMs: minuteMs, command: fail(K, 1), refusal: 'fenced' },
    { name: 'a commit of a claim', story: claimed, atMs: 10, command: done(1), refusal: 'wrongStatus' },
    { name: 'a refusal of an intent', story: begun, atMs: 10, command: refuse, refusal: 'wrongStatus' },
    { name: 'a refusal of a done step', story: finished, atMs: 200, command: refuse, refusal: 'wrongStatus' },
    { name: 'a cancel of an intent', story: begun, atMs: 10, command: cancel, refusal: 'wrongStatus' },
    { name: 'a cancel of a done step', story: finished, atMs: 200, command: cancel, refusal: 'wrongStatus' },
    { name: 'a failure of a done step', story: finished, atMs: 200, command: fail(K, 1), refusal: 'wrongStatus' },
    { name: 'a reopen of a done step', story: finished, atMs: 200, command: reopen(1)('x'), refusal: 'wrongStatus' },
    {
      name: 'a reopen of the same occurrence',
      story: [...begun, [100, fail(K, 1)]],
      atMs: 200,
      command: reopen(1, 1)('x'),
      refusal: 'sameOccurrence',
    },
    {
      name: 'late evidence after a person let it be sent again',
      story: [...inDoubt, [2 * minuteMs, resolve('sendAgain')]],
      atMs: 3 * minuteMs,
      command: lateEvidence,
      refusal: 'fenced',
    },
    {
      name: 'a resolution of what is not in doubt',
      story: begun,
      atMs: 10,
      command: resolve('happened'),
      refusal: 'wrongStatus',
    },
    {
      name: 'a resolution of an older doubt',
      story: [
        ...inDoubt,
        [2 * minuteMs, resolve('sendAgain')],
        [3 * minuteMs, takeover(N, 2)('third')],
        [9 * minuteMs, doubt(3)],
      ],
      atMs: 10 * minuteMs,
      command: resolve('didNotHappen', 1),
      refusal: 'fenced',
    },
  ];
}
