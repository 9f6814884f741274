import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect, LedgerItem, LedgerRef } from './effect.ts';
import { effectKey, ledgerItem } from './effect.ts';
import type { LedgerCommand } from './protocol.ts';
import { clockSkewMs, transition } from './protocol.ts';

const ref: LedgerRef = { tenantId: 'acme', skill: 'Car:v1', runId: 'run-1', stepId: 'car', direction: 'F' };
const args = { argsHash: 'a', skillHash: 's' };
const failure = { class: 'denied', message: '403' } as const;
const result = { kind: 'inline', value: null } as const;
const workMs = 29_000;
const keyTtlMs = 100_000;
const settleMs = 5_000;
const workers = 3;

const effects: Record<Effect['class'], Effect> = {
  P: { class: 'P' },
  K: { class: 'K', keyTtlMs },
  Q: { class: 'Q', settleMs },
  N: { class: 'N' },
};

/** What a worker does next, whatever it stands before. */
interface Turn {
  readonly kind: 'turn';
  readonly worker: number;
  readonly crashes: boolean;
  readonly claimsFirst: boolean;
  readonly skipsSend: boolean;
  readonly lands: boolean;
  readonly delayMs: number;
  readonly knows: boolean;
  readonly retries: boolean;
  /** Lets go of what it knows has not happened yet, to look again. */
  readonly parks: boolean;
}

type Action = Turn | { kind: 'wait'; ms: number } | { kind: 'resolve'; grants: boolean } | { kind: 'cancel' };

const seldom = fc.nat({ max: 9 }).map((drawn) => drawn === 9);
const turn: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('turn'),
  worker: fc.nat({ max: workers - 1 }),
  crashes: seldom,
  claimsFirst: fc.boolean(),
  skipsSend: seldom,
  lands: fc.boolean(),
  delayMs: fc.constantFrom(0, 100, settleMs),
  knows: fc.boolean(),
  retries: fc.boolean(),
  parks: seldom,
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 9, arbitrary: turn },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      ms: fc.constantFrom(1, 1_100, 4_500, 28_500, 31_000, 95_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('resolve'), grants: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' }) },
);

/** One request to the provider, as only the provider knows it. `landsAtMs` is undefined when it never arrives. */
interface Send {
  readonly key: string;
  readonly landsAtMs: number | undefined;
}

interface Hold {
  readonly item: LedgerItem;
  readonly deadlineMs: number;
  readonly send?: Send;
}

/** Workers with clocks of their own, a provider, and the one ledger item between them. Throws when a promise breaks. */
class World {
  readonly #effect: Effect;
  readonly #transition: typeof transition;
  readonly #clockOffsetsMs: readonly number[];
  readonly #holds: (Hold | undefined)[] = Array.from({ length: workers });
  readonly #sends: Send[] = [];
  readonly #grants = new Map<string, number>();
  readonly reached = new Set<string>();
  #item: LedgerItem | undefined;
  #nowMs = 1_000_000;
  #tokens = 0;

  constructor(effect: Effect, clockOffsetsMs: readonly number[], move: typeof transition) {
    this.#effect = effect;
    this.#clockOffsetsMs = clockOffsetsMs;
    this.#transition = move;
  }

  play(next: Action): void {
    switch (next.kind) {
      case 'wait':
        this.#nowMs += next.ms;
        return;
      case 'turn':
        return this.#turn(next);
      case 'resolve':
        return this.#resolve(next.grants);
      case 'cancel':
        this.#apply({ kind: 'cancel', ref, occurrence: 1, by: 'ops' }, this.#nowMs);
    }
  }

  /** After enough time, whatever a worker left behind can be taken up. */
  checkNotStuck(): void {
    this.#nowMs += keyTtlMs + workMs + settleMs;
    const { status } = this.#item ?? {};
    if (status !== 'CLAIMED' && status !== 'INTENT' && status !== 'VERIFY') return;
    this.#take(0, false);
    if (this.#item?.status !== 'IN_DOUBT') expect(this.#holds[0]?.item.writeToken).toBe(this.#item?.writeToken);
  }

  #clock(of: number): number {
    return this.#nowMs + (this.#clockOffsetsMs[of] ?? 0);
  }

  #alive(of: number): boolean {
    const hold = this.#holds[of];
    return hold !== undefined && this.#clock(of) <= hold.deadlineMs;
  }

  #turn(turned: Turn): void {
    const hold = this.#holds[turned.worker];
    if (!hold) return this.#take(turned.worker, turned.claimsFirst);
    if (turned.crashes) this.#holds[turned.worker] = undefined;
    else if (hold.item.status === 'CLAIMED') this.#hold(turned.worker, 'intent', hold.item);
    else if (hold.item.status === 'VERIFY') this.#look(turned);
    else if (hold.send || turned.skipsSend || !this.#alive(turned.worker)) this.#answer(turned);
    else this.#send(turned);
  }

  #take(by: number, claimFirst: boolean): void {
    this.#holds[by] = undefined;
    switch (this.#item?.status) {
      case undefined:
        return this.#hold(by, claimFirst ? 'claim' : 'begin');
      case 'CLAIMED':
        return this.#hold(by, 'steal');
      case 'INTENT':
      case 'VERIFY':
        return this.#hold(by, 'takeover');
      case 'FAILED':
      case 'CANCELED':
        return this.#hold(by, 'reopen');
      case 'DONE':
      case 'IN_DOUBT':
    }
  }

  #hold(
    by: number,
    kind: 'claim' | 'begin' | 'steal' | 'takeover' | 'reopen' | 'intent' | 'resend',
    mine?: LedgerItem,
  ): void {
    const { fence = 0 } = mine ?? this.#item ?? {};
    const occurrence = kind === 'reopen' ? (this.#item?.occurrence ?? 0) + 1 : 1;
    const deadlineMs = this.#clock(by) + workMs;
    const moved = this.#apply(
      {
        kind,
        ref,
        fence,
        occurrence,
        owner: `worker-${by}`,
        leaseUntilMs: deadlineMs + clockSkewMs,
        effect: this.#effect,
        detail: 'absent',
        ...args,
      },
      this.#clock(by),
    );
    this.#holds[by] = moved && 'owner' in moved ? { item: moved, deadlineMs } : undefined;
    if (!moved || (moved.status !== 'INTENT' && moved.status !== 'VERIFY')) return;
    const others = this.#holds.filter(
      (hold, other) => other !== by && this.#alive(other) && hold && hold.item.status !== 'CLAIMED',
    );
    expect(others, 'two live holders of one effect').toEqual([]);
  }

  #send({ worker: by, lands, delayMs }: Turn): void {
    const hold = this.#holds[by];
    if (!hold) return;
    const takesMs = this.#effect.class === 'Q' ? delayMs : 0;
    const send = { key: hold.item.effectKey, landsAtMs: lands ? this.#nowMs + takesMs : undefined };
    this.#sends.push(send);
    this.#holds[by] = { ...hold, send };
  }

  /** The worker says what it knows of its send, perhaps long after its lease. It never lies. */
  #answer({ worker: by, knows, retries, parks }: Turn): void {
    const hold = this.#holds[by];
    if (!hold) return;
    const { fence } = hold.item;
    const nowMs = this.#clock(by);
    const landsAtMs = hold.send?.landsAtMs;
    this.#holds[by] = undefined;
    if (knows && landsAtMs !== undefined && landsAtMs <= this.#nowMs) {
      if (!this.#apply({ kind: 'done', fence, result, trust: 'trusted' }, nowMs))
        this.#apply({ kind: 'lateEvidence', fence, result, trust: 'trusted' }, nowMs);
    } else if (knows && landsAtMs === undefined && parks) {
      this.#park(fence, nowMs);
    } else if (knows && landsAtMs === undefined && !retries) {
      this.#apply({ kind: 'fail', fence, effect: this.#effect, failure }, nowMs);
    } else if (!knows && (this.#effect.class === 'N' || (this.#effect.class === 'K' && !retries))) {
      this.#apply({ kind: 'doubt', fence, failure }, nowMs);
    } else {
      const lastSend = knows && landsAtMs === undefined ? 'notDone' : 'unknown';
      this.#apply({ kind: 'release', fence, failure, lastSend, retryAtMs: nowMs + 1_000 }, nowMs);
    }
  }

  #look({ worker: by, knows, retries, parks }: Turn): void {
    const hold = this.#holds[by];
    this.#holds[by] = undefined;
    if (hold?.item.status !== 'VERIFY' || this.#clock(by) > hold.deadlineMs) return;
    const { fence, effectKey: key, sendBoundMs } = hold.item;
    const nowMs = this.#clock(by);
    const found = this.#sends.some((send) => send.key === key && (send.landsAtMs ?? Infinity) <= this.#nowMs);
    if (!knows) this.#apply({ kind: 'doubt', fence, failure }, nowMs);
    else if (found) this.#apply({ kind: 'done', fence, result, trust: 'trusted', detail: 'found' }, nowMs);
    else if (nowMs < sendBoundMs + settleMs) {
      const retryAtMs = nowMs + 1_000;
      this.#apply({ kind: 'release', fence, failure, lastSend: 'unknown', retryAtMs, looking: true }, nowMs);
    } else if (parks) this.#park(fence, nowMs);
    else if (retries) this.#hold(by, 'resend', hold.item);
    else this.#apply({ kind: 'fail', fence, effect: this.#effect, failure }, nowMs);
  }

  #park(fence: number, nowMs: number): void {
    if (this.#apply({ kind: 'park', fence }, nowMs)) this.reached.add('parked');
  }

  /** A person who says what is true, or who lets it be sent once more. */
  #resolve(grants: boolean): void {
    if (this.#item?.status !== 'IN_DOUBT') return;
    const { fence, effectKey: key } = this.#item;
    const arrivals = this.#sends.filter((send) => send.key === key && send.landsAtMs !== undefined);
    const kind = grants ? 'sendAgain' : arrivals.length > 0 ? 'happened' : 'didNotHappen';
    if (grants) this.#grants.set(key, (this.#grants.get(key) ?? 0) + 1);
    const verdict = kind === 'happened' ? ({ kind, result, trust: 'trusted' } as const) : ({ kind } as const);
    this.#apply({ kind: 'resolve', fence, actor: 'ops', reason: 'called them', verdict }, this.#nowMs);
  }

  #apply(command: LedgerCommand, nowMs: number): LedgerItem | undefined {
    const before = this.#item;
    const moved = this.#transition(before, command, nowMs, `token-${++this.#tokens}`);
    if (!moved.ok) return undefined;
    const after = ledgerItem.parse(moved.next);
    this.#checkMove(before, after, command);
    this.#item = after;
    this.reached.add(after.status);
    this.#checkTruth(after);
    return after;
  }

  #checkMove(before: LedgerItem | undefined, after: LedgerItem, { kind }: LedgerCommand): void {
    if (!before) return;
    expect(after.fence, 'the fence went back').toBeGreaterThanOrEqual(before.fence);
    expect(after.writeToken, 'a write token was used twice').not.toBe(before.writeToken);
    expect(before.status, 'DONE is final').not.toBe('DONE');
    if (before.status === 'FAILED' || before.status === 'CANCELED') expect(kind).toBe('reopen');
    if (kind === 'reopen') expect(after.effectKey).toBe(effectKey(ref, after.occurrence));
    else expect(after.effectKey, 'another key while the old one is open').toBe(before.effectKey);
    if ('owner' in after && 'owner' in before && after.owner !== before.owner) {
      expect(after.fence, 'a change of hands under the same fence').toBeGreaterThan(before.fence);
    }
  }

  #checkTruth({ effectKey: key, status, sends }: LedgerItem): void {
    const arrivals = this.#sends.filter((send) => send.key === key && send.landsAtMs !== undefined);
    if (status === 'DONE') expect(arrivals, 'done, but it did not happen').not.toEqual([]);
    if (status === 'CANCELED') expect(sends, 'canceled after a send').toBe(0);
    if (status === 'FAILED' && this.#effect.class !== 'P') expect(arrivals, 'failed, but it happened').toEqual([]);
  }

  checkEffects(): void {
    if (this.#effect.class === 'P') return;
    for (const key of new Set(this.#sends.map((send) => send.key))) {
      const happened = this.#happened(key);
      expect(happened, `the effect happened ${happened} times`).toBeLessThanOrEqual(1 + (this.#grants.get(key) ?? 0));
    }
  }

  /** How often the provider carried it out. For class K it remembers a key from its first arrival on. */
  #happened(key: string): number {
    const arrivals = this.#sends.flatMap((send) => (send.key === key ? (send.landsAtMs ?? []) : []));
    if (this.#effect.class !== 'K') return arrivals.length;
    let rememberedUntilMs = -Infinity;
    let happened = 0;
    for (const atMs of arrivals.toSorted((a, b) => a - b)) {
      if (atMs < rememberedUntilMs) continue;
      happened++;
      rememberedUntilMs = atMs + keyTtlMs;
    }
    return happened;
  }
}

const clockOffsets = fc.array(fc.integer({ min: -clockSkewMs / 2, max: clockSkewMs / 2 }), {
  minLength: workers,
  maxLength: workers,
});

function promises(effect: Effect, move: typeof transition, reached = new Set<string>()) {
  return fc.property(clockOffsets, fc.array(action, { maxLength: 60, size: 'max' }), (offsets, actions) => {
    const world = new World(effect, offsets, move);
    for (const next of actions) {
      world.play(next);
      world.checkEffects();
    }
    world.checkNotStuck();
    for (const status of world.reached) reached.add(status);
  });
}

describe.each(Object.values(effects))('the step protocol for class $class', (effect) => {
  it('keeps its promises whatever the workers, their clocks, the provider and a person do', () => {
    const reached = new Set<string>();
    fc.assert(promises(effect, transition, reached), { numRuns: 2_000 });
    const all = ['CLAIMED', 'INTENT', 'DONE', 'FAILED', 'CANCELED', 'parked'];
    if (effect.class === 'Q') all.push('VERIFY');
    if (effect.class !== 'P') all.push('IN_DOUBT');
    expect([...reached]).toEqual(expect.arrayContaining(all));
  }, 60_000);
});

describe('the promises are broken, and seen to be broken, by a protocol', () => {
  const seeded: [why: string, effect: Effect, broken: typeof transition][] = [
    [
      'that ignores leases',
      effects.K,
      (item, command, nowMs, token) =>
        transition(item && 'owner' in item ? { ...item, leaseUntilMs: 0 } : item, command, nowMs, token),
    ],
    [
      'that forgets unknown sends',
      effects.K,
      (item, command, nowMs, token) => transition(item && { ...item, unknownSends: 0 }, command, nowMs, token),
    ],
    [
      'that takes over class N like class P',
      effects.N,
      (item, command, nowMs, token) =>
        transition(item, command.kind === 'takeover' ? { ...command, effect: effects.P } : command, nowMs, token),
    ],
    [
      'that trusts an expired key',
      effects.K,
      (item, command, nowMs, token) =>
        transition(
          item,
          command.kind === 'takeover' ? { ...command, effect: { class: 'K', keyTtlMs: Infinity } } : command,
          nowMs,
          token,
        ),
    ],
    [
      'that trusts a lookup before the last send can have arrived',
      effects.Q,
      (item, command, nowMs, token) => {
        const moved = transition(item, command, nowMs, token);
        if (!moved.ok || moved.next.status !== 'VERIFY') return moved;
        return { ok: true, next: { ...moved.next, sendBoundMs: 0 } };
      },
    ],
    [
      'that ignores fences',
      effects.K,
      (item, command, nowMs, token) =>
        transition(item, item && 'fence' in command ? { ...command, fence: item.fence } : command, nowMs, token),
    ],
    [
      'that cancels what may have been sent',
      effects.N,
      (item, command, nowMs, token) =>
        command.kind === 'cancel' && item?.status === 'INTENT'
          ? transition({ ...item, status: 'CLAIMED' }, command, nowMs, token)
          : transition(item, command, nowMs, token),
    ],
    [
      'that lets a grant serve twice',
      effects.N,
      (item, command, nowMs, token) => {
        const moved = transition(item, command, nowMs, token);
        const granted = item?.status === 'INTENT' && item.sendGranted && moved.ok && moved.next.status === 'INTENT';
        return granted ? { ok: true, next: { ...moved.next, sendGranted: true } as LedgerItem } : moved;
      },
    ],
  ];

  it.each(seeded)(
    '%s',
    (_, effect, broken) => {
      expect(fc.check(promises(effect, broken), { numRuns: 20_000, seed: 1 }).failed).toBe(true);
    },
    60_000,
  );
});

describe('what a command carries', () => {
  const begun = transition(
    undefined,
    { kind: 'begin', ref, occurrence: 1, owner: 'me', leaseUntilMs: 10, ...args },
    0,
    't1',
  );
  const item = begun.ok ? begun.next : undefined;

  it('makes no item that grows without bound: messages are cut, and only the newest evidence is kept', () => {
    let current = item;
    for (let tries = 1; tries <= 20; tries++) {
      const long = { class: 'transient', message: `${tries} `.padEnd(100_000, 'x') } as const;
      const released = transition(
        current,
        { kind: 'release', fence: current?.fence ?? 0, failure: long, lastSend: 'unknown', retryAtMs: 0 },
        tries,
        `r${tries}`,
      );
      current = released.ok ? released.next : undefined;
    }
    const failed = transition(
      current,
      { kind: 'doubt', fence: 1, failure: { class: 'bug', message: 'y'.repeat(1_000_000) } },
      30,
      'd',
    );
    if (!failed.ok) throw new Error(failed.refusal);
    expect(JSON.stringify(failed.next).length).toBeLessThan(5_000);
    expect(failed.next.evidence.at(-2)?.detail).toContain('20 xxx');
  });

  it('lets go of what goes on by itself: whoever comes next may look at once, under another fence, and nothing is open', () => {
    const parked = transition(item, { kind: 'park', fence: 1 }, 5, 'p');
    if (!parked.ok) throw new Error(parked.refusal);
    expect(parked.next).toMatchObject({ status: 'INTENT', leaseUntilMs: 5, lastSend: 'goesOn', sends: 1, fence: 1 });
    const looked = { kind: 'takeover', effect: effects.Q, owner: 'you', leaseUntilMs: 99, ...args } as const;
    const taken = transition(parked.next, { ...looked, fence: 1 }, 5, 't');
    if (!taken.ok) throw new Error(taken.refusal);
    expect(taken.next).toMatchObject({ status: 'VERIFY', owner: 'you', sends: 1, unknownSends: 0, fence: 2 });
    expect(transition(taken.next, { kind: 'park', fence: 1 }, 6, 't')).toEqual({ ok: false, refusal: 'fenced' });
    const again = transition(taken.next, { kind: 'park', fence: 2 }, 6, 't');
    expect(again).toMatchObject({ ok: true, next: { status: 'VERIFY', leaseUntilMs: 6 } });
    const ended = transition(taken.next, { kind: 'fail', fence: 2, effect: effects.Q, failure }, 6, 't');
    expect(ended).toMatchObject({ ok: true, next: { status: 'FAILED' } });
  });

  it('lets go of nothing that has not begun or is over', () => {
    const park = { kind: 'park', fence: 1 } as const;
    const claim = { kind: 'claim', ref, occurrence: 1, owner: 'me', leaseUntilMs: 10, ...args } as const;
    const claimed = transition(undefined, claim, 0, 't');
    const over = transition(item, { kind: 'done', fence: 1, result, trust: 'trusted' }, 5, 't');
    for (const moved of [claimed, over]) {
      expect(transition(moved.ok ? moved.next : undefined, park, 6, 't')).toEqual({
        ok: false,
        refusal: 'wrongStatus',
      });
    }
    expect(transition(undefined, park, 6, 't')).toEqual({ ok: false, refusal: 'absent' });
  });

  it('is refused with the reason', () => {
    const takeover = { kind: 'takeover', effect: effects.K, owner: 'you', leaseUntilMs: 99, ...args } as const;
    expect(transition(item, { ...takeover, fence: 2 }, 50, 't')).toEqual({ ok: false, refusal: 'fenced' });
    expect(transition(item, { ...takeover, fence: 1 }, 9, 't')).toEqual({ ok: false, refusal: 'leased' });
    expect(transition(item, { ...takeover, fence: 1, argsHash: 'b' }, 50, 't')).toEqual({
      ok: false,
      refusal: 'otherArguments',
    });
    expect(transition(undefined, { ...takeover, fence: 1 }, 50, 't')).toEqual({ ok: false, refusal: 'absent' });
  });
});
