import type { Escalation } from '../../core/model/escalation.ts';
import type { PlanRevision } from '../../core/model/plan.ts';
import type { RunHead, RunRequest } from '../../core/model/run.ts';
import type { IdempotencyRecord, RunRef } from '../../core/ports/index.ts';

const startMs = 1_790_000_000_000;

export function runIdOf(number: number): string {
  return `run-${String(number).padStart(26, '0')}`;
}

export function headOf(number: number, change: Partial<RunHead> = {}): RunHead {
  return {
    tenantId: 'acme',
    runId: runIdOf(number),
    agent: 'trip-planner',
    status: 'pending',
    generation: 1,
    version: 1,
    writeToken: `created-${number}`,
    revision: 0,
    window: [],
    stepsRetired: 0,
    burstsInGeneration: 0,
    lost: {},
    occurrences: {},
    deadlineMs: startMs + 3_600_000,
    createdAtMs: startMs + number,
    updatedAtMs: startMs + number,
    ...change,
  };
}

export function requestOf(head: RunHead): RunRequest {
  return {
    tenantId: head.tenantId,
    runId: head.runId,
    agent: head.agent,
    goal: 'a trip to Rome',
    input: { city: 'Rome' },
    untrusted: ['city'],
    labels: {},
    budget: {},
    requestedBy: 'user@example.com',
    createdAtMs: head.createdAtMs,
  };
}

export function planOf({ tenantId, runId }: RunRef, revision: number): PlanRevision {
  return {
    tenantId,
    runId,
    revision,
    basedOn: revision - 1,
    author: 'playbook',
    read: 'trusted',
    reason: 'book-trip',
    createdAtMs: startMs,
    steps: [
      {
        id: 'hotel',
        skill: 'HotelBooking:v1',
        action: 'book',
        input: { city: '${input.city}', nights: 2 },
        why: 'a bed',
        after: [],
        timeoutSeconds: 20,
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hotel:1',
        skillHash: 's'.repeat(64),
      },
    ],
    imports: {},
    output: null,
    final: true,
  };
}

export function recordOf(number: number): IdempotencyRecord {
  return {
    tenantId: 'acme',
    keyHash: `key-${number}`,
    bodyHash: `body-${number}`,
    runId: runIdOf(number),
    writeToken: `record-${number}`,
    inFlightUntilMs: startMs + 30_000,
  };
}

export function escalationOf(number: number, change: Partial<Escalation> = {}): Escalation {
  return {
    tenantId: 'acme',
    runId: runIdOf(number),
    agent: 'trip-planner',
    generation: 1,
    escalationId: `esc-${number.toString(16).padStart(20, '0')}`,
    kind: 'inDoubt',
    reason: 'the car desk never answered',
    stepId: 'car',
    failure: { class: 'inDoubt', message: 'no answer' },
    openedAtMs: startMs + number,
    status: 'open',
    version: 1,
    writeToken: `opened-${number}`,
    taskToken: 'secret',
    ...change,
  };
}
