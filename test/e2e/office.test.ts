import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import { skillPage, skillView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import { askOffice, paymentKey, refundsOf } from './back-office.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform } from './running-platform.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = await makeProjectFolder();
  await holdfast(['secrets', 'set', 'PAYMENT_API_KEY', '--data', folder.dataDirectory], { input: paymentKey });
  platform = await RunningPlatform.start(folder);
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

/** Runs a playbook with an input of the examples. */
async function run(agent: string, playbook: string, example: string): Promise<RunView> {
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
  const input = `examples/${example}.json`;
  const args = ['run', agent, '--playbook', playbook, '--input', input, '--watch', '--json'];
  const { stdout } = await holdfast(args, { env, cwd: folder.directory });
  return JSON.parse(stdout) as RunView;
}

const onboard = () => run('user-admin', 'onboard-user', 'onboarding');

it('a new colleague has an account with one role, and the directory says the same', async () => {
  const input = JSON.parse(readFileSync(join(repository, 'examples', 'onboarding.json'), 'utf8')) as JsonObject;
  expect(await onboard()).toMatchObject({
    status: 'completed',
    output: {
      userId: 'US000001',
      roles: ['editor'],
      welcome: 'Welcome, Ada Lovelace!\nLog in as ada. You may begin as editor.',
    },
  });
  const { name, displayName, email } = input;
  expect(await askOffice(folder, '/users/US000001')).toMatchObject({ name, displayName, email, roles: ['editor'] });
});

it('an account whose creation was answered into the void is created once', async () => {
  await askOffice(folder, '/faults', { service: 'users', fault: 'apply-then-drop', times: 1 });
  expect(await onboard()).toMatchObject({ status: 'completed', output: { userId: 'US000002' } });
  expect(await askOffice(folder, '/ledger')).toMatchObject({
    counts: { userCreated: 2, userChanged: 2 },
    // Two creations, of which one was heard, and a role; before that the same with one, and a look.
    requests: { users: 6 },
  });
});

it('a customer is charged and gets a receipt, and the refund of the example waits for a person', async () => {
  expect(await run('billing', 'charge-customer', 'charge')).toMatchObject({
    status: 'completed',
    output: {
      charge: { chargeId: 'CH000001', customerId: 'US000001', amountCents: 120_000 },
      receipt: 'Dear Ada Lovelace,\nyour payment CH000001 for "Engine room, one year" has arrived.',
    },
  });
  expect(await run('billing', 'refund-charge', 'refund')).toMatchObject({
    status: 'escalated',
    waitingFor: { kind: 'human', escalation: 'approval' },
  });
  expect(await refundsOf(folder, 'CH000001')).toEqual([]);
});

it('every skill of the project can be shown, with all that its contract says', async () => {
  const { items } = skillPage.parse(await (await platform.call('GET', '/v1/skills')).json());
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['Agent:v1', 'UserManagement:v2', 'Http:v1']));
  for (const { id } of items) {
    const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
    const shown = await holdfast(['skills', 'show', id, '--json'], { env });
    expect(shown, id).toMatchObject({ exitCode: 0, stderr: '' });
    expect(skillView.parse(JSON.parse(shown.stdout)).id).toBe(id);
  }
});
