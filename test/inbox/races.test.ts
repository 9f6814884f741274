import { describe, expect, it } from 'vitest';
import { createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../../core/adapters/memory/index.ts';
import { SystemIds } from '../../core/adapters/system/index.ts';
import type { Principal } from '../../core/authz/principal.ts';
import { Problem } from '../../core/contract/problems.ts';
import type { Escalation } from '../../core/model/escalation.ts';
import { claimEscalation } from '../../core/operations/claim-escalation.ts';
import { resolveEscalation } from '../../core/operations/resolve-escalation.ts';
import { allowing } from '../fixtures/authorizers.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import type { Ports } from '../../core/ports/index.ts';
import { escalationOf, headOf, requestOf } from '../conformance/records.ts';
import { startEmbeddedTable, tableName } from '../conformance/embedded-table.ts';

const races = 1_000;
const atOnce = 20;

type RacePorts = Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'engine' | 'clock' | 'ids'>;

const platform = (stores: Pick<Ports, 'runs' | 'ledger'>): RacePorts => ({
  ...stores,
  blobs: new MemoryBlobStore(),
  engine: { start: async () => 'started', succeedTask: async () => 'settled' },
  clock: { now: () => Date.now(), sleep: async () => undefined },
  ids: new SystemIds(),
});

const operator = (subject: string): Principal => ({ tenantId: 'acme', subject, scopes: new Set(['inbox:resolve']) });

/** A run that waits for an approval, as the stores keep it. */
async function waiting(number: number, { runs }: RacePorts): Promise<Escalation> {
  const approval: Escalation['approval'] = {
    ...{ binding: `binding-${number}`, skill: 'Mail:v1', action: 'send', skillHash: 'hash', argsHash: 'hash' },
    ...{ arguments: { kind: 'inline', value: {} }, doubted: [], reasons: [] },
  };
  const item = escalationOf(number, { kind: 'approval', stepId: 'send', approval });
  const { escalationId } = item;
  const waitingFor = { kind: 'human', escalationId, escalation: 'approval', reason: 'asked' } as const;
  const head = headOf(number, { status: 'escalated', waitingFor });
  await runs.createRun(requestOf(head), head);
  await runs.writeEscalation(item, undefined);
  return item;
}

/** What became of a call: it won, or which problem it was told. */
const told = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'won',
    (error: unknown) => {
      if (error instanceof Problem) return error.code;
      throw error;
    },
  );

/** Calls overlap differently from race to race. */
const pause = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
};

async function race(number: number, ports: RacePorts): Promise<void> {
  const { escalationId } = await waiting(number, ports);
  const claim = async (by: string) =>
    claimEscalation({ principal: operator(by), escalationId, request: { minutes: 15 } }, ports);
  const resolve = async (by: string, resolution: 'approve' | 'reject') =>
    resolveEscalation(
      { principal: operator(by), escalationId, request: { resolution, reason: 'seen' } },
      {
        ...{ ports, reader: new RunReader(ports), registry: { skills: new Map(), agents: new Map() } },
        ...{ authorizer: allowing, functions: { arnOf: () => 'arn' } },
      },
    );
  const late = pause(number % 7).then(() => told(claim('ada')));
  const both = await (number % 3 === 0
    ? Promise.all([told(claim('grace')), late])
    : number % 3 === 1
      ? Promise.all([told(resolve('grace', 'approve')), late])
      : Promise.all([told(resolve('grace', 'approve')), pause(number % 7).then(() => told(resolve('ada', 'reject')))]));
  expect(both.filter((one) => one === 'won')).toHaveLength(1);
  expect(['escalation-claimed', 'already-settled']).toContain(both.find((one) => one !== 'won'));

  const stored = await ports.runs.readEscalation('acme', escalationId);
  const winner = both[0] === 'won' ? 'grace' : 'ada';
  expect(stored?.claim?.by ?? stored?.settled?.by).toBe(winner);
  const ref = {
    tenantId: 'acme',
    skill: 'Mail:v1',
    runId: stored?.runId ?? '',
    stepId: 'send',
    direction: 'F',
  } as const;
  const approval = await ports.ledger.readApproval(ref, `binding-${number}`);
  expect(approval?.by).toBe(stored?.status === 'settled' ? winner : undefined);
}

/** How many races there were; each checks its own winner. */
async function raceAll(ports: RacePorts): Promise<number> {
  let run = 0;
  for (let number = 1; number <= races; number += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, index) => race(number + index, ports)));
    run += atOnce;
  }
  return run;
}

describe(`two operators who claim and resolve at the same time, ${races} times`, () => {
  it('have exactly one winner each time, in memory', async () => {
    const ports = platform({ runs: new MemoryRunStore(), ledger: new MemoryEffectLedger() });
    expect(await raceAll(ports)).toBe(races);
  });

  it('have exactly one winner each time, in DynamoDB', { timeout: 120_000 }, async () => {
    const table = await startEmbeddedTable();
    try {
      expect(await raceAll(platform(createDynamoStores({ client: table.client, tableName })))).toBe(races);
    } finally {
      await table.stop();
    }
  });
});
