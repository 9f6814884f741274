import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ActionContext, SkillDefinition } from '../../core/sdk/index.ts';
import billing from '../../skills/billing-v1/skill.ts';
import usersBefore from '../../skills/user-management-v1/skill.ts';
import users from '../../skills/user-management-v2/skill.ts';
import { skillContext } from '../../test/fixtures/skill-context.ts';
import { createBackOffice, fetchBackOffice } from './app.ts';
import type { BackOffice } from './app.ts';

const ada = { name: 'ada', displayName: 'Ada Lovelace', email: 'ada@example.com' };
const order = { customerId: 'US000001', amountCents: 12_000, currency: 'EUR', description: 'One year' } as const;
const apiKey = 'key-of-the-office';

let office: BackOffice;
beforeEach(() => {
  office = createBackOffice({ databasePath: ':memory:', apiKey });
});
afterEach(() => office.close());

function contextOf(skill: SkillDefinition, effectKey: string, key = apiKey, signal?: AbortSignal): ActionContext {
  return skillContext({
    skill,
    effectKey,
    settings: { BACK_OFFICE_URL: 'http://office' },
    secrets: { PAYMENT_API_KEY: key },
    fetch: (url, init) => fetchBackOffice(office, url, init),
    ...(signal ? { signal } : {}),
  });
}
const pay = (effectKey: string): ActionContext => contextOf(billing, effectKey);
const desk = (effectKey: string): ActionContext => contextOf(users, effectKey);

async function fault(service: string, kind: string): Promise<void> {
  await fetchBackOffice(office, 'http://office/faults', {
    method: 'POST',
    body: JSON.stringify({ service, fault: kind, times: 1 }),
  });
}

async function counts(): Promise<Record<string, number>> {
  const ledger = await fetchBackOffice(office, 'http://office/ledger');
  return ((await ledger.json()) as { counts: Record<string, number> }).counts;
}

const lost = { failureClass: 'transient', sendOutcome: 'unknown' };

describe('users', () => {
  const { read, find, create, rename, grantRole, revokeRole, remove } = users.actions;

  test('are created, found, changed and removed, and each answer has the shape that the skill promises', async () => {
    const created = await create.run({ ...ada, roles: ['viewer'] }, desk('k-1'));
    const { userId } = created;
    const found = await find.run({ email: ada.email }, desk('find'));
    const renamed = await rename.run({ userId, displayName: 'Ada King' }, desk('k-2'));
    const granted = await grantRole.run({ userId, role: 'billing' }, desk('k-3'));
    const revoked = await revokeRole.run({ userId, role: 'viewer' }, desk('k-4'));
    expect(await read.run({ userId }, desk('read'))).toEqual({
      ...{ userId, ...ada, displayName: 'Ada King', status: 'active', roles: ['billing'] },
    });
    expect(await remove.run({ userId }, desk('k-5'))).toEqual({ userId });
    expect(await counts()).toMatchObject({ userCreated: 1, userChanged: 3, userDeleted: 1 });

    expect(create.output.parse(created)).toEqual(created);
    expect(find.output.parse(found)).toMatchObject({ userId, status: 'active', users: [{ userId }] });
    // What it has not changed was written by somebody else, and is not repeated.
    expect(rename.output.parse(renamed)).toEqual({ userId, displayName: 'Ada King' });
    expect(grantRole.output.parse(granted)).toEqual({ userId, roles: ['viewer', 'billing'] });
    expect(create.check?.({ ...ada, roles: ['viewer'] }, created)).toEqual([]);
    expect(rename.check?.({ userId, displayName: 'Ada King' }, renamed)).toEqual([]);
    expect(grantRole.check?.({ userId, role: 'billing' }, granted)).toEqual([]);
    expect(revokeRole.check?.({ userId, role: 'viewer' }, revoked)).toEqual([]);
  });

  test('of whom several fit, or none, are not taken for the one that was meant', async () => {
    await create.run({ ...ada, roles: [] }, desk('k-1'));
    await create.run({ name: 'adam', displayName: 'Adam', email: 'adam@example.com', roles: [] }, desk('k-2'));
    const several = await find.run({ name: 'ada' }, desk('find'));
    expect(several).toMatchObject({ userId: null, status: null, users: [{}, {}] });
    expect(await find.run({ name: 'zoe' }, desk('find'))).toEqual({ userId: null, status: null, users: [] });
    expect(find.input.safeParse({}).success).toBe(false);
  });

  test('whose creation or change was answered into the void are created and changed once', async () => {
    await fault('users', 'apply-then-drop');
    await expect(create.run({ ...ada, roles: [] }, desk('k-1'))).rejects.toMatchObject(lost);
    const { userId } = await create.run({ ...ada, roles: [] }, desk('k-1'));
    await fault('users', 'apply-then-drop');
    await expect(grantRole.run({ userId, role: 'admin' }, desk('k-2'))).rejects.toMatchObject(lost);
    await grantRole.run({ userId, role: 'admin' }, desk('k-2'));
    await fault('users', 'apply-then-drop');
    await expect(revokeRole.run({ userId, role: 'admin' }, desk('k-3'))).rejects.toMatchObject(lost);
    await revokeRole.run({ userId, role: 'admin' }, desk('k-3'));
    expect(await counts()).toMatchObject({ userCreated: 1, userChanged: 2 });
  });

  test('whose removal was answered into the void are gone, and nothing can prove by whom', async () => {
    const { userId } = await create.run({ ...ada, roles: [] }, desk('k-1'));
    await fault('users', 'apply-then-drop');
    await expect(remove.run({ userId }, desk('k-2'))).rejects.toMatchObject(lost);
    await expect(remove.run({ userId }, desk('k-2'))).rejects.toMatchObject({ failureClass: 'bug' });
    expect(remove).toMatchObject({ effect: { class: 'N' } });
    expect((await counts())['userDeleted']).toBe(1);
  });

  test('cannot be named by a path to something else', () => {
    for (const userId of ['..', 'US1', '../charges', 'US000001/roles', 'US000001?x'])
      expect(read.input.safeParse({ userId }).success).toBe(false);
  });

  test('are the same for the first version, which knows no roles', async () => {
    const before = usersBefore.actions;
    const old = (effectKey: string): ActionContext => contextOf(usersBefore, effectKey);
    const { userId } = await before.create.run(ada, old('k-1'));
    await grantRole.run({ userId, role: 'admin' }, desk('k-2'));
    expect(before.read.output.parse(await before.read.run({ userId }, old('read')))).toEqual({
      ...{ userId, ...ada, status: 'active' },
    });
    expect(await before.find.run({ name: 'ada' }, old('find'))).toMatchObject({ userId });
    const renamed = await before.rename.run({ userId, displayName: 'Ada King' }, old('k-3'));
    expect(before.rename.check?.({ userId, displayName: 'Ada' }, renamed)).toEqual(["the name is 'Ada King' instead"]);
    expect(await before.remove.run({ userId }, old('k-4'))).toEqual({ userId });
    expect(usersBefore.deprecated).toEqual({ replacedBy: 'UserManagement:v2' });
  });
});

describe('money', () => {
  const { charge, refund, read } = billing.actions;

  test('is charged and paid back, and the charge tells how much is left', async () => {
    const charged = await charge.run(order, pay('k-1'));
    const wanted = { chargeId: charged.chargeId, amountCents: 5_000, reason: 'Broken' };
    const refunded = await refund.run(wanted, pay('k-2'));
    expect(await read.run({ chargeId: charged.chargeId }, pay('read'))).toEqual({
      ...{ chargeId: 'CH000001', ...order, status: 'partlyRefunded', refundedCents: 5_000 },
    });
    expect(charge.output.parse(charged)).toEqual(charged);
    expect(refund.output.parse(refunded)).toEqual(refunded);
    expect(charge.check?.(order, charged)).toEqual([]);
    expect(refund.check?.(wanted, refunded)).toEqual([]);
    expect(refund.check?.({ ...wanted, amountCents: 1 }, refunded)).toEqual([
      '5000 cents of CH000001 were paid back instead',
    ]);
  });

  test('is charged once under one key, however often its answer is lost', async () => {
    await fault('charges', 'apply-then-drop');
    await expect(charge.run(order, pay('k'))).rejects.toMatchObject(lost);
    await charge.run(order, pay('k'));
    await charge.run(order, pay('k'));
    expect((await counts())['charged']).toBe(1);
  });

  test('that was paid back is found by its key, and what was not is not', async () => {
    const { chargeId } = await charge.run(order, pay('k-1'));
    const wanted = { chargeId, amountCents: 100, reason: 'Late' };
    await fault('refunds', 'fail');
    await expect(refund.run(wanted, pay('k-2'))).rejects.toMatchObject(lost);
    expect(await refund.lookup?.('k-2', wanted, pay('k-2'))).toEqual({ found: false });
    await fault('refunds', 'apply-then-drop');
    await expect(refund.run(wanted, pay('k-2'))).rejects.toMatchObject(lost);
    expect(await refund.lookup?.('k-2', wanted, pay('k-2'))).toMatchObject({
      found: true,
      output: { reference: 'k-2', amountCents: 100 },
    });
    await refund.run(wanted, pay('k-2'));
    expect(await refund.lookup?.('k-2', wanted, pay('k-2'))).toEqual({
      found: 'unknown',
      why: '2 refunds have the reference k-2',
    });
  });

  test('that a run takes back is what was left of the charge, once', async () => {
    const charged = await charge.run(order, pay('k-1'));
    const { chargeId } = charged;
    await refund.run({ chargeId, amountCents: 2_000, reason: 'Late' }, pay('k-2'));
    await fault('refunds', 'apply-then-drop');
    const { compensate } = charge;
    expect(await compensate?.lookup?.('k-3', order, charged, pay('k-3'))).toEqual({ found: false });
    // The look before it changes nothing, so it is the refund that is dropped.
    await expect(compensate?.run(order, charged, pay('k-3'))).rejects.toMatchObject(lost);
    expect(await compensate?.lookup?.('k-3', order, charged, pay('k-3'))).toMatchObject({ found: true });
    await compensate?.run(order, charged, pay('k-4'));
    expect(await read.run({ chargeId }, pay('read'))).toMatchObject({ status: 'refunded', refundedCents: 12_000 });
    expect((await counts())['refunded']).toBe(2);
  });

  test('moves with the right key only, and a wrong one is no doubt', async () => {
    const refused = charge.run(order, contextOf(billing, 'k', 'another-key'));
    await expect(refused).rejects.toMatchObject({ failureClass: 'denied', sendOutcome: 'notDone' });
    expect((await counts())['charged']).toBe(0);
  });

  test('of a provider that does not answer in time is in doubt', async () => {
    await fault('charges', 'hang');
    const hanging = charge.run(order, contextOf(billing, 'k', apiKey, AbortSignal.timeout(50)));
    await expect(hanging).rejects.toMatchObject({ failureClass: 'timeout', sendOutcome: 'unknown' });
  });

  test('is counted in whole cents', () => {
    for (const amountCents of [0, -1, 1.5, '5', 100_000_001]) {
      expect(charge.input.safeParse({ ...order, amountCents }).success).toBe(false);
      expect(refund.input.safeParse({ chargeId: 'CH000001', amountCents, reason: 'x' }).success).toBe(false);
    }
  });
});
