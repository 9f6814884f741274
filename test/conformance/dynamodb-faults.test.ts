import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import { ledgerKey } from '../../core/contract/keys.ts';
import type { LedgerItem, LedgerRef } from '../../core/model/effect.ts';
import { StoreUnavailable } from '../../core/model/failure.ts';
import type { EffectLedger, RunStore } from '../../core/ports/index.ts';
import type { EmbeddedTable, FaultPlan } from './embedded-table.ts';
import { startEmbeddedTable, tableClients, tableName } from './embedded-table.ts';
import { escalationOf, headOf, planOf, recordOf, requestOf } from './records.ts';

/** The clients wait for 3 s. */
const givenUpMs = 4_000;

describe.each(tableClients)('through %s', (_client, createClient) => {
  let table: EmbeddedTable;
  let numbers = 0;

  beforeAll(async () => {
    table = await startEmbeddedTable(createClient);
  });
  afterAll(() => table.stop());

  const refOf = (number: number): LedgerRef => ({
    tenantId: 'acme',
    skill: 'HotelBooking:v1',
    runId: 'run-01j9zzzzzzzzzzzzzzzzzzzzzz',
    stepId: `step-${number}`,
    direction: 'F',
  });
  const claimOf = (ref: LedgerRef, change: Partial<LedgerItem> = {}): LedgerItem =>
    ({
      ...ref,
      status: 'CLAIMED',
      fence: 1,
      writeToken: `token-${++numbers}`,
      effectKey: 'k',
      occurrence: 1,
      argsHash: 'a',
      skillHash: 's',
      sends: 0,
      unknownSends: 0,
      evidence: [],
      owner: 'me',
      leaseUntilMs: 1,
      ...change,
    }) as LedgerItem;

  const stores = (plan: FaultPlan): { runs: RunStore; ledger: EffectLedger; requests: string[] } => {
    const { client, requests } = table.faulty(plan);
    return { ...createDynamoStores({ client, tableName }), requests };
  };
  const healthy = (): { runs: RunStore; ledger: EffectLedger } =>
    createDynamoStores({ client: table.client, tableName });

  const firstPut =
    (fault: ReturnType<FaultPlan>, puts = 1): FaultPlan =>
    (operation, count) =>
      operation === 'PutItem' && count <= puts ? fault : 'none';

  describe('a ledger write whose answer is lost', () => {
    it('is recognised when the SDK repeats it and is told of a conflict', async () => {
      const { ledger, requests } = stores(firstPut('answerLost'));
      const next = claimOf(refOf(++numbers));
      expect(await ledger.write(next, undefined)).toEqual({ written: true });
      expect(requests).toEqual(['PutItem', 'PutItem', 'GetItem']);
      expect(await healthy().ledger.read(next)).toEqual(next);
    });

    it('is recognised when no answer ever comes', async () => {
      const { ledger, requests } = stores(firstPut('answerLost', 3));
      const next = claimOf(refOf(++numbers));
      expect(await ledger.write(next, undefined)).toEqual({ written: true });
      expect(requests).toEqual(['PutItem', 'PutItem', 'PutItem', 'GetItem']);
    });

    it('is recognised on top of an item that was seen', async () => {
      const first = claimOf(refOf(++numbers));
      await healthy().ledger.write(first, undefined);
      const { ledger } = stores(firstPut('answerLost', 3));
      const next = claimOf(first, { fence: 2 });
      expect(await ledger.write(next, first.writeToken)).toEqual({ written: true });
      expect(await healthy().ledger.read(first)).toEqual(next);
    });

    it('counts as lost to whoever has written over it since', async () => {
      const ref = refOf(++numbers);
      const mine = claimOf(ref);
      const theirs = claimOf(ref, { fence: 2, owner: 'they' });
      const { client } = table.faulty(firstPut('answerLost'));
      client.middlewareStack.add(
        (next) => async (args) => {
          const answer = await next(args).catch((error: unknown) => ({ error }));
          if (!('error' in answer)) return answer;
          await healthy().ledger.write(theirs, mine.writeToken);
          throw answer.error;
        },
        { step: 'deserialize', priority: 'high', name: 'writtenOver' },
      );
      const { ledger } = createDynamoStores({ client, tableName });
      expect(await ledger.write(mine, undefined)).toEqual({ written: false, current: theirs });
    });
  });

  describe('a ledger write that does not arrive', () => {
    it.each(['requestLost', 'serverError', 'throttled'] as const)(
      'is made good by the SDK after one %s',
      async (fault) => {
        const { ledger } = stores(firstPut(fault));
        expect(await ledger.write(claimOf(refOf(++numbers)), undefined)).toEqual({ written: true });
      },
    );

    it('is sent again when a read shows that nothing has changed', async () => {
      const { ledger, requests } = stores(firstPut('requestLost', 3));
      const next = claimOf(refOf(++numbers));
      expect(await ledger.write(next, undefined)).toEqual({ written: true });
      expect(requests).toEqual(['PutItem', 'PutItem', 'PutItem', 'GetItem', 'PutItem']);
    });

    it.each(['requestLost', 'serverError', 'throttled'] as const)(
      'is StoreUnavailable after nothing but %s, because it may still arrive',
      async (fault) => {
        const { ledger } = stores((operation) => (operation === 'PutItem' ? fault : 'none'));
        const next = claimOf(refOf(++numbers));
        await expect(ledger.write(next, undefined)).rejects.toThrow(StoreUnavailable);
        expect(await healthy().ledger.read(next)).toBeUndefined();
      },
    );

    it('loses for certain when someone else has written in between', async () => {
      const ref = refOf(++numbers);
      const theirs = claimOf(ref, { owner: 'they' });
      await healthy().ledger.write(theirs, undefined);
      const { ledger } = stores((operation) => (operation === 'PutItem' ? 'requestLost' : 'none'));
      expect(await ledger.write(claimOf(ref), undefined)).toEqual({ written: false, current: theirs });
    });

    it('is StoreUnavailable when it cannot be read back', async () => {
      const { ledger } = stores(() => 'answerLost');
      await expect(ledger.write(claimOf(refOf(++numbers)), undefined)).rejects.toThrow(StoreUnavailable);
    });

    it('is StoreUnavailable when a conflict cannot be read back', async () => {
      const ref = refOf(++numbers);
      await healthy().ledger.write(claimOf(ref), undefined);
      const { ledger } = stores((operation) => (operation === 'GetItem' ? 'requestLost' : 'none'));
      await expect(ledger.write(claimOf(ref), undefined)).rejects.toThrow(StoreUnavailable);
    });
  });

  describe('a store that does not answer', () => {
    it('makes every method throw StoreUnavailable', async () => {
      const { runs, ledger } = stores(() => 'requestLost');
      const head = headOf(++numbers);
      const query = { tenantId: 'acme', limit: 10, cursor: undefined };
      const scan = async (): Promise<void> => {
        for await (const _ of runs.scanUnfinished()) throw new Error('nothing can be read');
      };
      const calls: Promise<unknown>[] = [
        ledger.read(refOf(1)),
        ledger.readMany([refOf(1)]),
        ledger.write(claimOf(refOf(1)), undefined),
        runs.createRun(requestOf(head), head),
        runs.readRequest(head),
        runs.readHead(head),
        runs.writeHead({ ...head, version: 2 }, 1),
        runs.listRuns(query),
        scan(),
        runs.readPlan(head, 1),
        runs.createPlan(planOf(head, 1)),
        runs.readIdempotency('acme', 'x'),
        runs.writeIdempotency(recordOf(numbers), undefined),
        runs.readEscalation('acme', 'esc-1'),
        runs.writeEscalation(escalationOf(numbers), undefined),
        runs.listEscalations({ ...query, status: 'open' }),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call.status).toBe('rejected');
        expect((call as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailable);
      }
    });

    it('is given up after the time of the client, not waited for', async () => {
      const silent = createServer(() => undefined);
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const client = createClient({
        endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        maxAttempts: 1,
      });
      const { ledger } = createDynamoStores({ client, tableName });
      const beganMs = performance.now();
      await expect(ledger.read(refOf(++numbers))).rejects.toThrow(StoreUnavailable);
      expect(performance.now() - beganMs).toBeLessThan(givenUpMs);
      client.destroy();
      silent.close();
    });

    it('is retried when the connection breaks in the middle of an answer', async () => {
      const breaking = createServer((socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"Item":'));
      });
      let connections = 0;
      breaking.on('connection', () => (connections += 1));
      breaking.listen(0, '127.0.0.1');
      await once(breaking, 'listening');
      const client = createClient({
        endpoint: `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
      const { ledger } = createDynamoStores({ client, tableName });
      await expect(ledger.read(refOf(++numbers))).rejects.toThrow(StoreUnavailable);
      expect(connections).toBe(3);
      client.destroy();
      breaking.close();
    });
  });

  describe('every write of the run store whose answer is lost', () => {
    it('is recognised', async () => {
      const head = headOf(++numbers);
      const plan = planOf(head, 1);
      const record = recordOf(numbers);
      const item = escalationOf(numbers);
      const later = { ...head, version: 2, writeToken: `head-${++numbers}` };
      const writes: ((runs: RunStore) => Promise<unknown>)[] = [
        (runs) => runs.createRun(requestOf(head), head),
        (runs) => runs.writeHead(later, 1),
        (runs) => runs.createPlan(plan),
        (runs) => runs.writeIdempotency(record, undefined),
        (runs) => runs.writeEscalation(item, undefined),
        (runs) => runs.writeEscalation({ ...item, version: 2, writeToken: `esc-${numbers}` }, 1),
      ];
      for (const write of writes) {
        const { runs } = stores((operation, count) =>
          operation === 'PutItem' && count % 2 === 1 ? 'answerLost' : 'none',
        );
        expect(await write(runs)).toEqual({ written: true });
      }
      expect(await healthy().runs.readHead(head)).toEqual(later);
      expect(await healthy().runs.readPlan(head, 1)).toEqual(plan);
    });
  });

  describe('what asking again does not help', () => {
    it('is no StoreUnavailable: an item that is too large names its key', async () => {
      const next = claimOf(refOf(++numbers), {
        status: 'DONE',
        result: { kind: 'inline', value: 'x'.repeat(500_000) },
      });
      const failing = healthy().ledger.write(next, undefined);
      await expect(failing).rejects.not.toThrow(StoreUnavailable);
      await expect(failing).rejects.toThrow(ledgerKey(next).PK);
    });

    it('is no StoreUnavailable: a table that is not there', async () => {
      const { ledger } = createDynamoStores({ client: table.client, tableName: 'elsewhere' });
      const failing = ledger.read(refOf(1));
      await expect(failing).rejects.not.toThrow(StoreUnavailable);
      await expect(failing).rejects.toThrow(/ResourceNotFoundException/);
    });

    it.each([
      ['a member is missing', {}],
      ['a text is no JSON', { status: 'DONE', result: '{' }],
      ['the status is unknown', { status: 'SENT' }],
    ])('is a broken item, and its key is named: %s', async (_, attributes) => {
      const ref = refOf(++numbers);
      await table.client.send(
        new PutItemCommand({ TableName: tableName, Item: marshall({ ...ledgerKey(ref), fence: 1, ...attributes }) }),
      );
      const failing = healthy().ledger.read(ref);
      await expect(failing).rejects.toThrow(`ledger item at PK '${ledgerKey(ref).PK}', SK '${ledgerKey(ref).SK}'`);
      await expect(failing).rejects.not.toThrow(StoreUnavailable);
    });
  });

  describe('a batch that is answered in part', () => {
    const partly = (answers: number): { ledger: EffectLedger; requests: string[] } => {
      const { client, requests } = table.faulty(() => 'none');
      client.middlewareStack.add(
        (next) => async (args) => {
          const input = args.input as { RequestItems?: Record<string, { Keys: unknown[] }> };
          const asked = input.RequestItems?.[tableName];
          if (!asked || requests.length >= answers) return next(args);
          const kept = asked.Keys.slice(0, 10);
          const left = asked.Keys.slice(10);
          const result = await next({ ...args, input: { RequestItems: { [tableName]: { ...asked, Keys: kept } } } });
          Object.assign(result.output, { UnprocessedKeys: { [tableName]: { Keys: left } } });
          return result;
        },
        { step: 'initialize', priority: 'high', name: 'answeredInPart' },
      );
      return { ...createDynamoStores({ client, tableName }), requests };
    };

    it('is asked for the rest', async () => {
      const items = Array.from({ length: 35 }, () => claimOf(refOf(++numbers)));
      for (const item of items) await healthy().ledger.write(item, undefined);
      const { ledger, requests } = partly(100);
      const found = await ledger.readMany(items);
      expect(new Set(found.map((item) => item.stepId))).toEqual(new Set(items.map((item) => item.stepId)));
      expect(requests.filter((request) => request === 'BatchGetItem')).toHaveLength(4);
    });

    it('is StoreUnavailable when a rest stays', async () => {
      const refs = Array.from({ length: 100 }, () => refOf(++numbers));
      await expect(partly(100).ledger.readMany(refs)).rejects.toThrow(StoreUnavailable);
    });
  });
});
