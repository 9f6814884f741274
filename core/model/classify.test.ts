import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Classified } from './classify.ts';
import { classify } from './classify.ts';
import { ActionError, AddressRefused, failureClasses, StoreUnavailable } from './failure.ts';
import { retryAfterOf, statusFailure } from './http-failure.ts';

const said = (error: unknown): Classified => classify(error, { nowMs: 0, misfit: 'bug' });
const bug: Classified = { failureClass: 'bug', sendOutcome: 'unknown' };
const failed = (members: object, error: object = new Error('no')): object => Object.assign(error, members);

const raising = (): never => {
  throw new Error('not this way');
};
const hostile = new Proxy({}, { get: raising, has: raising, ownKeys: raising, getPrototypeOf: raising });

describe('what was thrown', () => {
  it('has some class whatever it is, and is a bug that proves nothing when it says nothing', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (thrown) => {
        expect(failureClasses).toContain(said(thrown).failureClass);
      }),
    );
    for (const thrown of [undefined, null, 'no', 7, raising, hostile, new TypeError('x is undefined')]) {
      expect(said(thrown)).toEqual(bug);
    }
  });

  it('is looked for in causes, the nearest first, and no further than a few', () => {
    const refused = new ActionError('no', { class: 'denied', sendOutcome: 'notDone' });
    const reset = failed({ code: 'ECONNRESET', cause: refused });
    expect(said(new Error('outside', { cause: refused }))).toEqual({ failureClass: 'denied', sendOutcome: 'notDone' });
    expect(said(new Error('outside', { cause: reset })).failureClass).toBe('transient');
    const circle: { cause?: unknown } = new Error('round');
    circle.cause = circle;
    expect(said(circle)).toEqual(bug);
  });

  it('says of itself what it is when it is ours', () => {
    const busy = new ActionError('no', { class: 'throttled', sendOutcome: 'notDone', retryAfterMs: 7 });
    expect(said(busy)).toEqual({ failureClass: 'throttled', sendOutcome: 'notDone', retryAfterMs: 7 });
    expect(said(failed({ sendOutcome: 'perhaps' }, busy))).toEqual(bug);
    // What made the table unavailable is nobody's business.
    const away = new StoreUnavailable('write', failed({ code: 'ECONNREFUSED' }));
    expect(said(away)).toEqual({ failureClass: 'storeUnavailable', sendOutcome: 'unknown' });
    const inside = new AddressRefused('inside.example', '10.0.0.1', 'private');
    expect(said(inside)).toEqual({ failureClass: 'denied', sendOutcome: 'notSent' });
  });

  it.each<[string, object, Classified['sendOutcome']]>([
    ['a connection that was refused', { code: 'ECONNREFUSED', syscall: 'connect' }, 'notSent'],
    ['a connection that took too long', { code: 'ETIMEDOUT', syscall: 'connect' }, 'notSent'],
    ['undici, for want of a connection', { code: 'UND_ERR_CONNECT_TIMEOUT' }, 'notSent'],
    ['a name that nobody has', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'notSent'],
    ['a certificate that is over', { code: 'CERT_HAS_EXPIRED' }, 'notSent'],
    ['a client with codes of its own', { code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'notSent'],
    // The route went away while the answer was waited for.
    ['a connection that was lost', { code: 'EHOSTUNREACH', syscall: 'read' }, 'unknown'],
    ['a connection that was reset', { code: 'ECONNRESET', syscall: 'read' }, 'unknown'],
    ['an answer that is no HTTP', { code: 'HPE_INVALID_CONSTANT' }, 'unknown'],
  ])('by %s is transient, and proves that nothing was sent only where that is so', (_what, members, sendOutcome) => {
    expect(said(failed(members))).toEqual({ failureClass: 'transient', sendOutcome });
  });

  it('about several addresses proves that nothing was sent only when that goes for each', () => {
    const refused = failed({ code: 'ECONNREFUSED', syscall: 'connect' });
    const reset = failed({ code: 'ECONNRESET', syscall: 'read' });
    // As Node makes it: with the code of the first.
    const several = (errors: unknown[]): object => failed({ code: 'ECONNREFUSED' }, new AggregateError(errors, 'no'));
    expect(said(several([refused, refused])).sendOutcome).toBe('notSent');
    expect(said(several([refused, reset])).sendOutcome).toBe('unknown');
    expect(said(several([refused, new Error('who knows')])).sendOutcome).toBe('unknown');
  });

  it('by a file that is missing, or by names that every object inherits, is no failure of the network', () => {
    expect(said(failed({ code: 'ENOENT', syscall: 'open' }))).toEqual(bug);
    expect(said(failed({ code: 'toString' }))).toEqual(bug);
    expect(said(failed({ name: 'constructor' }))).toEqual(bug);
  });
});

describe('an answer with a status', () => {
  it.each<[number, number | undefined, Classified]>([
    [400, undefined, { failureClass: 'bug', sendOutcome: 'notDone' }],
    [401, undefined, { failureClass: 'denied', sendOutcome: 'notDone' }],
    [402, undefined, { failureClass: 'denied', sendOutcome: 'notDone' }],
    [403, 1, { failureClass: 'denied', sendOutcome: 'notDone' }],
    [404, undefined, { failureClass: 'bug', sendOutcome: 'notDone' }],
    [408, undefined, { failureClass: 'timeout', sendOutcome: 'unknown' }],
    [409, undefined, { failureClass: 'bug', sendOutcome: 'notDone' }],
    [429, undefined, { failureClass: 'throttled', sendOutcome: 'notDone' }],
    [429, 5, { failureClass: 'throttled', sendOutcome: 'notDone', retryAfterMs: 5 }],
    [500, undefined, { failureClass: 'transient', sendOutcome: 'unknown' }],
    [502, 5, { failureClass: 'transient', sendOutcome: 'unknown', retryAfterMs: 5 }],
    [503, undefined, { failureClass: 'transient', sendOutcome: 'unknown' }],
    [503, 5, { failureClass: 'throttled', sendOutcome: 'notDone', retryAfterMs: 5 }],
    [504, undefined, { failureClass: 'transient', sendOutcome: 'unknown' }],
  ])('%i, with a wish of %s ms, has its class', (status, retryAfterMs, expected) => {
    expect(statusFailure(status, retryAfterMs)).toEqual(expected);
  });

  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:01:00 GMT' }, 50_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' }, 0],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    [{ 'retry-after-ms': '-1', 'retry-after': '9' }, 9_000],
  ])('wants with %j to be asked again after %s ms', (headers, expected) => {
    expect(retryAfterOf(headers, 10_000)).toBe(expected);
  });
});
