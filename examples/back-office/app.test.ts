import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBackOffice, fetchBackOffice } from './app.ts';
import type { BackOffice } from './app.ts';

const day = 24 * 3_600_000;
const origin = 'http://office';
const ada = { name: 'ada', displayName: 'Ada Lovelace', email: 'ada@example.com', roles: ['editor', 'viewer'] };
const charge = { customerId: 'US000001', amountCents: 12_000, currency: 'EUR', description: 'One year' };
const refund = { reference: 'r-1', chargeId: 'CH000001', amountCents: 5_000, reason: 'Broken' };

let nowMs: number;
let office: BackOffice;
beforeEach(() => {
  nowMs = Date.UTC(2027, 0, 1);
  office = createBackOffice({ databasePath: ':memory:', apiKey: 'key-of-the-office', clock: () => nowMs });
});
afterEach(() => office.close());

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetchBackOffice(office, `${origin}${path}`, {
    method,
    headers: { authorization: 'Bearer key-of-the-office', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function answer(method: string, path: string, body?: unknown, key?: string): Promise<[number, unknown]> {
  const response = await send(method, path, body, key === undefined ? {} : { 'idempotency-key': key });
  return [response.status, await response.json()];
}

async function counts(): Promise<Record<string, number>> {
  const [, ledger] = await answer('GET', '/ledger');
  return (ledger as { counts: Record<string, number> }).counts;
}

describe('users', () => {
  test('are created once for each Idempotency-Key, changed, and read as they are then', async () => {
    const [status, created] = await answer('POST', '/users', ada, 'k-1');
    expect([status, created]).toEqual([
      201,
      { userId: 'US000001', ...ada, status: 'active', roles: ['viewer', 'editor'] },
    ]);
    expect(await answer('POST', '/users', ada, 'k-1')).toEqual([200, created]);
    await answer('PATCH', '/users/US000001', { displayName: 'Ada King' }, 'k-2');
    await answer('POST', '/users/US000001/roles', { role: 'admin' }, 'k-3');
    await answer('DELETE', '/users/US000001/roles/viewer', undefined, 'k-4');
    const [, read] = await answer('GET', '/users/US000001');
    expect(read).toMatchObject({ displayName: 'Ada King', status: 'active', roles: ['editor', 'admin'] });
    expect(await counts()).toMatchObject({ userCreated: 1, userChanged: 3, userDeleted: 0 });
  });

  test('another request under a used key is refused, be it another body or another user', async () => {
    await answer('POST', '/users', ada, 'k-1');
    await answer('POST', '/users', ada);
    expect(await answer('POST', '/users', { ...ada, name: 'eve' }, 'k-1')).toMatchObject([422, { code: 'key-reused' }]);
    await answer('POST', '/users/US000001/roles', { role: 'admin' }, 'k-2');
    const other = await answer('POST', '/users/US000002/roles', { role: 'admin' }, 'k-2');
    expect(other).toMatchObject([422, { code: 'key-reused' }]);
    expect(await counts()).toMatchObject({ userCreated: 2, userChanged: 1 });
  });

  test('are found by email and by a part of their names, whatever the case', async () => {
    await answer('POST', '/users', ada);
    await answer('POST', '/users', { name: 'grace', displayName: 'Grace Hopper', email: 'grace@example.com' });
    const ids = async (query: string): Promise<string[]> => {
      const [, found] = await answer('GET', `/users?${query}`);
      return (found as { users: { userId: string }[] }).users.map(({ userId }) => userId);
    };
    expect(await ids('email=ADA@example.com')).toEqual(['US000001']);
    expect(await ids('name=hopp')).toEqual(['US000002']);
    expect(await ids('name=a')).toEqual(['US000001', 'US000002']);
    expect(await ids('name=a&email=grace@example.com')).toEqual(['US000002']);
    expect(await ids('name=nobody')).toEqual([]);
  });

  test('are deleted with neither key nor lookup: a second try cannot tell who did it', async () => {
    await answer('POST', '/users', ada);
    expect(await answer('DELETE', '/users/US000001', undefined, 'k')).toEqual([
      200,
      { userId: 'US000001', deleted: true },
    ]);
    const again = await answer('DELETE', '/users/US000001', undefined, 'k');
    expect(again).toMatchObject([404, { code: 'unknown-user' }]);
    expect(await answer('GET', '/users/US000001')).toMatchObject([404, { code: 'unknown-user' }]);
    expect((await counts())['userDeleted']).toBe(1);
  });

  test('never get the id of a user who is gone', async () => {
    await answer('POST', '/users', ada);
    await answer('DELETE', '/users/US000001');
    expect(await answer('POST', '/users', ada)).toMatchObject([201, { userId: 'US000002' }]);
  });
});

describe('payments', () => {
  test.each([{ authorization: '' }, { authorization: 'Bearer wrong' }, { authorization: 'Basic key-of-the-office' }])(
    'with %j are refused',
    async (headers) => {
      for (const path of ['/charges', '/refunds']) {
        const refused = await send('POST', path, charge, headers);
        expect(refused.status).toBe(401);
        expect(await refused.json()).toMatchObject({ code: 'unauthenticated' });
      }
      expect((await send('GET', '/charges/CH000001', undefined, headers)).status).toBe(401);
      expect((await send('GET', '/refunds?reference=r-1', undefined, headers)).status).toBe(401);
      expect((await send('GET', '/users', undefined, headers)).status).toBe(200);
    },
  );

  test('take any token when no key is set, but never none', async () => {
    const open = createBackOffice({ databasePath: ':memory:' });
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetchBackOffice(open, `${origin}/refunds?reference=r`, { headers });
    expect((await ask({ authorization: 'Bearer x' })).status).toBe(200);
    expect((await ask({})).status).toBe(401);
    open.close();
  });

  test('one Idempotency-Key is one charge for 24 hours, and its answer is given again', async () => {
    const first = await answer('POST', '/charges', charge, 'k-1');
    expect(first).toMatchObject([201, { chargeId: 'CH000001', ...charge, status: 'paid', refundedCents: 0 }]);
    nowMs += day - 1;
    expect(await answer('POST', '/charges', charge, 'k-1')).toEqual([200, first[1]]);
    expect((await counts())['charged']).toBe(1);
    nowMs += 1;
    expect((await answer('POST', '/charges', charge, 'k-1'))[0]).toBe(201);
  });

  test('two posts with one reference are two refunds, and both are found by it', async () => {
    await answer('POST', '/charges', charge);
    await answer('POST', '/refunds', refund);
    await answer('POST', '/refunds', refund);
    expect(await answer('GET', '/refunds?reference=r-1')).toMatchObject([
      200,
      { refunds: [{ refundId: 'RE000001', currency: 'EUR' }, { refundId: 'RE000002' }] },
    ]);
    expect(await answer('GET', '/refunds?reference=r-2')).toEqual([200, { refunds: [] }]);
    expect(await answer('GET', '/charges/CH000001')).toMatchObject([
      200,
      { status: 'partlyRefunded', refundedCents: 10_000 },
    ]);
  });

  test('no more is paid back than was charged', async () => {
    await answer('POST', '/charges', charge);
    await answer('POST', '/refunds', { ...refund, amountCents: 11_999 });
    expect(await answer('POST', '/refunds', { ...refund, amountCents: 2 })).toMatchObject([
      422,
      { code: 'more-than-charged' },
    ]);
    await answer('POST', '/refunds', { ...refund, amountCents: 1 });
    expect(await answer('GET', '/charges/CH000001')).toMatchObject([200, { status: 'refunded' }]);
    expect(await answer('POST', '/refunds', { ...refund, chargeId: 'CH000009' })).toMatchObject([
      404,
      { code: 'unknown-charge' },
    ]);
  });
});

test('the ledger says what happened, when, under which key, and how many requests came', async () => {
  await answer('POST', '/charges', charge, 'k-1');
  await answer('POST', '/charges', charge, 'k-1');
  await answer('POST', '/refunds', refund);
  expect(await answer('GET', '/ledger')).toMatchObject([
    200,
    {
      counts: { userCreated: 0, userChanged: 0, userDeleted: 0, charged: 1, refunded: 1 },
      requests: { users: 0, charges: 2, refunds: 1 },
      entries: [
        { service: 'charges', deed: 'charged', subject: 'CH000001', key: 'k-1', at: '2027-01-01T00:00:00.000Z' },
        { service: 'refunds', deed: 'refunded', subject: 'RE000001', key: null, reference: 'r-1' },
      ],
    },
  ]);
});

describe('faults', () => {
  test('fail and hang change nothing, and leave the other services alone', async () => {
    await answer('POST', '/faults', { service: 'charges', fault: 'fail', times: 1 });
    expect((await answer('POST', '/charges', charge))[0]).toBe(500);
    await answer('POST', '/faults', { service: 'users', fault: 'hang' });
    const given = fetchBackOffice(office, `${origin}/users`, {
      method: 'POST',
      body: JSON.stringify(ada),
      signal: AbortSignal.timeout(60),
    });
    await expect(given).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await answer('POST', '/charges', charge))[0]).toBe(201);
    expect(await counts()).toMatchObject({ userCreated: 0, charged: 1 });
  });

  test('apply-then-drop does it and cuts the connection', async () => {
    await answer('POST', '/users', ada);
    for (const service of ['users', 'charges', 'refunds'])
      await answer('POST', '/faults', { service, fault: 'apply-then-drop', times: 1 });
    await expect(answer('DELETE', '/users/US000001')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(answer('POST', '/charges', charge, 'k')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(answer('POST', '/refunds', refund)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await counts()).toMatchObject({ userDeleted: 1, charged: 1, refunded: 1 });
  });
});

test.each([
  ['/users', { ...ada, email: 'nobody' }, 'email'],
  ['/users', { ...ada, roles: ['owner'] }, 'roles.0'],
  ['/users/US000001/roles', { role: 'root' }, 'role'],
  ['/charges', { ...charge, amountCents: 0 }, 'amountCents'],
  ['/charges', { ...charge, amountCents: 1.5 }, 'amountCents'],
  ['/charges', { ...charge, currency: 'eur' }, 'currency'],
  ['/refunds', { ...refund, reference: undefined }, 'reference'],
])('%s refuses %j and names the member', async (path, body, member) => {
  expect(await answer('POST', path, body)).toMatchObject([
    400,
    { code: 'invalid-request', errors: [{ path: member }] },
  ]);
});
