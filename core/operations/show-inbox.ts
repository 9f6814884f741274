import type { EscalationPage, EscalationView } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { ApprovalNeed, Escalation } from '../model/escalation.ts';
import type { Json } from '../model/json.ts';
import { escalationId as escalationIdSchema } from '../model/names.ts';
import { visibleJson } from '../model/visible-text.ts';
import type { Ports } from '../ports/index.ts';

/** Inbox items of a tenant, newest first. Throws InvalidCursor. */
export async function listEscalations(
  query: {
    readonly tenantId: string;
    readonly status: Escalation['status'];
    readonly limit: number;
    readonly cursor: string | undefined;
  },
  ports: Pick<Ports, 'runs'>,
): Promise<EscalationPage> {
  const { items, nextCursor } = await ports.runs.listEscalations(query);
  return { items: items.map(escalationViewOf), nextCursor: nextCursor ?? null };
}

/** One inbox item. Throws the problem `unknown-escalation`, also for an item of another tenant. */
export async function showEscalation(
  query: { readonly tenantId: string; readonly escalationId: string },
  ports: Pick<Ports, 'runs' | 'blobs'>,
): Promise<EscalationView> {
  const escalation = await escalationOf(query, ports);
  const view = escalationViewOf(escalation);
  if (!view.approval || !escalation.approval) return view;
  return { ...view, approval: { ...view.approval, ...(await shownArguments(escalation.approval, ports)) } };
}

/** What exactly is to be approved, and the same as a person can read it without being deceived. */
async function shownArguments(
  { arguments: placed }: ApprovalNeed,
  { blobs }: Pick<Ports, 'blobs'>,
): Promise<Pick<NonNullable<EscalationView['approval']>, 'arguments' | 'shown' | 'tricks'>> {
  const value = placed.kind === 'inline' ? placed.value : (JSON.parse(await blobs.get(placed.key)) as Json);
  const { shown, tricks } = visibleJson(value);
  return {
    arguments: value,
    // JSON would write the backslash of each escape twice.
    shown: JSON.stringify(shown, null, 2).replaceAll('\\\\u{', '\\u{'),
    tricks: tricks.map(({ pointer, name, why }) => ({ path: pointer, name, why })),
  };
}

/** As it is stored. Throws the problem `unknown-escalation`, also for an item of another tenant. */
export async function escalationOf(
  { tenantId, escalationId }: { readonly tenantId: string; readonly escalationId: string },
  ports: Pick<Ports, 'runs'>,
): Promise<Escalation> {
  const isOurs = escalationIdSchema.safeParse(escalationId).success;
  const found = isOurs ? await ports.runs.readEscalation(tenantId, escalationId) : undefined;
  if (found) return found;
  throw new Problem(
    'unknown-escalation',
    `There is no escalation '${escalationId.slice(0, 80)}'. List those there are with GET /v1/escalations.`,
  );
}

function askedUse(need: ApprovalNeed): NonNullable<EscalationView['approval']> {
  const { arguments: _, ...rest } = need;
  return rest;
}

/** An inbox item as it may be shown: without the task token, which can wake the run. */
function escalationViewOf(escalation: Escalation): EscalationView {
  const { escalationId, runId, agent, kind, status, reason, stepId, failure, approval, tried, openedAtMs, settled } =
    escalation;
  return {
    escalationId,
    runId,
    agent,
    kind,
    status,
    reason,
    ...(stepId === undefined ? {} : { stepId }),
    ...(failure === undefined ? {} : { failure }),
    ...(approval === undefined ? {} : { approval: askedUse(approval) }),
    ...(tried === undefined ? {} : { tried }),
    openedAt: new Date(openedAtMs).toISOString(),
    ...(settled && {
      settled: {
        at: new Date(settled.atMs).toISOString(),
        by: settled.by,
        reason: settled.reason,
      },
    }),
  };
}
