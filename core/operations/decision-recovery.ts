import type { BurstWindow } from './burst-window.ts';
import type { OpenStep } from './decision.ts';
import { recoverRun } from './recover-run.ts';
import type { Recovered, RecoverDependencies } from './recover-run.ts';
import { recoverableSteps } from './recovery-case.ts';
import type { FailedRun } from './recovery-case.ts';

/** Recovery within one call of Decide: a step that nothing helps is asked about once. */
export class DecisionRecovery {
  readonly #dependencies: RecoverDependencies;
  readonly #helpless = new Set<string>();

  constructor(dependencies: RecoverDependencies) {
    this.#dependencies = dependencies;
  }

  /** Steps about which something may be done, should they fail or wait for a dependency. */
  async recoverable(window: BurstWindow): Promise<ReadonlySet<string>> {
    const run = await this.#runOf(window);
    if (!run) return new Set();
    return new Set([...recoverableSteps(run, this.#dependencies.registry)].filter((id) => !this.#helpless.has(id)));
  }

  /** Throws StoreUnavailable. */
  async recover(window: BurstWindow, failed: readonly OpenStep[]): Promise<Recovered> {
    const run = await this.#runOf(window);
    const recovered: Recovered = run ? await recoverRun(failed, run, this.#dependencies) : { kind: 'none' };
    if (recovered.kind === 'none') for (const { id } of failed) this.#helpless.add(id);
    return recovered;
  }

  async #runOf({ head, plans }: BurstWindow): Promise<FailedRun | undefined> {
    const { registry, reader } = this.#dependencies;
    const agent = registry.agents.get(head.agent);
    return agent && { head, plans, agent, request: await reader.request(head) };
  }
}
