import type { EscalationRef } from '../ports/index.ts';
import type { TimerPorts } from './fire-timers.ts';
import { fireTimers } from './fire-timers.ts';

export interface SweptInbox {
  /** Timers that fired: reminders, changes of hands, answers in nobody's stead. */
  readonly fired: number;
  /** Items that are for the next sweep, because something failed. */
  readonly failures: readonly { readonly item: EscalationRef; readonly error: Error }[];
  /** True when there was no time for all of them. */
  readonly more: boolean;
}

const atOnce = 10;

/**
 * Does what the timers of inbox items say by now. What goes wrong with one item keeps no other from being looked at.
 *
 * @param untilMs no further items are looked at from then on
 */
export async function sweepInbox(ports: TimerPorts, untilMs: number): Promise<SweptInbox> {
  let fired = 0;
  const failures: { item: EscalationRef; error: Error }[] = [];
  const sweep = async (item: EscalationRef): Promise<void> => {
    try {
      fired += await fireTimers(item, ports);
    } catch (error) {
      failures.push({ item, error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  let batch: EscalationRef[] = [];
  for await (const item of ports.runs.scanDueEscalations(ports.clock.now())) {
    batch.push(item);
    if (batch.length < atOnce) continue;
    await Promise.all(batch.map(sweep));
    batch = [];
    if (ports.clock.now() >= untilMs) return { fired, failures, more: true };
  }
  await Promise.all(batch.map(sweep));
  return { fired, failures, more: false };
}
