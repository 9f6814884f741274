import type { Principal } from '../authz/principal.ts';
import type { RunAccepted, startRunRequest } from '../contract/api.ts';
import { effectiveBudget } from '../model/budget.ts';
import type { RunRequest } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';
import type * as z from 'zod';
import { createRun } from './create-run.ts';
import { underKey } from './idempotency.ts';
import { orderOf } from './run-order.ts';
import type { Order, OrderDependencies } from './run-order.ts';
import { ensureRunning } from './wake-run.ts';

export interface StartDependencies extends OrderDependencies {
  readonly ports: Pick<Ports, 'runs' | 'engine' | 'clock' | 'ids'>;
}

type Request = z.output<typeof startRunRequest>;

export interface StartCall {
  readonly principal: Principal;
  /** 1 to 255 visible ASCII characters; the same key with the same body is the same run. */
  readonly idempotencyKey: string | undefined;
  readonly request: Request;
}

/**
 * Starts a run. Everything that can be checked is checked before anything is stored. With an idempotency key the
 * order is: the key's record (which fixes the run's id), the run, its execution, the record's end; a call that died
 * in between is completed by its repetition, with the same id. Throws a Problem for whatever is wrong with the request.
 */
export async function startRun(call: StartCall, dependencies: StartDependencies): Promise<RunAccepted> {
  const { principal, idempotencyKey, request } = call;
  const { ports } = dependencies;
  const begin = async (runId: string, order: Order): Promise<RunAccepted> => {
    const deadlineSeconds = request.budget?.deadlineSeconds ?? order.agent.deadlineSeconds;
    const head = await createRun(
      { tenantId: principal.tenantId, runId },
      (nowMs) => requestOf(runId, order, call, nowMs),
      ({ createdAtMs }) => createdAtMs + deadlineSeconds * 1000,
      ports,
    );
    return { runId, status: (await ensureRunning(head, ports)).status };
  };
  if (idempotencyKey === undefined) {
    const order = orderOf(call, dependencies);
    return begin(`run-${ports.ids.ulid()}`, order);
  }
  return underKey(
    { tenantId: principal.tenantId, key: idempotencyKey, body: request },
    {
      check: () => orderOf(call, dependencies),
      perform: begin,
      recall: async (runId) => {
        const head = await ports.runs.readHead({ tenantId: principal.tenantId, runId });
        return head && { runId, status: head.status };
      },
    },
    ports,
  );
}

function requestOf(runId: string, order: Order, call: StartCall, nowMs: number): RunRequest {
  return {
    tenantId: call.principal.tenantId,
    runId,
    agent: order.agent.name,
    goal: order.goal,
    ...order.source,
    ...(call.request.planAuthor === undefined ? {} : { planAuthor: call.request.planAuthor }),
    input: order.input,
    untrusted: [...order.untrusted],
    labels: call.request.labels ?? {},
    budget: effectiveBudget(order.agent.budget, call.request.budget),
    requestedBy: call.principal.subject,
    createdAtMs: nowMs,
  };
}
