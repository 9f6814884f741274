import { durationMs } from '../core/model/duration.ts';
import type { Registry, SkillDefinition } from '../core/model/skill.ts';
import type { ActionFault, CrashFault, Fault, OutageFault, StoreFault } from './faults.ts';
import type { ActionCall } from './invocation.ts';
import { checkFault } from './check-fault.ts';

/** The faults of one run, and how often each has applied. */
export class FaultPlan {
  readonly #faults: readonly Fault[];
  readonly #registry: Registry;
  readonly #applied = new Map<Fault, number>();
  readonly #storeCalls = new Map<Fault, number>();
  #calls = 0;

  /** Throws TestSetupError for a fault of something that there is not. */
  constructor(faults: readonly Fault[], registry: Registry) {
    for (const fault of faults) checkFault(fault, registry);
    this.#faults = faults;
    this.#registry = registry;
  }

  /** Those that nothing has come of: whoever wrote them tests less than they think. */
  get unused(): Fault[] {
    return this.#faults.filter((fault) => !this.#applied.has(fault));
  }

  apply(fault: Fault): void {
    this.#applied.set(fault, (this.#applied.get(fault) ?? 0) + 1);
  }

  /** What goes wrong with a call of an action, if anything. */
  ofCall({ kind, skillId, action, context }: ActionCall, stepId: string): ActionFault | undefined {
    return this.#faults.find((fault): fault is ActionFault => {
      if (!('at' in fault) || fault.at !== `${skillId}/${action}` || (fault.call ?? 'run') !== kind) return false;
      if (fault.stepId !== undefined && fault.stepId !== stepId) return false;
      if ((this.#applied.get(fault) ?? 0) >= (fault.times ?? Infinity)) return false;
      return isAttempt(fault.attempt, context.attempt);
    });
  }

  /** The outage under which a skill cannot reach what it depends on, that long after the start of the run. */
  outageOf(skillId: string, sinceStartMs: number): OutageFault | undefined {
    const skill = this.#registry.skills.get(skillId);
    return this.#faults.find((fault): fault is OutageFault => {
      if (!('dependency' in fault) || !skill || fault.dependency !== dependencyOf(skill)) return false;
      const fromMs = durationMs(fault.after ?? '0s');
      return sinceStartMs >= fromMs && sinceStartMs < fromMs + durationMs(fault.downFor);
    });
  }

  /** Whether this call of a store gets no answer. Each call asks once. */
  storeFails(store: string, method: string): boolean {
    let fails = false;
    for (const fault of this.#faults) {
      if (!('store' in fault) || fault.store !== store || (fault.method ?? method) !== method) continue;
      const call = (this.#storeCalls.get(fault) ?? 0) + 1;
      this.#storeCalls.set(fault, call);
      const { after = 0 }: StoreFault = fault;
      if (call <= after || call > after + fault.calls) continue;
      this.apply(fault);
      fails = true;
    }
    return fails;
  }

  /** Whether the process dies at this call. Each call asks once. */
  crashNow(): CrashFault['crash']['at'] | undefined {
    this.#calls += 1;
    const due = this.#faults.find((fault): fault is CrashFault => 'crash' in fault && fault.crash.call === this.#calls);
    if (due) this.apply(due);
    return due?.crash.at;
  }
}

/** Under which name outages of what it calls are known. */
export function dependencyOf({ dependency, id }: SkillDefinition): string {
  return dependency ?? id;
}

function isAttempt(wanted: ActionFault['attempt'] = 1, attempt: number): boolean {
  if (wanted === 'every') return true;
  return typeof wanted === 'number' ? wanted === attempt : wanted.includes(attempt);
}
