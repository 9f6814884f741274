import { inThread as inAnyThread } from '../mutants/threads.ts';
import type { Tally } from './campaign.ts';
import type { Task } from './mutants/thread.ts';

export { inThreads } from '../mutants/threads.ts';

/** Carries a part of a campaign out in a thread of its own. */
export function inThread(task: Task): Promise<Tally> {
  return inAnyThread<Tally>(new URL('./mutants/thread.ts', import.meta.url), task);
}
