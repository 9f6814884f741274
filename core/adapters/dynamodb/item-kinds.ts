import * as z from 'zod';
import type { EscalationAct } from '../../model/escalation-act.ts';
import { escalationAct } from '../../model/escalation-act.ts';
import type { Escalation } from '../../model/escalation.ts';
import { escalation } from '../../model/escalation.ts';
import type { PlanRevision } from '../../model/plan.ts';
import { planRevision } from '../../model/plan.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import { runHead, runRequest } from '../../model/run.ts';
import type { TraceNote } from '../../model/trace-note.ts';
import { traceNote } from '../../model/trace-note.ts';
import type { EscalationRef, IdempotencyRecord } from '../../ports/index.ts';
import { idempotencyRecord } from '../records.ts';
import type { ItemKind } from './item.ts';

type KeptAct = EscalationRef & EscalationAct;

/** How everything but the ledger is kept in the table. */
export const kinds: {
  readonly head: ItemKind<RunHead>;
  readonly request: ItemKind<RunRequest>;
  readonly plan: ItemKind<PlanRevision>;
  readonly idempotency: ItemKind<IdempotencyRecord>;
  readonly escalation: ItemKind<Escalation>;
  readonly note: ItemKind<TraceNote>;
  readonly escalationAct: ItemKind<KeptAct>;
} = {
  head: {
    name: 'run head',
    schema: runHead,
    inKey: ['tenantId', 'runId'],
    asText: [
      ...['window', 'lost', 'occurrences', 'lookAgain', 'restarts', 'budget', 'waitingFor', 'cancelRequested'],
      ...['compensation', 'recoveries', 'seal', 'answered'],
    ],
  },
  request: {
    name: 'run request',
    schema: runRequest,
    inKey: ['tenantId', 'runId'],
    asText: ['plan', 'input', 'untrusted', 'labels', 'budget', 'parent'],
  },
  plan: {
    name: 'plan revision',
    schema: planRevision,
    inKey: ['tenantId', 'runId'],
    asText: ['steps', 'imports', 'output', 'carry', 'supersedes', 'takesBack', 'recovery', 'considered'],
  },
  idempotency: {
    name: 'idempotency record',
    schema: idempotencyRecord,
    inKey: ['tenantId', 'keyHash'],
    asText: [],
  },
  escalation: {
    name: 'escalation',
    schema: escalation,
    inKey: ['tenantId', 'escalationId'],
    asText: ['failure', 'approval', 'tried', 'settled', 'claim', 'deciding', 'times', 'asked', 'lastAct'],
  },
  escalationAct: {
    name: 'act on an escalation',
    schema: escalationAct.extend({ tenantId: z.string(), escalationId: z.string() }),
    inKey: ['tenantId', 'escalationId'],
    asText: [],
  },
  note: {
    name: 'trace note',
    schema: traceNote,
    inKey: ['tenantId', 'runId'],
    asText: ['decided'],
  },
};
