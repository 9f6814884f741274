import type { DecideResult } from '../core/contract/machine.ts';
import { executionName } from '../core/contract/machine.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * Who is at work in the executions of one process, so that time passes only when nobody is: an execution itself, or the steps
 * of its wave in its place, unless it waits.
 */
export class Executions {
  readonly #time: VirtualTime;
  readonly #open = new Set<string>();
  /** Steps of the wave of an execution that have not answered. */
  readonly #waves = new Map<string, number>();
  /** Executions that wait for a person, by task token. */
  readonly #waiting = new Map<string, string>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Harmless for one that is known. */
  opened(name: string): void {
    if (this.#open.has(name)) return;
    this.#open.add(name);
    this.#time.begin();
  }

  ended(name: string): void {
    if (this.#open.delete(name)) this.#time.end();
  }

  /** What the execution does after a decision. Waits as long as the decision says. */
  async decided(result: DecideResult): Promise<void> {
    const name = executionName(result.runId, result.generation);
    switch (result.next) {
      case 'execute':
      case 'long':
        this.#waves.set(name, result.items.length);
        for (const _ of result.items.slice(1)) this.#time.begin();
        return;
      case 'pause':
      case 'wait':
        await this.#time.until(Date.parse(result.until));
        return;
      case 'rollover':
        this.opened(result.execution.name);
        return;
      case 'continue':
      case 'human':
      case 'done':
      case 'failed':
        return;
    }
  }

  /** The last step of a wave hands over to the execution. */
  stepAnswered(name: string): void {
    const left = (this.#waves.get(name) ?? 1) - 1;
    this.#waves.set(name, left);
    if (left > 0) this.#time.end();
  }

  waits(name: string, taskToken: string): void {
    this.#waiting.set(taskToken, name);
    this.#time.end();
  }

  /** Lets an execution go on that waits. The function takes it back. */
  woken(taskToken: string): () => void {
    if (!this.#waiting.delete(taskToken)) return () => undefined;
    this.#time.begin();
    return () => this.#time.end();
  }
}
