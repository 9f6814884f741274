import type { RunRequest } from '../../../core/model/run.ts';
import { ownBudget } from './grants.ts';
import type { AskedFor, Order } from './known-run.ts';
import { sameJson } from './references.ts';

const units = ['usdMicros', 'tokens', 'steps', 'recoveries'] as const;

/** Why a run is not the one that an order asks for: whose it is, for whom, what it is given, how deep, for how much, until when. */
export function wrongBelow(
  order: Order,
  { request, deadlineMs }: { readonly request: RunRequest; readonly deadlineMs: number },
  parent: AskedFor | undefined,
  mostDepth: number,
): string | undefined {
  const args = order.args as { readonly goal?: string; readonly playbook?: string; readonly input?: unknown };
  if (request.tenantId !== order.tenantId) return `'${order.tenantId}' handed on, '${request.tenantId}' was given it`;
  if (request.agent !== order.action) return `${order.action} was to do it, ${request.agent} does`;
  if (args.goal !== undefined && request.goal !== args.goal) return 'the goal is not the one that was handed on';
  if (request.playbook !== args.playbook) return 'the playbook is not the one that was handed on';
  if (!sameJson(request.input, args.input ?? {})) return 'the input is not what was handed on';
  if (request.plan !== undefined) return 'a plan was handed on';
  const { parent: above } = request;
  if (above?.runId !== order.runId || above.stepId !== order.stepId || above.agent !== order.agent) {
    return 'the run does not say who has begun it';
  }
  if (above.depth > mostDepth) return `a run was begun at depth ${above.depth}`;
  if (!parent) return order.forged ? undefined : 'nobody knows the run above';
  if (parent.tenantId !== order.tenantId) return 'the run above belongs to somebody else';
  if (above.depth !== parent.depth + 1) return `a run below depth ${parent.depth} says that it is at ${above.depth}`;
  if (request.requestedBy !== parent.requestedBy) return `'${request.requestedBy}' never asked for it`;
  if (deadlineMs > parent.deadlineMs) return 'it may go on for longer than the run above';
  // A forged order may claim what limits it likes, as it may claim what labels it likes.
  if (order.forged) return undefined;
  const own = ownBudget(request.agent) as AskedFor['budget'];
  const over = units.find((unit) => {
    const most = Math.min(parent.budget[unit] ?? Infinity, own[unit] ?? Infinity);
    const given = request.budget[unit] ?? Infinity;
    return given > most || given < 0 || (given !== Infinity && !Number.isSafeInteger(given));
  });
  return over === undefined ? undefined : `it may use more ${over} than the run above, or its agent`;
}
