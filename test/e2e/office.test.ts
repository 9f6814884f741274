import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform } from './running-platform.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder);
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

async function office(path: string, body?: JsonObject): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${folder.serviceUrls.get('back-office')}${path}`, init)).json();
}

async function onboard(): Promise<RunView> {
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
  const command = 'run user-admin --playbook onboard-user --input examples/onboarding.json --watch --json'.split(' ');
  const { stdout } = await holdfast(command, { env, cwd: folder.directory });
  return JSON.parse(stdout) as RunView;
}

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
  expect(await office('/users/US000001')).toMatchObject({ name, displayName, email, roles: ['editor'] });
});

it('an account whose creation was answered into the void is created once', async () => {
  await office('/faults', { service: 'users', fault: 'apply-then-drop', times: 1 });
  expect(await onboard()).toMatchObject({ status: 'completed', output: { userId: 'US000002' } });
  expect(await office('/ledger')).toMatchObject({
    counts: { userCreated: 2, userChanged: 2 },
    // Two creations, of which one was heard, and a role; before that the same with one, and a look.
    requests: { users: 6 },
  });
});
