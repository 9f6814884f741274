import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { local } from '../../local/environment.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform, repository, untilAtRest } from './running-platform.ts';
import { withStoredTable } from './stored-run.ts';

/** Of all kinds that secrets have: short, long, of several lines, with quotes, and one that begins like another. */
const secrets: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'canary-plain-Zq81hLmV',
    'cnry8chr',
    'canary-plain-Zq81hLmV-and-a-longer-end',
    'canary "quoted" \\back\\slashed\\ secret',
    '-----BEGIN CANARY KEY-----\nQ2FuYXJ5TGluZU9uZQ\nQ2FuYXJ5TGluZVR3bw\n-----END CANARY KEY-----',
    'canary+with/url?signs=&more%20of#them',
    'kanarienvögel-geheimnis-ßü🐤',
    `canary-long-${'0123456789abcdef'.repeat(64)}`,
    '$2b$12$canary.hash.XyZ0123456789',
    '${input.canary} {{canary}} $(canary)',
    '<canary>&amp;"secret"</canary>',
    'canary@user:password@host',
    '48656c6c6f43616e617279',
    'Q2FuYXJ5QmFzZTY0U2VjcmV0',
    'AKIACANARY0000EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl',
    'postgres://canary:s3cr3t-Pa55@db.internal:5432/app',
    'canary\ttabbed\tsecret',
    '1234567890123456789',
    'null-canary-undefined',
  ].map((value, index) => [`CANARY_${String(index).padStart(2, '0')}`, value]),
);

/** What a search would find a secret by: also in the forms in which it is written down. */
const forms = Object.entries(secrets).flatMap(([name, value]) => {
  const bytes = Buffer.from(value);
  const written = JSON.stringify(value).slice(1, -1);
  return [
    value,
    written,
    JSON.stringify(written).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    Buffer.from(`user:${value}`).toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
  ].map((form) => ({ name, bytes: Buffer.from(form) }));
});
const foundIn = (content: Buffer | string): string[] => {
  const searched = Buffer.from(content);
  return [...new Set(forms.filter(({ bytes }) => searched.includes(bytes)).map(({ name }) => name))];
};

const received: string[] = [];
const provider = createServer((request, response) => {
  void text(request).then((body) => {
    received.push(request.url ?? '');
    const values = body === '' ? [] : (JSON.parse(body) as string[]);
    const answer = JSON.stringify({ seen: values, headers: request.headers });
    if (request.url === '/echo') response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    else response.writeHead(422).end(`${values[2]} ${'x'.repeat(240)} ${values[7]} ${answer}`);
  });
});

let folder: ProjectFolder;
let platform: RunningPlatform;

beforeAll(async () => {
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  folder = await makeProjectFolder(join(repository, 'test', 'e2e', 'leaky-project'));
  for (const [name, value] of Object.entries(secrets)) {
    const set = await holdfast(['secrets', 'set', name, '--data', folder.dataDirectory], { input: value });
    expect(set).toMatchObject({ exitCode: 0, stderr: '' });
    expect(foundIn(set.stdout)).toEqual([]);
  }
  const { port } = provider.address() as AddressInfo;
  platform = await RunningPlatform.start(folder, {
    environment: { LEAKY_PROVIDER_URL: `http://127.0.0.1:${port}`, POWERTOOLS_LOG_LEVEL: 'DEBUG' },
  });
});
afterAll(async () => {
  await RunningPlatform.killAll();
  provider.close();
  folder.remove();
});

const playbooks: Readonly<Record<string, string>> = {
  echo: 'completed',
  flood: 'completed',
  mistake: 'escalated',
  crash: 'escalated',
  odd: 'escalated',
  doubt: 'escalated',
  unfit: 'escalated',
  ask: 'escalated',
  answered: 'completed',
  refused: 'escalated',
  escape: 'completed',
};

it('twenty secrets that a skill lets out in every way are in no answer, no output, no log and no file', async () => {
  const answers: string[] = [];
  const look = async (path: string): Promise<string> => {
    const answer = await (await platform.call('GET', path)).text();
    answers.push(answer);
    return answer;
  };
  const states: Record<string, string> = {};
  for (const playbook of Object.keys(playbooks)) {
    const runId = await platform.startRun({ agent: 'leaky', playbook, input: {} });
    const run = await untilAtRest(platform, runId);
    states[playbook] = run.status;
    for (const path of [`/v1/runs/${runId}`, `/v1/runs/${runId}?outputs=true`, `/v1/runs/${runId}/plan`])
      await look(path);
    if (run.waitingFor?.kind === 'human') await look(`/v1/escalations/${run.waitingFor.escalationId}`);
    const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
    for (const args of [
      ['show', runId],
      ['show', runId, '--json'],
    ]) {
      const { stdout, stderr } = await holdfast(args, { env });
      answers.push(stdout, stderr);
    }
    if (playbook === 'escape') expect(JSON.stringify(run)).toContain('["denied","denied","denied"]');
  }
  expect(states).toEqual(playbooks);
  for (const path of ['/v1/runs', '/v1/escalations', '/v1/skills', '/v1/skills/Leaky:v1', '/v1/agents'])
    await look(path);
  // The skill did have its secrets, and what it had is marked where it was.
  expect(received).toEqual(['/echo', '/refuse']);
  for (const name of Object.keys(secrets)) expect(answers.join('\n')).toContain(`[secret ${name}]`);
  expect(answers.flatMap(foundIn)).toEqual([]);
  await platform.stop();
  expect(foundIn(platform.output)).toEqual([]);

  const leaks = filesIn(folder.dataDirectory).flatMap((path) => {
    const found = foundIn(readFileSync(path));
    return found.length === 0 ? [] : [{ path: path.slice(folder.dataDirectory.length + 1), found: found.length }];
  });
  expect(leaks).toEqual([{ path: 'secrets.json', found: 20 }]);
  expect(statSync(join(folder.dataDirectory, 'secrets.json')).mode & 0o777).toBe(0o600);
  // The files of the table are compressed; what it holds is asked for as well.
  const items = await itemsOfTable();
  expect(items).toContain('[secret CANARY_00]');
  expect(foundIn(items)).toEqual([]);
});

function filesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every text of every item, as it is. */
async function itemsOfTable(): Promise<string> {
  return withStoredTable(folder, async (client) => {
    const { Items: items = [], LastEvaluatedKey: more } = await client.send(
      new ScanCommand({ TableName: local.table }),
    );
    expect({ some: items.length > 20, more }).toEqual({ some: true, more: undefined });
    return items.flatMap((item) => Object.values(item).map((value) => value.S ?? '')).join('\n');
  });
}
