import { decideEvent, escalationMessage, executionName, stepRequest } from '../core/contract/machine.ts';
import type { DecideResult, StepRequest } from '../core/contract/machine.ts';
import { agentSkillId } from '../core/model/agent-step.ts';
import { modelSkillId } from '../core/model/model-step.ts';
import type { SkillDefinition } from '../core/model/skill.ts';
import type { StepOutcome } from '../core/model/step.ts';
import { createAdvance } from '../core/operations/advance-run.ts';
import { agentSkill } from '../core/operations/agent-skill.ts';
import { answerModelStep } from '../core/operations/answer-model-step.ts';
import { pursueChild } from '../core/operations/child-run.ts';
import { executeStep } from '../core/operations/execute-step.ts';
import { ModelChain } from '../core/operations/model-chain.ts';
import { modelSkill } from '../core/operations/model-skill.ts';
import { settingsOf } from '../core/operations/skill-settings.ts';
import { Breakers } from '../core/operations/with-breaker.ts';
import { createInterpreter } from '../local/stepfunctions/interpreter.ts';
import type { Interpreter } from '../local/stepfunctions/interpreter.ts';
import { Executions } from './executions.ts';
import type { MortalWorker } from './interference.ts';
import { invocations, watchedSkill } from './invocation.ts';
import type { Invocation } from './invocation.ts';
import type { Platform } from './platform.ts';
import { isPlatformSkill } from './platform-skill.ts';
import { arns } from './tested-project.ts';
import { TestSetupError } from './test-setup-error.ts';

/** A function may start and finish around its longest action. */
const workerMarginMs = 10_000;
/** A run that goes round and round is ended, not waited for. */
const mostDecisions = 20_000;
const noWaits = { Pause: 0, WaitUntil: 0, CoolDown: 0 };
const noRetryWaits = { Decide: 0, InvokeSkill: 0, Burst: 0, BurstAfterLong: 0, StartNextGeneration: 0 };

/** Decide, the skill hosts and the state machines of one process. When it dies, nothing in it answers any more. */
export class PlatformLife {
  readonly interpreter: Interpreter;
  readonly executions: Executions;
  readonly #platform: Platform;
  readonly #breakers: Breakers;
  readonly #advance: ReturnType<typeof createAdvance>;
  readonly #atWork = new Set<Invocation>();
  #decisions = 0;
  #dead = false;

  constructor(platform: Platform) {
    this.#platform = platform;
    const { time, chronicle, functionPorts: ports, project, limits, dependencies } = platform;
    this.executions = new Executions(time);
    this.#breakers = new Breakers({
      ...ports,
      unrecorded: (dependency, error) =>
        chronicle.tell('breaker.unrecorded', { runId: '' }, `${dependency}: ${String(error)}`),
    });
    this.#advance = createAdvance({ ...dependencies, ports, limits, epoch: undefined });
    this.interpreter = createInterpreter({
      machines: project.machines,
      resources: {
        invokeFunction: (functionArn, payload) =>
          this.#unlessDead<unknown>(functionArn === arns.decide ? this.#decide(payload) : this.#step(payload)),
        sendMessage: async (_queueUrl, body) => this.#message(body),
      },
      onExecutionEnded: (execution) => {
        if (this.#dead) return;
        platform.executionEnded(execution);
        this.executions.ended(execution.name);
      },
      waitsMs: noWaits,
      retriesMs: noRetryWaits,
    });
  }

  kill(): void {
    this.#dead = true;
    for (const invocation of this.#atWork) invocation.dead = true;
    this.interpreter.abandon();
  }

  #message(body: string): void {
    const { notice, taskToken } = escalationMessage.parse(JSON.parse(body));
    this.#platform.messages.push(body);
    this.executions.waits(executionName(notice.runId, notice.generation), taskToken);
  }

  async #decide(payload: unknown): Promise<DecideResult> {
    const event = decideEvent.parse(payload);
    this.executions.opened(executionName(event.runId, event.generation));
    this.#decisions += 1;
    if (this.#decisions > mostDecisions) {
      this.#platform.fail(
        new TestSetupError(`The run took more than ${mostDecisions} decisions; it seems to go round.`),
      );
      return new Promise<never>(() => undefined);
    }
    const invocation: Invocation = { dead: false, request: undefined, around: ({ proceed }) => proceed() };
    const result = await this.#within(invocation, () => this.#advance(event));
    this.#platform.chronicle.tell('run.decided', event, decisionInWords(result));
    await this.executions.decided(result);
    return result;
  }

  async #step(payload: unknown): Promise<StepOutcome> {
    const { chronicle, interference } = this.#platform;
    const request = stepRequest.parse(payload);
    const { promise: died, reject } = Promise.withResolvers<never>();
    const worker: MortalWorker = {
      dead: false,
      request,
      around: (call) => interference.around(call, worker),
      die: () => {
        worker.dead = true;
        reject(Object.assign(new Error('the skill worker died'), { name: 'Lambda.Unknown' }));
      },
    };
    chronicle.tell('step.dispatched', request, `${request.skill}/${request.action}`);
    try {
      const outcome = await Promise.race([this.#within(worker, () => this.#execute(request)), died]);
      chronicle.tell('step.answered', request, outcomeInWords(outcome));
      return outcome;
    } catch (error) {
      chronicle.tell('step.answered', request, `no answer: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    } finally {
      if (!this.#dead) this.executions.stepAnswered(executionName(request.runId, request.generation));
    }
  }

  #execute(request: StepRequest): Promise<StepOutcome> {
    const { functionPorts: ports, project, time, options } = this.#platform;
    const skill = this.#skillOf(request);
    const timeoutSeconds = skill.actions[request.action]?.timeoutSeconds ?? 0;
    return executeStep(request, skill, ports, {
      epoch: undefined,
      deadlineMs: time.now() + timeoutSeconds * 1000 + workerMarginMs,
      settings: this.#settingsOf(skill, options.settings ?? {}),
      authorizer: project.authorizer,
      breakers: this.#breakers,
    });
  }

  #skillOf(request: StepRequest): SkillDefinition {
    const { functionPorts: ports, project, dependencies, models, prices } = this.#platform;
    const { registry } = project;
    if (request.skill === agentSkillId) return agentSkill(registry, pursueChild(request, { ...dependencies, ports }));
    if (request.skill === modelSkillId) {
      const think = answerModelStep(request, {
        ...{ registry, prices, client: models, breakers: this.#breakers, spend: ports.spend, clock: ports.clock },
        chainOver: (names, client) => new ModelChain({ models: names, client, breakers: this.#breakers }),
        tenantDay: {},
      });
      return watchedSkill(modelSkill(think));
    }
    const skill = registry.skills.get(request.skill);
    if (skill) return skill;
    throw new Error(`There is no skill ${request.skill} in this test.`);
  }

  #settingsOf(skill: SkillDefinition, given: Readonly<Record<string, string>>): Record<string, string> {
    if (isPlatformSkill(skill.id)) return {};
    const missing = skill.settings.filter((name) => !Object.hasOwn(given, name));
    if (missing.length === 0) return settingsOf(skill, given);
    const names = missing.map((name) => `'${name}'`).join(', ');
    const error = new TestSetupError(`${skill.id} needs the setting ${names}. Give it in 'settings' of runAgent.`);
    this.#platform.fail(error);
    throw error;
  }

  async #within<Result>(invocation: Invocation, work: () => Promise<Result>): Promise<Result> {
    this.#atWork.add(invocation);
    try {
      return await invocations.run(invocation, work);
    } finally {
      this.#atWork.delete(invocation);
    }
  }

  /** What a function answers after its process has died reaches nobody. */
  async #unlessDead<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      const result = await answer;
      return this.#dead ? await new Promise<never>(() => undefined) : result;
    } catch (error) {
      if (this.#dead) return new Promise<never>(() => undefined);
      throw error;
    }
  }
}

function decisionInWords(result: DecideResult): string {
  switch (result.next) {
    case 'execute':
    case 'long':
      return `run ${result.items.map(({ request }) => request.stepId).join(', ')}`;
    case 'pause':
    case 'wait':
      return `wait until ${result.until}`;
    case 'human':
      return `ask a person: ${result.notice.reason}`;
    case 'rollover':
      return 'go on in the next generation';
    case 'continue':
      return 'look again';
    case 'done':
      return `over: ${result.status}`;
    case 'failed':
      return `failed: ${result.cause}`;
  }
}

function outcomeInWords(outcome: StepOutcome): string {
  if (!('failure' in outcome)) return outcome.kind;
  const { failure, kind } = outcome;
  return `${kind}, ${failure.class}: ${failure.message}`;
}
