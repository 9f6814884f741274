import { expect, it } from 'vitest';
import * as z from 'zod';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../adapters/memory/index.ts';
import { systemHttp } from '../adapters/system/index.ts';
import { principalOf } from '../authz/principal.ts';
import { startRunRequest } from '../contract/api.ts';
import { limits } from '../contract/limits.ts';
import type { DecideEvent } from '../contract/machine.ts';
import type { AgentDefinition, SkillDefinition } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { createAdvance } from './advance-run.ts';
import { cancelRun } from './cancel-run.ts';
import { executeStep } from './execute-step.ts';
import { resumeRun } from './resume-run.ts';
import { RunReader } from './run-reader.ts';
import { startRun } from './start-run.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { allowing } from '../../test/fixtures/authorizers.ts';

const skill: SkillDefinition = {
  kind: 'skill',
  id: 'Broken:v1',
  release: '1.0.0',
  description: 'fails',
  settings: [],
  actions: {
    go: {
      description: 'fails',
      input: z.object({}),
      output: z.object({}),
      effect: { class: 'P' },
      timeoutSeconds: 5,
      maxAttempts: 1,
      run: () => Promise.reject(new Error('no')),
    },
  },
};
const agent: AgentDefinition = {
  kind: 'agent',
  name: 'tester',
  description: 'has one skill',
  grants: ['Broken:v1'],
  playbooks: {},
  deadlineSeconds: 3_600,
};
const principal = principalOf({ sub: 'ada', tenant: 'acme', scope: 'runs:write' });

it('a step that was resumed and not begun again does not keep its run from being canceled', async () => {
  const ports: Ports = {
    runs: new MemoryRunStore(),
    ledger: new MemoryEffectLedger(),
    blobs: new MemoryBlobStore(),
    http: systemHttp,
    ...memoryReach(),
    clock: new ManualClock(1_800_000_000_000),
    ids: new CountingIds(),
    engine: { start: async () => 'started', succeedTask: async () => 'settled' },
  };
  const registry = { skills: new Map([[skill.id, skill]]), agents: new Map([[agent.name, agent]]) };
  const functions = { arnOf: () => 'arn:broken:1' };
  const advance = createAdvance({
    ports,
    registry,
    functions,
    authorizer: allowing,
    limits: limits.parse({}),
    epoch: undefined,
  });
  const request = startRunRequest.parse({
    agent: agent.name,
    plan: { steps: [{ id: 's', skill: skill.id, action: 'go' }] },
  });

  const { runId } = await startRun(
    { principal, idempotencyKey: undefined, request },
    { ports, registry, functions, authorizer: allowing },
  );
  const run: DecideEvent = { tenantId: 'acme', runId, agent: agent.name, generation: 1 };
  const wave = await advance(run);
  if (wave.next !== 'execute') throw new Error(`'${wave.next}' instead of the step`);
  const worker = { epoch: undefined, deadlineMs: ports.clock.now() + 60_000, settings: {}, authorizer: allowing };
  const outcomes = await Promise.all(wave.items.map((item) => executeStep(item.request, skill, ports, worker)));
  expect((await advance({ ...run, state: wave.state, outcomes })).next).toBe('human');

  await resumeRun({ principal, runId, reason: undefined }, { ports, registry, reader: new RunReader(ports) });
  await cancelRun({ principal, runId, reason: undefined }, ports);

  expect(await advance({ ...run, generation: 2 })).toMatchObject({ next: 'done', status: 'canceled' });
  const ref = { tenantId: 'acme', skill: skill.id, runId, stepId: 's', direction: 'F' } as const;
  // A dispatch that is still on its way finds the second occurrence closed.
  expect(await ports.ledger.read(ref)).toMatchObject({ status: 'CANCELED', occurrence: 2, fence: 2, sends: 0 });
});
