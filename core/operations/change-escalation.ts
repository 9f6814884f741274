import { Problem } from '../contract/problems.ts';
import type { NewAct } from '../model/escalation-act.ts';
import { mostActs } from '../model/escalation-act.ts';
import type { Escalation } from '../model/escalation.ts';
import type { EscalationRef, Ports } from '../ports/index.ts';

export type InboxPorts = Pick<Ports, 'runs' | 'clock' | 'ids'>;

/** What a write changes of an item, and the line of its history that tells of it. */
export interface EscalationChange {
  readonly set: Partial<Escalation>;
  readonly act?: NewAct;
}

/** People work on an item one after the other, so a conflict is rare and a second one rarer. */
const tries = 20;

/**
 * Changes an inbox item with a conditional write, again on what is stored now when somebody was faster. `change` gives
 * undefined when nothing is to be written. Returns the item as it then is; undefined when there is none.
 */
export async function changeEscalation(
  ref: EscalationRef,
  ports: Pick<Ports, 'runs' | 'ids'>,
  change: (current: Escalation) => EscalationChange | undefined,
): Promise<Escalation | undefined> {
  const { runs, ids } = ports;
  let current = await runs.readEscalation(ref.tenantId, ref.escalationId);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const changed = current && change(current);
    if (!current || !changed) return current;
    const { set, act } = changed;
    // Before its place is taken: a line that is in neither item would be lost.
    if (act && current.lastAct) await runs.keepEscalationAct(ref, current.lastAct);
    const next: Escalation = {
      ...current,
      ...set,
      version: current.version + 1,
      writeToken: ids.token(),
      ...(act ? { lastAct: { ...act, number: (current.lastAct?.number ?? 0) + 1 } } : {}),
    };
    const written = await runs.writeEscalation(next, current.version);
    if (written.written) return next;
    current = written.current;
  }
  throw new Error(`Escalation ${ref.escalationId} changed ${tries} times while it was being changed.`);
}

/** Throws the problem `escalation-full` when people have done as much to an item as it takes. */
export function checkRoom({ escalationId, lastAct }: Escalation): void {
  if ((lastAct?.number ?? 0) < mostActs) return;
  throw new Problem(
    'escalation-full',
    `Escalation '${escalationId}' has a history of ${mostActs} lines, which is the most that people may write. It can still be resolved; keep the rest of what you have to say where it belongs.`,
  );
}
