import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscalationView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { allScopes, mintLocalToken } from '../../local/tokens.ts';
import { holdfast } from '../cli/command.ts';
import { askOffice, chargeCustomer, paymentKey, refundsOf } from './back-office.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

/** The back office checks the key that it finds in its environment; skills have to know it as a secret. */
const start = () => RunningPlatform.start(folder, { environment: { PAYMENT_API_KEY: paymentKey } });

beforeAll(async () => {
  folder = await makeProjectFolder();
  const set = ['secrets', 'set', 'PAYMENT_API_KEY', '--data', folder.dataDirectory];
  expect(await holdfast(set, { input: `${paymentKey}\n` })).toMatchObject({ exitCode: 0, stderr: '' });
  platform = await start();
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

const command = (...args: string[]) =>
  holdfast(args, { env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory } });

const refundInput = (chargeId: string, amountCents: number, reason = 'Three months were not used'): JsonObject => ({
  ...{ chargeId, amountCents, reason },
  ticket: 'We moved out in September. Could you pay back the rest of the year?',
});

const runRefund = (input: JsonObject) =>
  command('run', 'billing', '--playbook', 'refund-charge', '--input', JSON.stringify(input), '--watch');

/** The only open escalation. */
async function openEscalation(): Promise<EscalationView> {
  const listed = await command('inbox', 'list', '--json');
  const { items } = JSON.parse(listed.stdout) as { items: EscalationView[] };
  expect(items).toHaveLength(1);
  return items[0] as EscalationView;
}

const resolve = (escalationId: string, verdict: '--approve' | '--reject') =>
  command('inbox', 'resolve', escalationId, verdict, '--reason', 'asked accounting', '--watch');

const startRefund = (chargeId: string): Promise<string> =>
  platform.startRun({ agent: 'billing', playbook: 'refund-charge', input: refundInput(chargeId, 60_000) });

describe('a refund of 600.00', () => {
  it('waits for a person, who sees what will be sent, and is paid once when they approve', async () => {
    const chargeId = await chargeCustomer(folder);
    const waiting = await runRefund(refundInput(chargeId, 60_000));
    expect(waiting, waiting.stderr).toMatchObject({ exitCode: 3 });
    const { escalationId } = await openEscalation();
    expect(waiting.stdout).toContain(`holdfast inbox show ${escalationId}`);
    expect(await refundsOf(folder, chargeId)).toEqual([]);

    const shown = await command('inbox', 'show', escalationId);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    for (const part of [
      'approval, open',
      'Billing:v1/refund',
      `"chargeId": "${chargeId}"`,
      '"amountCents": 60000',
      '"reason": "Three months were not used"',
      'amountCents <= 200000',
      `holdfast inbox resolve ${escalationId} --approve`,
    ]) {
      expect(shown.stdout).toContain(part);
    }

    const approved = await resolve(escalationId, '--approve');
    expect(approved, approved.stderr).toMatchObject({ exitCode: 0 });
    expect(approved.stdout).toContain('is on its way: Three months were not used');
    expect(await refundsOf(folder, chargeId)).toEqual([60_000]);
  });

  it('is never paid when they reject it, and the run is declined', async () => {
    const chargeId = await chargeCustomer(folder);
    expect(await runRefund(refundInput(chargeId, 60_000))).toMatchObject({ exitCode: 3 });
    const { escalationId, runId } = await openEscalation();
    const rejected = await resolve(escalationId, '--reject');
    expect(rejected, rejected.stderr).toMatchObject({ exitCode: 1 });
    expect(rejected.stdout).toContain('asked accounting');
    expect(await platform.showRun(runId)).toMatchObject({ status: 'declined' });
    expect(await refundsOf(folder, chargeId)).toEqual([]);
  });

  it('shows a character that nobody can see as what it is, and sends it as it was approved', async () => {
    const chargeId = await chargeCustomer(folder);
    expect(await runRefund(refundInput(chargeId, 60_000, 'no\u200bthing'))).toMatchObject({ exitCode: 3 });
    const { escalationId } = await openEscalation();
    const { stdout } = await command('inbox', 'show', escalationId);
    expect(stdout).toContain(String.raw`"reason": "no\u{200b}thing"`);
    expect(stdout).toContain('/reason: ZERO WIDTH SPACE');
    expect(stdout).not.toContain('\u200b');
    expect(await resolve(escalationId, '--approve')).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(await askOffice(folder, '/ledger'))).toContain('no\u200bthing');
  });

  it('that waits outlives kill -9 of the platform, and is then approved and paid once', async () => {
    const chargeId = await chargeCustomer(folder);
    const runId = await startRefund(chargeId);
    await untilAtRest(platform, runId);
    const { escalationId } = await openEscalation();
    await platform.kill();
    platform = await start();
    expect(await untilAtRest(platform, runId)).toMatchObject({ waitingFor: { escalationId } });
    expect(await resolve(escalationId, '--approve')).toMatchObject({ exitCode: 0 });
    expect(await refundsOf(folder, chargeId)).toEqual([60_000]);
  });

  it('is decided by the first of two people who answer at once, twenty times', async () => {
    const people = await Promise.all(
      ['ada', 'grace'].map((subject) =>
        mintLocalToken({
          ...{ dataDirectory: folder.dataDirectory, tenantId: 'default', scopes: allScopes },
          ...{ expiresInSeconds: 3_600, subject },
        }),
      ),
    );
    for (let round = 0; round < 20; round += 1) {
      const chargeId = await chargeCustomer(folder);
      const runId = await startRefund(chargeId);
      const { waitingFor } = await untilAtRest(platform, runId);
      if (waitingFor?.kind !== 'human') throw new Error('the run does not wait for a person');
      const answers = await Promise.all(
        // Now the one and now the other asks first.
        (round % 2 === 0 ? ['approve', 'reject'] : ['reject', 'approve']).map(async (resolution, index) => {
          const body = { resolution, reason: 'as I think' };
          const headers = { authorization: `Bearer ${people[index]}` };
          const path = `/v1/escalations/${waitingFor.escalationId}/resolve`;
          return { resolution, status: (await platform.call('POST', path, body, headers)).status };
        }),
      );
      const won = answers.filter(({ status }) => status === 202);
      expect(won, `round ${round}`).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
      const ended = await platform.runUntil(runId, ({ status }) => status === 'completed' || status === 'declined');
      const isApproved = won[0]?.resolution === 'approve';
      expect(ended.status).toBe(isApproved ? 'completed' : 'declined');
      expect(await refundsOf(folder, chargeId), `round ${round}`).toEqual(isApproved ? [60_000] : []);
    }
  });
});

describe('a refund that no person could allow', () => {
  it.each([
    [200_001, "'Billing:v1/refund' (amountCents <= 200000, with approval)"],
    [500_001, 'No more than 5,000.00 is paid back at once; ask finance'],
  ])('of %i cents is refused before it starts, and told why', async (amountCents, why) => {
    const chargeId = await chargeCustomer(folder);
    const refused = await runRefund(refundInput(chargeId, amountCents));
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('plan-rejected');
    expect(refused.stderr).toContain(why);
    expect(await refundsOf(folder, chargeId)).toEqual([]);
  });
});

it('a small refund needs nobody', async () => {
  const chargeId = await chargeCustomer(folder);
  expect(await runRefund(refundInput(chargeId, 50_000))).toMatchObject({ exitCode: 0 });
  expect(await refundsOf(folder, chargeId)).toEqual([50_000]);
});

it('an account is removed once a person has approved it, and its minutes say whose it was', async () => {
  const user = { name: 'grace', displayName: 'Grace Hopper', email: 'grace@example.com' };
  const { userId = '' } = (await askOffice(folder, '/users', user)) as { userId?: string };
  const input = JSON.stringify({ userId, reason: 'She has left' });
  const offboard = ['run', 'user-admin', '--playbook', 'offboard-user', '--input', input, '--watch'];
  expect(await command(...offboard)).toMatchObject({ exitCode: 3 });
  expect(await askOffice(folder, `/users/${userId}`)).toMatchObject({ name: 'grace' });
  const { escalationId } = await openEscalation();
  expect((await command('inbox', 'show', escalationId)).stdout).toContain('needs the approval of a person');
  const approved = await resolve(escalationId, '--approve');
  expect(approved, approved.stderr).toMatchObject({ exitCode: 0 });
  expect(approved.stdout).toContain('of grace (grace@example.com) was removed: She has left');
  expect(await askOffice(folder, `/users/${userId}`)).not.toHaveProperty('name');
});

it.each([
  [50_000, 0, 'allowed', 'amountCents <= 50000'],
  [60_000, 0, 'allowed once a person has approved it', 'amountCents <= 200000'],
  [200_001, 1, 'denied', 'amountCents <= 200000'],
  [500_001, 1, 'denied', 'policies/house-rules.cedar#most-refunded-at-once'],
])('policy explain of a refund of %i cents ends with %i and says: %s', async (amountCents, exitCode, words, why) => {
  const input = JSON.stringify({ chargeId: 'CH000001', amountCents, reason: 'Late' });
  const use = ['--agent', 'billing', '--skill', 'Billing:v1', '--action', 'refund', '--input', input];
  const explained = await command('policy', 'explain', ...use);
  expect(explained, explained.stderr).toMatchObject({ exitCode });
  expect(explained.stdout).toContain(`Billing:v1/refund by billing: ${words}\n`);
  expect(explained.stdout).toContain(why);
});
