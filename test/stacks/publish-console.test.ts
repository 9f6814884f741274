import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createS3Client } from '../../core/adapters/s3/blob-store.ts';
import { env } from '../../core/contract/env.ts';
import { handler } from '../../functions/publish-console/handler.ts';
import { publishFiles } from '../../functions/publish-console/publish-files.ts';

// Its logger looks when it is loaded.
vi.hoisted(() => vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT'));

const files = join(import.meta.dirname, 'console-files');
const config = '{"signIn":"oidc"}';
const empty = mkdtempSync(join(tmpdir(), 'holdfast-console-'));

let emulator: Awaited<ReturnType<typeof startFauxqs>>;
let cloudFormation: Server;
let answerStatus = 200;
const answers: { readonly type: string | undefined; readonly body: unknown }[] = [];

beforeAll(async () => {
  emulator = await startFauxqs({ port: 0, logger: false });
  emulator.createBucket('console');
  cloudFormation = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      answers.push({ type: request.headers['content-type'], body: JSON.parse(text) });
      response.writeHead(answerStatus).end();
    });
  });
  await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
  const local = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  for (const [name, value] of Object.entries(local)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${emulator.port}`);
  vi.stubEnv(env.consoleFiles, files);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(empty, { recursive: true });
  await new Promise((resolve) => cloudFormation.close(resolve));
  await emulator.stop();
});

async function ask(type: CloudFormationCustomResourceEvent['RequestType'], properties: object): Promise<unknown> {
  const { port } = cloudFormation.address() as AddressInfo;
  const event = {
    ...{ RequestType: type, StackId: 'stack-1', RequestId: 'request-1', LogicalResourceId: 'Published' },
    ...{ ResponseURL: `http://127.0.0.1:${port}/signed`, ServiceToken: 'arn', ResourceType: 'Custom::Console' },
    ResourceProperties: { ServiceToken: 'arn', ...properties },
  };
  await handler(event as unknown as CloudFormationCustomResourceEvent, {} as Context);
  return answers.at(-1)?.body;
}

const told = {
  PhysicalResourceId: 'console',
  StackId: 'stack-1',
  RequestId: 'request-1',
  LogicalResourceId: 'Published',
};

it('a deployment writes every file with its type and how long it may be kept, and says so', async () => {
  expect(await ask('Create', { bucket: 'console', config, files: 'layer' })).toEqual({ Status: 'SUCCESS', ...told });
  const client = createS3Client();
  const stored = async (key: string) => {
    const {
      ContentType: type,
      CacheControl: cache,
      Body: body,
    } = await client.send(new GetObjectCommand({ Bucket: 'console', Key: key }));
    return { type, cache, text: await body?.transformToString() };
  };
  expect(await stored('index.html')).toMatchObject({
    ...{ type: 'text/html; charset=utf-8', cache: 'no-cache', text: expect.stringContaining('/assets/main-1a2b3c.js') },
  });
  expect(await stored('console/config.json')).toEqual({ type: 'application/json', cache: 'no-cache', text: config });
  expect(await stored('assets/main-1a2b3c.js')).toMatchObject({
    ...{ type: 'text/javascript; charset=utf-8', cache: 'public, max-age=31536000, immutable' },
  });
  client.destroy();
});

it('a deployment that cannot be done is told why, at once', async () => {
  const failures: [object, string][] = [
    [{ bucket: 'nobodys', config }, 'bucket'],
    [{ bucket: 'console' }, 'config'],
  ];
  for (const [properties, said] of failures) {
    const answer = await ask('Update', properties);
    expect(answer).toMatchObject({ Status: 'FAILED', ...told, Reason: expect.stringContaining(said) });
  }
  vi.stubEnv(env.consoleFiles, empty);
  expect(await ask('Update', { bucket: 'console', config })).toMatchObject({
    ...{ Status: 'FAILED', Reason: expect.stringContaining('it has no index.html') },
  });
  vi.stubEnv(env.consoleFiles, files);
});

it('the end of the stack leaves the files alone and waits for nothing', async () => {
  expect(await ask('Delete', {})).toEqual({ Status: 'SUCCESS', ...told });
  // The address is signed for a request without a type.
  expect(answers.at(-1)?.type ?? '').toBe('');
});

it('an answer that CloudFormation does not take is an error, so that Lambda tries again', async () => {
  answerStatus = 503;
  await expect(ask('Delete', {})).rejects.toThrow('status 503');
  answerStatus = 200;
});

it('the page is written last, when all that it names is there', async () => {
  const keys: string[] = [];
  const count = await publishFiles(files, config, { put: async ({ key }) => void keys.push(key) });
  expect(keys).toEqual(['assets/main-1a2b3c.js', 'manifest.json', 'console/config.json', 'index.html']);
  expect(count).toBe(4);
});
