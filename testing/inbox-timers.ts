import { nextTimer } from '../core/model/inbox-timer.ts';
import { sweepInbox } from '../core/operations/sweep-inbox.ts';
import type { Platform } from './platform.ts';

const mostInboxItems = 100;

/** What happens to inbox items that nobody answers: reminders, the next contact, the answer that was declared for silence. */
export class InboxTimers {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** True when something was due, and was done as the sweep does it. */
  async fire(): Promise<boolean> {
    const { fired, failures } = await sweepInbox(this.#platform.ports, Infinity);
    const [failed] = failures;
    if (failed) throw failed.error;
    return fired > 0;
  }

  /**
   * When something happens next to an open item, in milliseconds since the epoch. Only items of agents that declare an `inbox`
   * are waited for: a run that nobody has told what to do about silence rests at once.
   */
  async nextMs(): Promise<number | undefined> {
    const { ports, tenantId, project } = this.#platform;
    const open = await ports.runs.listEscalations({
      ...{ tenantId, status: 'open', limit: mostInboxItems, cursor: undefined },
    });
    const declared = open.items.filter(({ agent }) => project.registry.agents.get(agent)?.inbox !== undefined);
    const dueMs = declared.flatMap((item) => nextTimer(item)?.atMs ?? []);
    return dueMs.length === 0 ? undefined : Math.min(...dueMs);
  }
}
