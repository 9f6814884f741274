import type { Principal } from '../authz/principal.ts';
import type { ResolveRequest, RunAccepted } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Escalation, EscalationKind } from '../model/escalation.ts';
import { escalationKinds } from '../model/escalation.ts';
import type { Resolution } from '../model/resolution.ts';
import { allowedFor, rulings } from '../model/resolution.ts';
import type { Answer } from './answer-run.ts';
import type { AttestDependencies } from './attest-step.ts';
import { approveStep } from './approve-step.ts';
import { attestStep } from './attest-step.ts';
import { beginDeciding, stopDeciding } from './claim-escalation.ts';
import type { EditDependencies } from './edit-step.ts';
import { editStep } from './edit-step.ts';
import { provideOutput } from './provide-output.ts';
import { replanRun } from './replan-run.ts';
import { abortRun, retryRun } from './retry-or-end.ts';
import { skipStep } from './skip-step.ts';
import { takeBackRun } from './take-back-run.ts';
import { escalationOf } from './show-inbox.ts';
import { alreadySettled, settledAs } from './wake-run.ts';

export type ResolveDependencies = AttestDependencies & EditDependencies;

/** Where one verdict wins by itself, others may answer at the same time, and complete what a call has begun that died. */
function isTogether(kind: EscalationKind, resolution: Resolution): boolean {
  return kind === 'approval'
    ? resolution === 'approve' || resolution === 'reject'
    : kind === 'inDoubt' && resolution !== 'retry';
}

/**
 * Carries out what a person decided about an inbox item. Throws the problems `unknown-escalation` (also for an item
 * of another tenant), `already-settled`, `escalation-claimed`, `resolution-not-allowed`, and those of the resolution.
 */
export async function resolveEscalation(
  call: { readonly principal: Principal; readonly escalationId: string; readonly request: ResolveRequest },
  dependencies: ResolveDependencies,
): Promise<RunAccepted> {
  const { principal, escalationId, request } = call;
  const by = principal.subject;
  const found = await escalationOf({ tenantId: principal.tenantId, escalationId }, dependencies.ports);
  checkAllowed(found, request.resolution);
  const alone = !isTogether(found.kind, request.resolution);
  if (alone && found.status !== 'open') throw alreadySettled(found, settledAs(found));
  const escalation = await beginDeciding(found, { by, alone }, dependencies.ports);
  try {
    return await carryOut({ escalation, by, request }, dependencies);
  } catch (error) {
    // A call that was refused has decided nothing; after any other error it may have, and the mark ends by itself.
    if (error instanceof Problem) await stopDeciding(escalation, by, dependencies.ports);
    throw error;
  }
}

async function carryOut({ escalation, by, request }: Answer, dependencies: ResolveDependencies): Promise<RunAccepted> {
  const isInDoubt = escalation.kind === 'inDoubt';
  switch (request.resolution) {
    case 'attest':
      if (isInDoubt) return attestStep({ escalation, by, request }, dependencies);
      return provideOutput({ escalation, by, request }, dependencies);
    case 'provide': {
      if (!isInDoubt) return provideOutput({ escalation, by, request }, dependencies);
      const attested = { ...request, resolution: 'attest', happened: true } as const;
      return attestStep({ escalation, by, request: attested }, dependencies);
    }
    case 'approve':
    case 'reject':
      return approveStep({ escalation, by, request }, dependencies);
    case 'compensate':
      return takeBackRun({ escalation, by, request }, dependencies.ports);
    case 'edit':
      return editStep({ escalation, by, request }, dependencies);
    case 'replan':
      return replanRun({ escalation, by, request }, dependencies);
    case 'retry':
      return retryRun({ escalation, by, request }, dependencies);
    case 'abort':
      return abortRun({ escalation, by, request }, dependencies);
    case 'skip':
      return skipStep({ escalation, by, request }, dependencies);
  }
}

function checkAllowed(escalation: Escalation, resolution: Resolution): void {
  const ruling = rulings[escalation.kind][resolution];
  if (ruling.may) return;
  throw escalation.status === 'open'
    ? notAllowed(escalation, resolution, ruling.why)
    : alreadySettled(escalation, settledAs(escalation));
}

function notAllowed({ escalationId, kind }: Escalation, resolution: Resolution, why: string): Problem {
  const allowed = allowedFor(kind).map((one) => `'${one}'`);
  const takes = escalationKinds.filter((one) => rulings[one][resolution].may).map((one) => `'${one}'`);
  return new Problem(
    'resolution-not-allowed',
    `Escalation '${escalationId}' is of kind '${kind}', and '${resolution}' answers kind ${takes.join(', ')} only: ${why}. Allowed here: ${allowed.join(', ')}.`,
  );
}
