import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { FileSecretStore, SecretsManagerStore } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('secrets in a file', () => {
  let files = 0;
  const fileWith = (text: string, mode = 0o600): string => {
    const path = join(folder, `${++files}.json`);
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
    return path;
  };

  it('are read by name, and again once the file has changed', async () => {
    const path = fileWith('{"API_KEY":"first-value"}');
    const store = new FileSecretStore(path);
    expect(await store.read('API_KEY')).toBe('first-value');
    writeFileSync(path, '{"API_KEY":"second-value","OTHER_KEY":"another"}');
    expect(await store.read('API_KEY')).toBe('second-value');
    expect(await store.read('OTHER_KEY')).toBe('another');
  });

  it('that are missing are told with name, file and what to do', async () => {
    for (const path of [join(folder, 'absent.json'), fileWith('{"OTHER_KEY":"x"}')]) {
      await expect(new FileSecretStore(path).read('API_KEY')).rejects.toThrow(
        `There is no secret 'API_KEY' in ${path}. Write it there with 'holdfast secrets set API_KEY'`,
      );
    }
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o620])(
    'that others may reach (mode %o) are refused with the command that mends it',
    async (mode) => {
      const path = fileWith('{"API_KEY":"value"}', mode);
      await expect(new FileSecretStore(path).read('API_KEY')).rejects.toThrow(`Run: chmod 600 '${path}'`);
    },
  );

  it('are refused as soon as others may read a file that was fine', async () => {
    const path = fileWith('{"API_KEY":"value"}');
    const store = new FileSecretStore(path);
    await store.read('API_KEY');
    chmodSync(path, 0o644);
    await expect(store.read('API_KEY')).rejects.toThrow('chmod 600');
  });

  it('never show in the message about a file that is malformed', async () => {
    for (const text of [
      '{"API_KEY":"hush-hush',
      '"hush-hush"',
      '["hush-hush"]',
      '{"API_KEY":{"x":"hush-hush"}}',
      'hush-hush',
    ]) {
      const error = await new FileSecretStore(fileWith(text)).read('API_KEY').catch((thrown: unknown) => thrown);
      expect((error as Error).message).toContain('must look like');
      expect((error as Error).cause).toBeUndefined();
      expect(String((error as Error).stack)).not.toContain('hush');
    }
  });

  it('are not found under names that every object has', async () => {
    await expect(new FileSecretStore(fileWith('{}')).read('constructor')).rejects.toThrow('There is no secret');
  });
});

describe('secrets in Secrets Manager', async () => {
  let asked: unknown[] = [];
  let stored: Readonly<Record<string, unknown>> = {};
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push(body);
      const { SecretId: id } = body as { SecretId: string };
      const found = stored[id];
      response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(found ?? { __type: 'ResourceNotFoundException', message: 'none' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SecretsManagerClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });
  beforeEach(() => {
    asked = [];
    stored = { 'holdfast/API_KEY': { SecretString: 'first-value' } };
  });
  const storeAt = (clock: ManualClock) =>
    new SecretsManagerStore({ prefix: 'holdfast', clock, connect: async () => client });

  it('are read under the prefix, kept for five minutes and then asked for again', async () => {
    const clock = new ManualClock();
    const store = storeAt(clock);
    expect(await Promise.all([store.read('API_KEY'), store.read('API_KEY')])).toEqual(['first-value', 'first-value']);
    stored = { 'holdfast/API_KEY': { SecretString: 'second-value' } };
    clock.advance(299_999);
    expect(await store.read('API_KEY')).toBe('first-value');
    expect(asked).toEqual([{ SecretId: 'holdfast/API_KEY' }]);
    clock.advance(1);
    expect(await store.read('API_KEY')).toBe('second-value');
    expect(asked).toHaveLength(2);
  });

  it('that could not be read are told by name, and asked for again at once', async () => {
    const store = storeAt(new ManualClock());
    await expect(store.read('OTHER_KEY')).rejects.toThrow(
      "The secret 'holdfast/OTHER_KEY' cannot be read from Secrets Manager (ResourceNotFoundException",
    );
    stored = { 'holdfast/OTHER_KEY': { SecretString: 'there-now' } };
    expect(await store.read('OTHER_KEY')).toBe('there-now');
  });

  it('that are binary are no texts', async () => {
    stored = { 'holdfast/API_KEY': { SecretBinary: 'AAAA' } };
    await expect(storeAt(new ManualClock()).read('API_KEY')).rejects.toThrow('holds no text');
  });

  it('cannot be read by a function that was given none', async () => {
    const store = new SecretsManagerStore({ prefix: undefined, clock: new ManualClock(), connect: async () => client });
    await expect(store.read('API_KEY')).rejects.toThrow(
      "The secret 'API_KEY' cannot be read: this function was given no secrets",
    );
    expect(asked).toEqual([]);
  });
});
