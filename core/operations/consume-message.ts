import { deadExecution, escalationMessage } from '../contract/machine.ts';
import type { Ports } from '../ports/index.ts';
import { fireTimers } from './fire-timers.ts';
import type { Consumed } from './open-escalation.ts';
import { openEscalation } from './open-escalation.ts';
import type { ReviveDependencies, Revived } from './revive-run.ts';
import { reportDeadRun } from './revive-run.ts';

export interface ConsumeDependencies extends ReviveDependencies {
  readonly ports: ReviveDependencies['ports'] & Pick<Ports, 'notifications'>;
}

/**
 * Takes in one message of the escalations or the dead-letters queue. Messages may come twice, late and in any order. Throws
 * for a body that is none, and when something did not answer: then the message is for the next try.
 */
export async function consumeMessage(body: string, dependencies: ConsumeDependencies): Promise<Consumed | Revived> {
  const { ports } = dependencies;
  const parsed: unknown = JSON.parse(body);
  const asked = escalationMessage.safeParse(parsed);
  if (!asked.success) return reportDeadRun(deadExecution.parse(parsed), dependencies);
  const consumed = await openEscalation(asked.data, ports);
  // Whoever wants to be told is told at once; what this leaves undone is done by the sweep.
  if (consumed !== 'stale') await fireTimers(asked.data.notice, ports);
  return consumed;
}
