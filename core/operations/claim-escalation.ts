import type { Principal } from '../authz/principal.ts';
import type { ClaimRequest, CommentRequest, EscalationView, ReassignRequest } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { NewAct } from '../model/escalation-act.ts';
import type { Escalation, Hold } from '../model/escalation.ts';
import { heldByOther } from '../model/escalation.ts';
import type { Ports } from '../ports/index.ts';
import type { EscalationChange, InboxPorts } from './change-escalation.ts';
import { changeEscalation, checkRoom } from './change-escalation.ts';
import { escalationOf, showEscalation } from './show-inbox.ts';
import { alreadySettled, settledAs } from './wake-run.ts';

interface InboxCall<Request> {
  readonly principal: Principal;
  readonly escalationId: string;
  readonly request: Request;
}

type ShowPorts = InboxPorts & Pick<Ports, 'blobs' | 'ledger'>;

/** Longer than a call of the API can take: by then whoever began to resolve has done so or died. */
const decidingMs = 30_000;

/**
 * Gives an item to one person for a while, or to the same person for longer. One of those who ask at the same time gets
 * it. Throws the problems `unknown-escalation`, `already-settled`, `escalation-claimed` and `escalation-full`.
 */
export function claimEscalation(call: InboxCall<ClaimRequest>, ports: ShowPorts): Promise<EscalationView> {
  const { subject: by } = call.principal;
  return change(call, ports, (current, atMs) => {
    checkFree(current, by, atMs);
    if (current.deciding && current.deciding.by !== by && current.deciding.untilMs > atMs) {
      throw claimed(current, current.deciding, 'is being resolved');
    }
    const isRenewal = current.claim?.by === by && current.claim.untilMs > atMs;
    const set = { claim: { by, untilMs: atMs + call.request.minutes * 60_000 } };
    return isRenewal ? { set } : { set, act: { kind: 'claimed', by, atMs } };
  });
}

/** Gives an item back before the lease is over. Repeating it is harmless. Throws like `claimEscalation`. */
export function releaseEscalation(call: InboxCall<object>, ports: ShowPorts): Promise<EscalationView> {
  const { subject: by } = call.principal;
  return change(call, ports, (current, atMs) => {
    checkFree(current, by, atMs);
    if (current.claim?.by !== by) return undefined;
    return { set: { claim: undefined }, act: { kind: 'released', by, atMs } };
  });
}

/** Asks another person or team, who may claim the item at once. Throws like `claimEscalation`. */
export function reassignEscalation(call: InboxCall<ReassignRequest>, ports: ShowPorts): Promise<EscalationView> {
  const { subject: by } = call.principal;
  const { to, reason } = call.request;
  return change(call, ports, (current, atMs) => {
    checkFree(current, by, atMs);
    if (current.assignedTo === to && !current.claim) return undefined;
    return { set: { claim: undefined, assignedTo: to }, act: { kind: 'reassigned', by, atMs, to, text: reason } };
  });
}

/** Adds a comment, also to an item that is settled or held. Throws the problems `unknown-escalation` and `escalation-full`. */
export async function commentEscalation(call: InboxCall<CommentRequest>, ports: ShowPorts): Promise<EscalationView> {
  const { principal, escalationId, request } = call;
  await write(call, ports, (current) => {
    const act: NewAct = { kind: 'commented', by: principal.subject, atMs: ports.clock.now(), text: request.text };
    checkRoom(current);
    return { set: {}, act };
  });
  return showEscalation({ tenantId: principal.tenantId, escalationId }, ports);
}

/**
 * Marks an open item as being resolved, so that nobody claims it before the resolution is carried out: of a claim and a
 * resolution at the same time, one wins. Gives the item as it then is. Throws the problem `escalation-claimed`.
 *
 * @param alone whether nobody else may resolve it either until the mark ends
 */
export async function beginDeciding(
  escalation: Escalation,
  { by, alone }: { readonly by: string; readonly alone: boolean },
  ports: InboxPorts,
): Promise<Escalation> {
  const begun = await changeEscalation(escalation, ports, (current) => {
    if (current.status !== 'open') return undefined;
    const nowMs = ports.clock.now();
    checkFree(current, by, nowMs);
    const { deciding } = current;
    if (deciding && deciding.by !== by && deciding.untilMs > nowMs && (alone || deciding.alone)) {
      throw claimed(current, deciding, 'is being resolved');
    }
    const untilMs = nowMs + decidingMs;
    // Whoever holds a lease keeps others out anyway.
    if (current.claim && current.claim.untilMs >= untilMs) return undefined;
    return { set: { deciding: { by, untilMs, ...(alone ? { alone } : {}) } } };
  });
  return begun ?? escalation;
}

/** Takes the mark of `beginDeciding` away again. */
export async function stopDeciding(escalation: Escalation, by: string, ports: InboxPorts): Promise<void> {
  await changeEscalation(escalation, ports, ({ status, deciding }) =>
    status === 'open' && deciding?.by === by ? { set: { deciding: undefined } } : undefined,
  );
}

async function change(
  call: InboxCall<unknown>,
  ports: ShowPorts,
  how: (current: Escalation, nowMs: number) => EscalationChange | undefined,
): Promise<EscalationView> {
  const { principal, escalationId } = call;
  await write(call, ports, (current) => {
    if (current.status !== 'open') throw alreadySettled(current, settledAs(current));
    const changed = how(current, ports.clock.now());
    if (changed?.act) checkRoom(current);
    return changed;
  });
  return showEscalation({ tenantId: principal.tenantId, escalationId }, ports);
}

async function write(
  { principal: { tenantId }, escalationId }: InboxCall<unknown>,
  ports: InboxPorts,
  how: (current: Escalation) => EscalationChange | undefined,
): Promise<void> {
  const found = await escalationOf({ tenantId, escalationId }, ports);
  await changeEscalation(found, ports, how);
}

function checkFree(current: Escalation, by: string, nowMs: number): void {
  const holder = heldByOther(current, by, nowMs);
  if (holder) throw claimed(current, holder, 'is claimed');
}

function claimed({ escalationId }: Escalation, { by, untilMs }: Hold, how: string): Problem {
  const until = new Date(untilMs).toISOString();
  return new Problem(
    'escalation-claimed',
    `Escalation '${escalationId}' ${how} by ${by} until ${until}; this call has changed nothing. Ask ${by} to release it, or try again then.`,
  );
}
