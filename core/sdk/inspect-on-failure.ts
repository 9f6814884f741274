import { failureReactions } from '../model/skill.ts';
import type { Inspection } from './inspection.ts';

/** What a playbook or an agent says becomes of a run whose step has failed for good. */
export function inspectOnFailure(value: unknown, inspection: Inspection): void {
  const remedy = "Write 'compensate' to have the run taken back, or 'escalate' to have a person asked";
  inspection.oneOf('onFailure', value, failureReactions, remedy);
}
