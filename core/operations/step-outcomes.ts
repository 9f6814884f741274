import { travellingOutputBytes } from '../contract/machine.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import { jsonSizeBytes } from '../model/json.ts';
import type { StepOutcome } from '../model/step.ts';

/** What a ledger item means for the run. */
export function outcomeOf(item: LedgerItem): StepOutcome {
  const { stepId } = item;
  const attempts = item.sends;
  switch (item.status) {
    case 'DONE': {
      const { result, trust, argumentTrust } = item;
      const travels = result.kind === 'inline' && jsonSizeBytes(result.value) <= travellingOutputBytes;
      return {
        kind: 'done',
        stepId,
        attempts,
        trust,
        ...(argumentTrust ? { argumentTrust } : {}),
        ...(travels ? { output: result.value } : {}),
      };
    }
    case 'FAILED':
      return failedOutcome(item, item.failure);
    case 'IN_DOUBT':
      return inDoubtOutcome(item, item.failure);
    case 'CANCELED':
      return { kind: 'canceled', stepId };
    case 'CLAIMED':
    case 'INTENT':
    case 'VERIFY':
      return { kind: 'busy', stepId, untilMs: item.leaseUntilMs };
  }
}

export function failedOutcome(item: LedgerItem, failure: Failure): StepOutcome {
  return { kind: 'failed', stepId: item.stepId, attempts: item.sends, failure };
}

export function inDoubtOutcome(item: LedgerItem, failure: Failure): StepOutcome {
  return { kind: 'inDoubt', stepId: item.stepId, attempts: item.sends, failure };
}
