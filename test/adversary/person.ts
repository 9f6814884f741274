import type { EscalationNotice } from '../../core/model/escalation.ts';
import type { Attack } from './attack.ts';
import type { AttackedPlatform } from './attacked-platform.ts';
import type { Oracle } from './oracle/judge.ts';

/** What a person said to an inbox item. `unanswered`: nothing that lets the run go on. */
export type Answer = 'approved' | 'rejected' | 'unanswered';

/** Shows a person what the run waits for, and does what he decides. */
export async function askPerson(
  notice: EscalationNotice,
  person: Attack['person'],
  _platform: AttackedPlatform,
  _oracle: Oracle,
): Promise<Answer> {
  if (notice.kind !== 'approval' || person === 'absent') return 'unanswered';
  return 'unanswered';
}
