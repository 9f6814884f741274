import type { EscalationPage, EscalationView } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import { votesOf } from '../model/approval.ts';
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
  ports: Pick<Ports, 'runs' | 'blobs' | 'ledger'>,
): Promise<EscalationView> {
  const escalation = await escalationOf(query, ports);
  const history = await historyOf(escalation, ports);
  const view = { ...escalationViewOf(escalation), ...(history.length === 0 ? {} : { history }) };
  if (!view.approval || !escalation.approval) return view;
  const votes = await votesFor(escalation, escalation.approval, ports);
  return {
    ...view,
    approval: { ...view.approval, ...votes, ...(await shownArguments(escalation.approval, ports)) },
  };
}

/** Who has approved so far, where several people have to. */
async function votesFor(
  { tenantId, runId, stepId }: Escalation,
  { quorum = 1, binding, skill }: ApprovalNeed,
  { ledger }: Pick<Ports, 'ledger'>,
): Promise<Pick<NonNullable<EscalationView['approval']>, 'votes'>> {
  if (quorum === 1 || stepId === undefined) return {};
  const found = await ledger.readApproval({ tenantId, skill, runId, stepId, direction: 'F' }, binding);
  const votes = found ? votesOf(found) : [];
  return { votes: votes.map(({ by, atMs, reason }) => ({ by, at: new Date(atMs).toISOString(), reason })) };
}

/** What was done to an item, oldest first. */
async function historyOf(
  escalation: Escalation,
  { runs }: Pick<Ports, 'runs'>,
): Promise<NonNullable<EscalationView['history']>> {
  const { lastAct } = escalation;
  if (!lastAct) return [];
  const older = lastAct.number > 1 ? await runs.readEscalationActs(escalation, lastAct.number - 1) : [];
  return [...older, lastAct].map(({ kind, by, atMs, text, to }) => ({
    ...{ act: kind, by, at: new Date(atMs).toISOString() },
    ...(to === undefined ? {} : { to }),
    ...(text === undefined ? {} : { text }),
  }));
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
    shown: shownText(shown),
    tricks: tricks.map(({ pointer, name, why }) => ({ path: pointer, name, why })),
  };
}

/** Pretty JSON of a value in which what tricks the eye is escaped. */
export function shownText(shown: unknown): string {
  // JSON would write the backslash of each escape twice.
  return JSON.stringify(shown, null, 2).replaceAll('\\\\u{', '\\u{');
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
  const { claim, assignedTo } = escalation;
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
    ...(assignedTo === undefined ? {} : { assignedTo }),
    ...(claim === undefined ? {} : { claim: { by: claim.by, until: new Date(claim.untilMs).toISOString() } }),
    ...(settled && {
      settled: {
        at: new Date(settled.atMs).toISOString(),
        by: settled.by,
        reason: settled.reason,
      },
    }),
  };
}
