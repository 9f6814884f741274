import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryBlobStore } from '../../core/adapters/memory/index.ts';
import { createDynamoStores } from '../../core/adapters/dynamodb/index.ts';
import { SystemIds } from '../../core/adapters/system/index.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import { ActionError } from '../../core/model/failure.ts';
import { jsonHash } from '../../core/model/json.ts';
import type { SkillDefinition } from '../../core/model/skill.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { Breakers } from '../../core/operations/with-breaker.ts';
import type { EmbeddedTable } from '../conformance/embedded-table.ts';
import { startEmbeddedTable, tableName } from '../conformance/embedded-table.ts';
import { allowing } from '../fixtures/authorizers.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';
import { VirtualTime } from './virtual-time.ts';

const dependency = 'dead-desk';
const processes = 20;
const second = 1_000;

let table: EmbeddedTable;
beforeAll(async () => {
  table = await startEmbeddedTable();
});
afterAll(() => table.stop());

/** What reached the provider. Until it comes back, it answers nobody. */
class Provider {
  readonly calls: { readonly atMs: number; readonly effectKey: string; readonly answered: boolean }[] = [];
  readonly #backAtMs: number;
  readonly #now: () => number;

  constructor(backAtMs: number, now: () => number) {
    this.#backAtMs = backAtMs;
    this.#now = now;
  }

  async book(effectKey: string): Promise<{ booked: boolean }> {
    const atMs = this.#now();
    const answered = atMs >= this.#backAtMs;
    this.calls.push({ atMs, effectKey, answered });
    // Others come in between, as they do over a network.
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (!answered) throw new ActionError('connection refused', { class: 'transient', sendOutcome: 'notDone' });
    return { booked: true };
  }
}

function skillOf(provider: Provider): SkillDefinition {
  return {
    ...{ kind: 'skill', id: 'Desk:v1', release: '1.0.0', description: 'Books.', settings: [], dependency },
    actions: {
      book: {
        ...{ description: 'Books.', timeoutSeconds: 10, maxAttempts: 3, effect: { class: 'K', keyTtlMs: 3_600_000 } },
        input: z.object({}),
        output: z.object({ booked: z.boolean() }),
        run: (_input, { effectKey }) => provider.book(effectKey),
      },
    },
  };
}

interface Due {
  readonly dueMs: number;
  readonly stepId: string;
}

/** One process: steps arrive, and each is dispatched when it is due and again at the time that its last dispatch named. */
async function work(
  due: Due[],
  untilMs: number,
  time: VirtualTime,
  execute: (stepId: string) => Promise<StepOutcome>,
): Promise<StepOutcome[]> {
  const ended: StepOutcome[] = [];
  for (;;) {
    due.sort((a, b) => a.dueMs - b.dueMs);
    const next = due.shift();
    if (!next || next.dueMs > untilMs) break;
    await time.until(next.dueMs);
    const outcome = await execute(next.stepId);
    if (outcome.kind === 'retry') due.push({ ...next, dueMs: outcome.notBeforeMs });
    else if (outcome.kind === 'busy') due.push({ ...next, dueMs: outcome.untilMs });
    else ended.push(outcome);
  }
  time.leave();
  return ended;
}

describe('20 processes whose steps all need one dead dependency', () => {
  it('send it fewer than 40 requests in the first minute, one in each half-open window, and lose nothing once it is back', async () => {
    const time = new VirtualTime(processes);
    const { clock } = time;
    const startMs = clock.now();
    const at = (seconds: number): number => startMs + seconds * second;
    const provider = new Provider(at(500), () => clock.now());
    const skill = skillOf(provider);
    const stores = createDynamoStores({ client: table.client, tableName });
    const unrecorded: unknown[] = [];

    const processOf = async (number: number): Promise<StepOutcome[]> => {
      const ids = new SystemIds();
      // Each with what it remembers by itself, and nothing in common but the table.
      const breakers = new Breakers({
        ...{ breakers: stores.breakers, clock, ids },
        unrecorded: (_dependency, error) => unrecorded.push(error),
      });
      const http = { fetch: () => Promise.reject(new Error('no network here')) };
      const ports = { ...memoryReach(), ...stores, blobs: new MemoryBlobStore(), clock, ids, http };
      // A step every second for half a minute, from each.
      const due = Array.from({ length: 30 }, (_, index) => ({ dueMs: at(index), stepId: `p${number}-${index}` }));
      return work(due, at(1_200), time, (stepId) => {
        const request: StepRequest = {
          ...{ tenantId: 'acme', runId: 'run-00000000000000000000000001', agent: 'planner', generation: 1 },
          ...{ stepId, skill: 'Desk:v1', action: 'book', direction: 'F', occurrence: 1 },
          ...{ input: { kind: 'inline', value: {} }, argsHash: jsonHash({}), skillHash: '' },
          ...{ trust: 'trusted', doubted: [], settleOnly: false, lookAgain: false },
        };
        const deadlineMs = clock.now() + 60 * second;
        return executeStep(request, skill, ports, {
          ...{ epoch: undefined, deadlineMs, settings: {}, authorizer: allowing, breakers },
        });
      });
    };
    const ended = (await Promise.all(Array.from({ length: processes }, (_, number) => processOf(number)))).flat();
    const { calls } = provider;
    const secondsOf = (some: Provider['calls']): number[] => some.map(({ atMs }) => (atMs - startMs) / second);

    const firstMinute = calls.filter(({ atMs }) => atMs < at(60));
    expect(firstMinute.length).toBeLessThan(40);
    expect(firstMinute.length).toBeGreaterThanOrEqual(5);

    // Open for 30 s, 60 s, 120 s, 240 s and 480 s: one probe at the end of each, whoever sends it.
    const opened = Math.max(...secondsOf(calls.filter(({ atMs }) => atMs < at(25))));
    const probes = calls.filter(({ atMs, answered }) => atMs >= at(opened + 25) && !answered);
    expect(secondsOf(probes).map((seconds) => Math.round(seconds - opened))).toEqual([30, 90, 210, 450]);
    const [first, ...others] = calls.filter(({ answered }) => answered);
    expect(Math.round((first!.atMs - startMs) / second - opened)).toBe(930);
    expect(others.length).toBeGreaterThan(500);

    // What waited was done, each once; what had used up its attempts before says so.
    const done = ended.filter(({ kind }) => kind === 'done');
    expect(done.length + ended.filter(({ kind }) => kind === 'failed').length).toBe(processes * 30);
    expect(new Set([first!, ...others].map(({ effectKey }) => effectKey)).size).toBe(done.length);
    expect(others.length + 1).toBe(done.length);
    expect(unrecorded).toEqual([]);
  }, 120_000);
});
