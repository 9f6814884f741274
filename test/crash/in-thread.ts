import { inThread } from '../mutants/threads.ts';
import type { Report } from './campaign.ts';
import type { Task } from './thread.ts';

/** Plays runs of a scenario in a thread of its own. */
export function playInThread(task: Task): Promise<Report> {
  return inThread<Report>(new URL('./thread.ts', import.meta.url), task);
}
