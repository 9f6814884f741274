import { describe, expect, it } from 'vitest';
import type { LedgerRef } from './effect.ts';
import { effectKey, ledgerItem } from './effect.ts';

const ref: LedgerRef = {
  tenantId: 'acme',
  skill: 'HotelBooking:v1',
  runId: 'run-01j9zzzzzzzzzzzzzzzzzzzzzz',
  stepId: 'hotel',
  direction: 'F',
};

describe('an effect key', () => {
  it('is the same for ever: providers remember it', () => {
    expect(effectKey(ref, 1)).toBe('3cb739e62d24deaa7f7d2e4a6a6350624aa0bdfd994100fdc6690fea63b39ce2');
  });

  it('differs by tenant, run, step, direction and occurrence', () => {
    const keys = [
      effectKey(ref, 1),
      effectKey({ ...ref, tenantId: 'other' }, 1),
      effectKey({ ...ref, runId: 'run-01j9zzzzzzzzzzzzzzzzzzzzz0' }, 1),
      effectKey({ ...ref, stepId: 'hotel-2' }, 1),
      effectKey({ ...ref, direction: 'C' }, 1),
      effectKey(ref, 2),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does not depend on the version of the skill, so that an edited plan cannot mint a new one', () => {
    expect(effectKey({ ...ref, skill: 'HotelBooking:v2' }, 1)).toBe(effectKey(ref, 1));
  });
});

describe('a ledger item', () => {
  const base = {
    ...ref,
    fence: 1,
    writeToken: 't',
    effectKey: 'k',
    occurrence: 1,
    argsHash: 'a',
    skillHash: 's',
    sends: 1,
    unknownSends: 0,
    evidence: [],
  };
  const held = { owner: 'me', leaseUntilMs: 1 };
  const failure = { class: 'denied', message: '403' };

  it.each([
    ['CLAIMED', held],
    ['INTENT', { ...held, sendBoundMs: 1 }],
    ['VERIFY', { ...held, sendBoundMs: 1, lastSend: 'unknown' }],
    ['DONE', { trust: 'trusted', result: { kind: 'inline', value: null } }],
    ['FAILED', { failure }],
    ['IN_DOUBT', { failure }],
    ['CANCELED', {}],
  ])('that is %s has what belongs to it', (status, own) => {
    expect(ledgerItem.parse({ ...base, status, ...own })).toEqual({ ...base, status, ...own });
  });

  it.each([
    ['CLAIMED', {}],
    ['INTENT', held],
    ['DONE', {}],
    ['FAILED', {}],
    ['IN_DOUBT', { failure: { class: 'unheard of', message: '' } }],
    ['SENT', held],
  ])('that is %s and lacks it is no ledger item', (status, own) => {
    expect(ledgerItem.safeParse({ ...base, status, ...own }).success).toBe(false);
  });
});
