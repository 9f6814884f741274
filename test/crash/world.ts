import { answerModelStep } from '../../core/operations/answer-model-step.ts';
import type { ModelStepDependencies } from '../../core/operations/answer-model-step.ts';
import { cancelRun } from '../../core/operations/cancel-run.ts';
import { ModelChain } from '../../core/operations/model-chain.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import { resolveEscalation } from '../../core/operations/resolve-escalation.ts';
import type { ResolveDependencies } from '../../core/operations/resolve-escalation.ts';
import { resumeRun } from '../../core/operations/resume-run.ts';
import type { ResumeDependencies } from '../../core/operations/resume-run.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import type { ResolveRequest } from '../../core/contract/api.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import type { WaitingFor } from '../../core/model/run.ts';
import type { SkillDefinition } from '../../core/model/skill.ts';
import type { Scenario } from './scenario.ts';
import { scriptedModel } from './scripted-model.ts';
import type { SkillFunctions } from '../../core/authz/catalogue.ts';
import { limits } from '../../core/contract/limits.ts';
import {
  decideEvent,
  deadExecution,
  escalationMessage,
  executionName,
  stepRequest,
} from '../../core/contract/machine.ts';
import { Problem } from '../../core/contract/problems.ts';
import type { DecideResult } from '../../core/contract/machine.ts';
import type { Json } from '../../core/model/json.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import { skillFolder } from '../../core/model/names.ts';
import type { RunHead } from '../../core/model/run.ts';
import { isFinal } from '../../core/model/run.ts';
import type { Registry } from '../../core/model/skill.ts';
import { createAdvance } from '../../core/operations/advance-run.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { pursueChild } from '../../core/operations/child-run.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { openEscalation } from '../../core/operations/open-escalation.ts';
import { reportDeadRun } from '../../core/operations/revive-run.ts';
import type { OrderDependencies } from '../../core/operations/run-order.ts';
import { startRun } from '../../core/operations/start-run.ts';
import type { Clock, Engine, Ports } from '../../core/ports/index.ts';
import { local } from '../../local/environment.ts';
import { machinesOf } from '../../local/machines.ts';
import { resumeUnfinished } from '../../local/resume-unfinished.ts';
import { createInterpreter, StepFunctionsError } from '../../local/stepfunctions/index.ts';
import type { Interpreter } from '../../local/stepfunctions/index.ts';
import type { Durable } from './durable.ts';
import { Seam } from './seam.ts';
import type { CrashAt } from './seam.ts';
import { breakersOver } from './breakers-over.ts';
import { spendThrough } from './spend-through.ts';
import type { Authorizer } from '../../core/ports/authorizer.ts';
import { authorizerOf } from '../fixtures/authorizers.ts';

const escalationsUrl = 'memory://escalations';
const settings = { TRAVEL_PROVIDER_URL: 'http://travel.example' };
const stepSeconds = 30;
const modelStepSeconds = 150;
const givesUpMs = 30_000;
const keyHeldMs = 60_000;
const othersRestMs = 500;

/** Who asks for the run, and who looks after it. */
const caller = { tenantId: 'default', subject: 'harness', scopes: new Set(['runs:write', 'inbox:resolve'] as const) };
/** What a person does before it is plain that nothing comes of it. */
const mostDeeds = 12;

type WaitingForPerson = Extract<WaitingFor, { kind: 'human' }>;

const authorizers = new WeakMap<Registry, Authorizer>();

/** Parsed policies, once for all worlds of a project: a campaign has thousands. */
function authorizerFor(registry: Registry): Authorizer {
  const authorizer = authorizers.get(registry) ?? authorizerOf(registry);
  authorizers.set(registry, authorizer);
  return authorizer;
}

/** One process of the platform over what is durable: API, Decide, skill hosts, inbox and state machines, through one seam. */
export class World {
  readonly seam: Seam;
  readonly #durable: Durable;
  readonly #scenario: Scenario;
  readonly #registry: Registry;
  readonly #ports: Ports;
  readonly #authorizer: Authorizer;
  readonly #interpreter: Interpreter;
  readonly #epoch: string | undefined;
  readonly #breakers: ReturnType<typeof breakersOver>;
  readonly #functions: SkillFunctions = { arnOf: (id) => `${local.skillFunctionArnPrefix}${skillFolder(id)}:1` };

  constructor(
    durable: Durable,
    registry: Registry,
    scenario: Scenario,
    options: { readonly crashAt?: CrashAt | undefined; readonly epoch: string | undefined },
  ) {
    this.seam = new Seam(options.crashAt);
    this.#durable = durable;
    this.#scenario = scenario;
    this.#registry = registry;
    this.#authorizer = authorizerFor(registry);
    this.#epoch = options.epoch;
    this.#ports = this.#wrappedPorts();
    this.#breakers = breakersOver(this.#ports);
    const advance = createAdvance({
      ports: this.#ports,
      registry,
      functions: this.#functions,
      authorizer: this.#authorizer,
      limits: limits.parse({}),
      epoch: options.epoch,
    });
    const machine = this.seam.wrap('machine', {
      invokeFunction: async (functionArn: string, payload: unknown): Promise<unknown> => {
        if (functionArn === local.decideFunctionArn) return this.#skipWaits(await advance(decideEvent.parse(payload)));
        return this.#execute(payload);
      },
      sendMessage: async (_queueUrl: string, body: string): Promise<void> => {
        durable.messages.push(body);
      },
    });
    this.#interpreter = createInterpreter({
      machines: machinesOf([...registry.agents.keys()], escalationsUrl),
      resources: machine,
      // Waits are skipped by moving the clock.
      waitsMs: { Pause: 0, WaitUntil: 0 },
    });
    void this.seam.crashed.then(() => this.#interpreter.abandon());
  }

  /**
   * Asks for the run, as a client does that repeats its call, sets going what is unfinished, and works until the run is
   * over, or rests with a person who does nothing about it.
   */
  async drive(input: Json): Promise<RunHead | undefined> {
    const pumping = this.#pump();
    const unfinished = await this.#durable.runs.scanUnfinished()[Symbol.asyncIterator]().next();
    if (unfinished.done !== true) await resumeUnfinished(this.#ports);
    const runId = await this.#start(input);
    let head = await this.#untilAtRest(runId);
    for (let deeds = 0; deeds < mostDeeds && head?.waitingFor?.kind === 'human'; deeds += 1) {
      if (!(await this.#personSees(head, head.waitingFor))) break;
      head = await this.#untilAtRest(runId);
    }
    this.seam.kill();
    await pumping;
    return head;
  }

  get #dependencies(): OrderDependencies & { readonly ports: Ports } {
    return {
      ports: this.#ports,
      registry: this.#registry,
      functions: this.#functions,
      authorizer: this.#authorizer,
    };
  }

  async #start(input: Json): Promise<string> {
    const { agent, playbook, goal } = this.#scenario;
    const what = playbook === undefined ? { goal: goal ?? 'Do it.' } : { playbook };
    for (;;) {
      try {
        const call = { principal: caller, idempotencyKey: 'the-run', request: { agent, input, ...what } };
        return (await startRun(call, this.#dependencies)).runId;
      } catch (error) {
        // The call that died still holds the key; a client tries again later.
        if (!(error instanceof Problem) || error.code !== 'idempotency-in-flight') throw error;
        this.#durable.skippedMs += keyHeldMs;
      }
    }
  }

  /** Whether the person of the scenario did something about it. */
  async #personSees(head: RunHead, { escalationId, escalation }: WaitingForPerson): Promise<boolean> {
    const { person = {}, agent } = this.#scenario;
    const item = await this.#durable.runs.readEscalation(caller.tenantId, escalationId);
    const found = person[escalation];
    const deed = typeof found === 'function' && item ? found(item) : found;
    if (deed === undefined || typeof deed === 'function') return false;
    const reason = `as ${agent} needs it`;
    const resolve = (request: ResolveRequest): Promise<unknown> =>
      resolveEscalation({ principal: caller, escalationId, request }, this.#resolving);
    try {
      if (deed === 'attest') await resolve(await this.#attested(escalationId));
      else if (deed === 'resume') await resumeRun({ principal: caller, runId: head.runId }, this.#resolving);
      else if (deed === 'cancel') await this.cancel(head.runId);
      else if (deed === 'takeBack') await this.#takeBack(head);
      else if (typeof deed === 'string') await resolve({ resolution: deed, reason });
      else await resolve({ ...deed, reason });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // What somebody else has seen to meanwhile is seen to; whatever else is refused leaves the run where it is.
      return ['already-settled', 'run-over'].includes(error.code);
    }
    return true;
  }

  /** Says what the provider says. */
  async #attested(escalationId: string): Promise<ResolveRequest> {
    const { stepId = '' } = (await this.#durable.runs.readEscalation(caller.tenantId, escalationId)) ?? {};
    const reason = 'the book of the provider says so';
    if (stepId.startsWith('undo:')) {
      const happened = await this.#durable.hasCanceled(stepId.slice('undo:'.length));
      return { resolution: 'attest', happened, reason };
    }
    const answer = await this.#durable.answerTo(stepId);
    return answer === undefined
      ? { resolution: 'attest', happened: false, reason }
      : { resolution: 'attest', happened: true, output: answer, reason };
  }

  /** Has what a run has done undone, and what fails of that tried again. */
  async #takeBack({ runId, compensation }: RunHead): Promise<void> {
    if (compensation) await resumeRun({ principal: caller, runId }, this.#resolving);
    else await cancelRun({ principal: caller, runId, reason: 'not like this', compensate: true }, this.#ports);
  }

  /** Asks for the end of a run, as somebody does while it goes on. */
  async cancel(runId: string): Promise<void> {
    const compensate = this.#scenario.takesBack === true;
    await cancelRun({ principal: caller, runId, reason: 'it is no longer wanted', compensate }, this.#ports);
  }

  get #resolving(): ResumeDependencies & ResolveDependencies {
    return { ...this.#dependencies, reader: new RunReader(this.#ports) };
  }

  /** Over, or waiting for a person whose inbox item is there. */
  async #untilAtRest(runId: string): Promise<RunHead | undefined> {
    const { runs } = this.#durable;
    const run = { tenantId: 'default', runId };
    const deadlineMs = Date.now() + givesUpMs;
    while (Date.now() < deadlineMs && !this.seam.dead) {
      const head = await runs.readHead(run);
      if (head && isFinal(head.status)) return head;
      if (head?.waitingFor?.kind === 'human') {
        const escalation = await runs.readEscalation(run.tenantId, head.waitingFor.escalationId);
        if (escalation?.status === 'open' && escalation.generation === head.generation) return head;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return undefined;
  }

  async #execute(payload: unknown): Promise<unknown> {
    const request = stepRequest.parse(payload);
    const skill = this.#skillOf(request);
    return executeStep(request, skill, this.#ports, {
      ...{ epoch: this.#epoch, settings, authorizer: this.#authorizer, breakers: this.#breakers },
      deadlineMs: this.#durable.nowMs() + (request.skill === modelSkillId ? modelStepSeconds : stepSeconds) * 1000,
    });
  }

  #skillOf(request: StepRequest): SkillDefinition {
    if (request.skill === agentSkillId) return agentSkill(this.#registry, pursueChild(request, this.#dependencies));
    if (request.skill === modelSkillId) return modelSkill(answerModelStep(request, this.#thinking));
    const skill = this.#registry.skills.get(request.skill);
    if (!skill) throw new Error(`no skill ${request.skill}`);
    return skill;
  }

  async #skipWaits(result: DecideResult): Promise<DecideResult> {
    if (result.next === 'pause' || result.next === 'wait') {
      await this.#othersAtRest(result.runId);
      this.#durable.skippedMs += Math.max(0, Date.parse(result.until) - this.#durable.nowMs());
    }
    return result;
  }

  /** What a run waits for goes on in real time: the clock moves when nothing of it is at work, or seems to be dead. */
  async #othersAtRest(runId: string): Promise<void> {
    const { runs } = this.#durable;
    const deadlineMs = Date.now() + othersRestMs;
    while (Date.now() < deadlineMs && !this.seam.dead) {
      const begun = await this.#durable.runsBegunBy(runId);
      const heads = await Promise.all(begun.map((one) => runs.readHead({ tenantId: 'default', runId: one })));
      if (heads.every((head) => !head || isFinal(head.status) || head.waitingFor?.kind === 'human')) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #pump(): Promise<void> {
    const { messages } = this.#durable;
    const queue = this.seam.wrap('queue', {
      receive: async (): Promise<string | undefined> => messages[0],
      delete: async (body: string): Promise<void> => {
        const at = messages.indexOf(body);
        if (at >= 0) messages.splice(at, 1);
      },
    });
    const crashed = this.seam.crashed.then(() => undefined);
    while (!this.seam.dead) {
      // An empty queue is a long poll that has not answered: no I/O point.
      const body = messages.length === 0 ? undefined : await Promise.race([queue.receive(), crashed]);
      if (body === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        continue;
      }
      const asked = escalationMessage.safeParse(JSON.parse(body));
      const consumed = asked.success
        ? openEscalation(asked.data, this.#ports)
        : reportDeadRun(deadExecution.parse(JSON.parse(body)), { ports: this.#ports, limits: limits.parse({}) });
      await Promise.race([consumed.then(() => queue.delete(body)), crashed]);
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { canceledAt } = this.#scenario;
    if (canceledAt !== undefined && new URL(url).pathname.startsWith(`/${canceledAt}/`)) {
      const runId = await this.#durable.askedRun();
      if (runId !== undefined) await this.cancel(runId);
    }
    return this.#durable.fetch(url, init);
  }

  /** Model steps are carried out here as the function think does. */
  get #thinking(): ModelStepDependencies {
    const { spend, clock } = this.#ports;
    const client = this.seam.wrap('model', scriptedModel(this.#scenario));
    return {
      ...{ registry: this.#registry, client, breakers: this.#breakers, spend, clock, tenantDay: {} },
      chainOver: (models, metered) => new ModelChain({ models, client: metered, breakers: this.#breakers }),
      prices: () => 1,
    };
  }

  #wrappedPorts(): Ports {
    const durable = this.#durable;
    const clock: Clock = {
      now: () => durable.nowMs(),
      sleep: async (ms, signal) => {
        // What can be given up is the timeout of a call, and the provider answers at once.
        if (signal) return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        durable.skippedMs += ms;
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const engine: Engine = {
      start: async (execution) => {
        const { runId, generation, agent, tenantId } = execution;
        try {
          this.#interpreter.start({
            machineArn: `${local.runMachineArnPrefix}${agent}`,
            name: executionName(runId, generation),
            input: JSON.stringify({ tenantId, runId, agent, generation }),
          });
          return 'started';
        } catch (error) {
          if (error instanceof StepFunctionsError && error.code === 'ExecutionAlreadyExists') return 'alreadyRan';
          throw error;
        }
      },
      succeedTask: async (taskToken) => {
        try {
          this.#interpreter.succeedTask(taskToken, '{}');
          return 'settled';
        } catch (error) {
          if (error instanceof StepFunctionsError) return 'stale';
          throw error;
        }
      },
    };
    const ids = this.seam.wrap('ids', durable.ids);
    return {
      runs: this.seam.wrap('runs', durable.runs),
      ledger: this.seam.wrap('ledger', durable.ledger),
      blobs: this.seam.wrap('blobs', durable.blobs),
      engine: this.seam.wrap('engine', engine),
      http: this.seam.wrap('http', { fetch: (url, init) => this.#fetch(url, init) }),
      secrets: this.seam.wrap('secrets', durable.secrets),
      documents: durable.documentsThrough(this.seam),
      mailer: this.seam.wrap('mailer', durable.mailer),
      clock: this.seam.wrap('clock', clock),
      breakers: this.seam.wrap('breakers', durable.breakers),
      spend: spendThrough(this.seam, durable.spendAccounts, ids),
      ids,
    };
  }
}
