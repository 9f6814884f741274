import { beforeAll, describe, expect, it } from 'vitest';
import { escalationPage, runAccepted } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { auditTrace } from '../../core/operations/trace/audit-trace.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import { Random } from '../adversary/random.ts';
import { faults } from '../api/project.ts';
import { createWorld } from '../api/world.ts';
import { firstDifference, storesOver, tableOf, tamper, ways } from './tampering.ts';

const rounds = 1_000;
const world = createWorld();
const runIds: string[] = [];

async function started(body: JsonObject): Promise<string> {
  const { runId } = await world.get(runAccepted, '/v1/runs', { body });
  await world.drive();
  runIds.push(runId);
  return runId;
}

beforeAll(async () => {
  await started({ agent: 'writer', playbook: 'count', input: { upTo: 12 } });
  await started({ agent: 'writer', playbook: 'greet', input: { name: 'ada' } });
  faults.set('BOB', 'no answer');
  await started({ agent: 'writer', playbook: 'greet', input: { name: 'bob' } });
  const { items } = await world.get(escalationPage, '/v1/escalations');
  const body = { resolution: 'attest', happened: true, output: { sent: true }, reason: 'the mail is there' };
  await world.get(runAccepted, `/v1/escalations/${items[0]?.escalationId ?? ''}/resolve`, { body });
  await world.drive();
});

async function audited(runId: string, change?: (table: Awaited<ReturnType<typeof tableOf>>) => string | undefined) {
  const head = await world.ports.runs.readHead({ tenantId: 'acme', runId });
  if (!head) throw new Error('the run has no head');
  const table = await tableOf(head, world.ports);
  const whole = structuredClone(table);
  const what = change?.(table);
  const ports = storesOver(table, world.ports);
  const found = await auditTrace({ tenantId: 'acme', runId }, { ports, reader: new RunReader(ports) });
  return { what, found, table, whole };
}

describe('what is stored of a run that is over', () => {
  it('is as it was sealed while nobody has touched it', async () => {
    for (const runId of runIds) {
      const { found } = await audited(runId);
      expect(found).toMatchObject({ verdict: 'intact', status: 'completed', later: 0 });
      expect(found.head).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it(`tells of each of ${rounds} random tamperings, and of which event is the first that is wrong`, async () => {
    const random = new Random(20_261_128);
    const tried = new Map<string, number>();
    const missed: string[] = [];
    for (let done = 0; done < rounds;) {
      const way = random.pick(ways);
      const runId = random.pick(runIds);
      const { what, found, table, whole } = await audited(runId, (changed) => tamper(changed, way, random));
      if (what === undefined) continue;
      done += 1;
      tried.set(way, (tried.get(way) ?? 0) + 1);
      const isNamed = found.first !== undefined || found.why !== undefined;
      // What is named is the first record that is not as it was.
      const isFirst =
        found.first === undefined || found.first.position === (await firstDifference(whole, table, world.ports));
      if (found.verdict !== 'tampered' || !isNamed || !isFirst) missed.push(`${way}: ${what}`);
    }
    expect(missed).toEqual([]);
    for (const way of ways) expect(tried.get(way), way).toBeGreaterThan(50);
  });

  it('names what was changed', async () => {
    const [runId = ''] = runIds;
    const changed = await audited(runId, ({ items }) => {
      const item = items[6];
      if (item) items[6] = { ...item, argsHash: 'other' };
      return 'an item';
    });
    expect(changed.found.first).toEqual({
      ...{ position: 15, key: 'step Words:v1/n7', type: 'step.completed', problem: 'changed' },
    });
    const gone = await audited(runId, ({ plans }) => {
      plans.splice(4, 1);
      return 'a plan';
    });
    expect(gone.found.first).toMatchObject({ key: 'plan 5', type: 'plan.revised', problem: 'missing' });
    const shorter = await audited(runId, (table) => {
      table.head = { ...table.head, revision: 11 };
      return 'the head';
    });
    expect(shorter.found.first).toMatchObject({ key: 'plan 12', problem: 'missing' });
  });

  it('is unsealed, rather than whole, once somebody has taken the seal away', async () => {
    const { found } = await audited(runIds[0] ?? '', (table) => {
      const { seal: _seal, ...rest } = table.head;
      table.head = rest;
      return 'the seal';
    });
    expect(found).toMatchObject({ verdict: 'unsealed' });
  });
});
