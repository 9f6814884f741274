import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTable } from '../../core/adapters/dynamodb/index.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import { jsonHash } from '../../core/model/json.ts';
import type { Emulators } from '../emulators/start-emulators.ts';
import { startEmulators } from '../emulators/start-emulators.ts';
import { createEmulatedTableClient } from '../emulators/table-client.ts';
import { functionEnvironment, local } from '../environment.ts';
import type { SkillHosts } from './skill-hosts.ts';
import { startSkillHosts } from './skill-hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-skill-hosts-'));
const timeoutMs = 60_000;
let emulators: Emulators;
let hosts: SkillHosts;
let steps = 0;

beforeAll(async () => {
  emulators = await startEmulators(
    { dataDirectory: folder, queues: [...local.queues], bucket: local.bucket },
    (error) => {
      throw error;
    },
  );
  Object.assign(
    process.env,
    functionEnvironment({
      addresses: emulators.addresses,
      stepFunctionsEndpoint: 'http://127.0.0.1:1',
      skillIds: ['Hungry:v1'],
      settings: {},
      tokenKeys: '{"keys":[]}',
      dataDirectory: folder,
      smtpUrl: 'smtp://127.0.0.1:1',
      epoch: 'test',
    }),
  );
  const client = createEmulatedTableClient();
  await createTable(client, local.table);
  client.destroy();
  hosts = await startSkillHosts({
    projectDirectory: join(import.meta.dirname, '../../test/fixtures/hungry-project'),
    size: 1,
    warm: 1,
  });
});
afterAll(async () => {
  await hosts.stop();
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

function eat(megabytes: number): StepRequest {
  const value = { megabytes };
  return {
    tenantId: 'acme',
    runId: 'run-01j9zzzzzzzzzzzzzzzzzzzzzz',
    agent: 'eater',
    generation: 1,
    stepId: `eat-${(steps += 1)}`,
    skill: 'Hungry:v1',
    action: 'eat',
    direction: 'F',
    occurrence: 1,
    input: { kind: 'inline', value },
    argsHash: jsonHash(value),
    skillHash: 'any',
    trust: 'trusted',
    doubted: [],
    settleOnly: false,
    lookAgain: false,
  };
}

test('a skill that needs more memory than on Lambda is killed and says so, and the next one finds a new worker', async () => {
  await expect(hosts.invoke(eat(1_000), timeoutMs)).rejects.toMatchObject({
    name: 'Lambda.Unknown',
    message: 'the skill worker was killed: it needed more than 512 MB of memory',
  });
  await expect(hosts.invoke(eat(50), timeoutMs)).resolves.toMatchObject({ kind: 'done', output: { megabytes: 50 } });
});
