import type { EscalationNotice } from '../../model/escalation.ts';
import type { RunHead } from '../../model/run.ts';
import type { TraceNote } from '../../model/trace-note.ts';

/** A decision that hands a run up, as far as a trace has to be told of it. */
interface HandedUp {
  readonly next?: string;
  readonly notice?: EscalationNotice;
}

/**
 * What has to be noted of a decision that nothing else will tell of: that the run waits, or that a person is asked.
 *
 * @param head as the decision has left it
 */
export function noteOf(head: RunHead, { next, notice }: HandedUp): TraceNote | undefined {
  const { tenantId, runId, revision, version, updatedAtMs: atMs, waitingFor } = head;
  const about = { tenantId, runId, revision, version, atMs };
  if (next === 'wait' && waitingFor?.kind === 'time') {
    return { ...about, decided: { kind: 'wait', untilMs: waitingFor.untilMs, reason: waitingFor.reason } };
  }
  if (!notice) return undefined;
  const { escalationId, kind: escalation, reason, stepId, failure, approval } = notice;
  return {
    ...about,
    decided: {
      ...{ kind: 'ask', escalationId, escalation, reason },
      ...(stepId === undefined ? {} : { stepId }),
      ...(failure === undefined ? {} : { failureClass: failure.class }),
      ...(approval === undefined ? {} : { use: useOf(approval) }),
    },
  };
}

/**
 * What has to be noted of a run whose execution has died: that the next one takes its place, or that a person is asked.
 *
 * @param head as the death has left it
 */
export function noteOfDeath(head: RunHead, atMs: number): TraceNote | undefined {
  const { tenantId, runId, revision, version, generation, burstsInGeneration, restarts, waitingFor } = head;
  const about = { tenantId, runId, revision, version, atMs };
  if (waitingFor?.kind === 'human' && waitingFor.escalation === 'deadRun') {
    const { escalationId, escalation, reason } = waitingFor;
    return { ...about, decided: { kind: 'ask', escalationId, escalation, reason } };
  }
  // Once the next one has begun, whoever is late has nothing to tell.
  if (restarts?.generation !== generation || burstsInGeneration > 0) return undefined;
  const { count, causes } = restarts;
  return {
    ...about,
    decided: {
      ...{ kind: 'restart', generation, count, cause: causes.at(-1) ?? '' },
      ...(restarts.delayed && waitingFor?.kind === 'time' ? { untilMs: waitingFor.untilMs } : {}),
    },
  };
}

function useOf({ skill, action, argsHash, binding, doubted, reasons }: NonNullable<EscalationNotice['approval']>) {
  return { skill, action, argsHash, binding, doubted, reasons };
}
