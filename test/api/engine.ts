import { limits } from '../../core/contract/limits.ts';
import type { DecideEvent } from '../../core/contract/machine.ts';
import { executionName } from '../../core/contract/machine.ts';
import type { Registry } from '../../core/model/skill.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { createAdvance } from '../../core/operations/advance-run.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { openEscalation } from '../../core/operations/open-escalation.ts';
import type { Clock, Engine, ExecutionRef, Ports } from '../../core/ports/index.ts';
import { authorizerOf } from '../fixtures/authorizers.ts';

type Standing = 'running' | 'waiting' | 'closed';

/**
 * Both state machines in a few lines: executions stand still until a test drives them, so that a test sees every
 * state between two of their moves.
 */
export class DrivenEngine implements Engine {
  readonly executions = new Map<string, { readonly ref: ExecutionRef; standing: Standing; taskToken?: string }>();
  /** Thrown by the next start. */
  startFault: Error | undefined;

  async start(ref: ExecutionRef): Promise<'started' | 'alreadyRan'> {
    const fault = this.startFault;
    this.startFault = undefined;
    if (fault) throw fault;
    const name = executionName(ref.runId, ref.generation);
    const there = this.executions.get(name);
    if (!there) this.executions.set(name, { ref, standing: 'running' });
    return there?.standing === 'closed' ? 'alreadyRan' : 'started';
  }

  async succeedTask(taskToken: string): Promise<'settled' | 'stale'> {
    const waiting = [...this.executions.values()].find((execution) => execution.taskToken === taskToken);
    if (!waiting) return 'stale';
    delete waiting.taskToken;
    waiting.standing = 'running';
    return 'settled';
  }

  names(runId: string): string[] {
    return [...this.executions.keys()].filter((name) => name.startsWith(`${runId}-`));
  }

  /** As when a machine is aborted. */
  kill(runId: string): void {
    for (const { ref, ...execution } of this.executions.values()) {
      if (ref.runId === runId)
        this.executions.set(executionName(runId, ref.generation), { ref, ...execution, standing: 'closed' });
    }
  }

  /** Carries every running execution to where it ends or waits. */
  async drive(ports: Ports, registry: Registry, clock: Clock & { advance(ms: number): void }): Promise<void> {
    const authorizer = authorizerOf(registry);
    const functions = { arnOf: (skillId: string) => `arn:${skillId}:1` };
    const advance = createAdvance({
      ports,
      registry,
      functions,
      authorizer,
      limits: limits.parse({}),
      epoch: undefined,
    });
    for (const [name, execution] of this.executions) {
      let event: DecideEvent = execution.ref;
      while (execution.standing === 'running') {
        const result = await advance(event);
        switch (result.next) {
          case 'execute':
          case 'long': {
            const outcomes = await Promise.all(
              result.items.map(({ request }): Promise<StepOutcome> => {
                const skill = registry.skills.get(request.skill);
                if (!skill) throw new Error(`no skill ${request.skill}`);
                // Longer than a question to a model may take.
                const deadlineMs = clock.now() + 180_000;
                return executeStep(request, skill, ports, { epoch: undefined, deadlineMs, settings: {}, authorizer });
              }),
            );
            event = { ...execution.ref, outcomes, ...(result.next === 'execute' ? { state: result.state } : {}) };
            break;
          }
          case 'pause':
            clock.advance(Date.parse(result.until) - clock.now());
            event = { ...execution.ref, state: result.state };
            break;
          case 'continue':
            event = execution.ref;
            break;
          case 'wait':
            execution.standing = 'waiting';
            break;
          case 'human':
            execution.standing = 'waiting';
            execution.taskToken = `token of ${name}`;
            await openEscalation({ notice: result.notice, taskToken: execution.taskToken }, ports);
            event = execution.ref;
            break;
          case 'rollover':
            await this.start(result.execution.input);
            execution.standing = 'closed';
            break;
          case 'done':
          case 'failed':
            execution.standing = 'closed';
            break;
        }
      }
    }
  }
}
