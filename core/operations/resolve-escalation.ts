import type { Principal } from '../authz/principal.ts';
import type { ResolveRequest, RunAccepted } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Escalation, EscalationKind } from '../model/escalation.ts';
import type { AttestDependencies } from './attest-step.ts';
import { approveStep } from './approve-step.ts';
import { attestStep } from './attest-step.ts';
import { beginDeciding, stopDeciding } from './claim-escalation.ts';
import { takeBackRun } from './take-back-run.ts';
import { escalationOf } from './show-inbox.ts';
import { alreadySettled, settledAs } from './wake-run.ts';

type Resolution = ResolveRequest['resolution'];

/** What a person may decide about an escalation of each kind; the others end with what is done about the run. */
const allowedFor: Readonly<Record<EscalationKind, readonly Resolution[]>> = {
  approval: ['approve', 'reject'],
  inDoubt: ['attest'],
  failure: ['compensate'],
  denied: ['compensate'],
  budget: ['compensate'],
  deadRun: [],
};

/**
 * Carries out what a person decided about an inbox item. Throws the problems `unknown-escalation` (also for an item
 * of another tenant), `already-settled`, `escalation-claimed`, `resolution-not-allowed`, and those of the resolution.
 */
export async function resolveEscalation(
  call: { readonly principal: Principal; readonly escalationId: string; readonly request: ResolveRequest },
  dependencies: AttestDependencies,
): Promise<RunAccepted> {
  const { principal, escalationId, request } = call;
  const found = await escalationOf({ tenantId: principal.tenantId, escalationId }, dependencies.ports);
  checkAllowed(found, request.resolution);
  const escalation = await beginDeciding(found, principal.subject, dependencies.ports);
  try {
    return await carryOut({ escalation, by: principal.subject, request }, dependencies);
  } catch (error) {
    // A call that was refused has decided nothing; after any other error it may have, and the mark ends by itself.
    if (error instanceof Problem) await stopDeciding(escalation, principal.subject, dependencies.ports);
    throw error;
  }
}

async function carryOut(
  {
    escalation,
    by,
    request,
  }: { readonly escalation: Escalation; readonly by: string; readonly request: ResolveRequest },
  dependencies: AttestDependencies,
): Promise<RunAccepted> {
  switch (request.resolution) {
    case 'attest':
      return attestStep({ escalation, by, request }, dependencies);
    case 'approve':
    case 'reject':
      return approveStep({ escalation, by, request }, dependencies);
    case 'compensate':
      return takeBackRun({ escalation, by, request }, dependencies.ports);
  }
}

function checkAllowed(escalation: Escalation, resolution: Resolution): void {
  if (allowedFor[escalation.kind].includes(resolution)) return;
  throw escalation.status === 'open'
    ? notAllowed(escalation, resolution)
    : alreadySettled(escalation, settledAs(escalation));
}

function notAllowed({ escalationId, kind, runId }: Escalation, resolution: Resolution): Problem {
  const allowed = allowedFor[kind].map((one) => `'${one}'`).join(', ');
  const cause = `see to the cause, then resume or cancel run '${runId}'.`;
  let remedy = `Allowed here: ${allowed}.`;
  if (allowed === '') remedy = `Nothing can be said to it here: ${cause}`;
  else if (allowed === "'compensate'") remedy = `Allowed here: ${allowed}, which takes the run back; else ${cause}`;
  const takes = Object.entries(allowedFor).flatMap(([one, list]) => (list.includes(resolution) ? [`'${one}'`] : []));
  return new Problem(
    'resolution-not-allowed',
    `Escalation '${escalationId}' is of kind '${kind}', and '${resolution}' answers kind ${takes.join(', ')} only. ${remedy}`,
  );
}
