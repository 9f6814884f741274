import { SystemIds } from '../../core/adapters/system/index.ts';
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
import { cancelRun } from '../../core/operations/cancel-run.ts';
import { pursueChild } from '../../core/operations/child-run.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { openEscalation, reportDeadRun } from '../../core/operations/open-escalation.ts';
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
const givesUpMs = 30_000;
const keyHeldMs = 60_000;
const othersRestMs = 500;

export interface Order {
  readonly agent: string;
  readonly playbook: string;
  readonly input: Json;
  readonly key: string;
  /** Whether it is canceled, with compensation, when it waits for a person for the first time. */
  readonly isTakenBack: boolean;
}

const principal = { tenantId: 'default', subject: 'harness', scopes: new Set(['runs:write'] as const) };
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
    options: { readonly crashAt?: CrashAt; readonly epoch: string | undefined },
  ) {
    this.seam = new Seam(options.crashAt);
    this.#durable = durable;
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

  /** Asks for the run, as a client does that repeats its call, sets going what is unfinished, and works until the run rests. */
  async drive(order: Order): Promise<RunHead | undefined> {
    const pumping = this.#pump();
    if (
      await this.#durable.runs
        .scanUnfinished()
        [Symbol.asyncIterator]()
        .next()
        .then(({ done }) => !done)
    ) {
      await resumeUnfinished(this.#ports);
    }
    const runId = await this.#start(order);
    let head = await this.#untilAtRest(runId);
    if (order.isTakenBack && head && !isFinal(head.status) && !head.compensation) {
      await cancelRun({ principal, runId, reason: 'not wanted any more', compensate: true }, this.#ports);
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

  async #start(order: Order): Promise<string> {
    const { agent, playbook, input, key: idempotencyKey } = order;
    for (;;) {
      try {
        return (await startRun({ principal, idempotencyKey, request: { agent, playbook, input } }, this.#dependencies))
          .runId;
      } catch (error) {
        // The call that died still holds the key; a client tries again later.
        if (!(error instanceof Problem) || error.code !== 'idempotency-in-flight') throw error;
        this.#durable.skippedMs += keyHeldMs;
      }
    }
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
    const skill =
      request.skill === agentSkillId
        ? agentSkill(this.#registry, pursueChild(request, this.#dependencies))
        : this.#registry.skills.get(request.skill);
    if (!skill) throw new Error(`no skill ${request.skill}`);
    return executeStep(request, skill, this.#ports, {
      ...{ epoch: this.#epoch, settings, authorizer: this.#authorizer, breakers: this.#breakers },
      deadlineMs: this.#durable.nowMs() + stepSeconds * 1000,
    });
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
        : reportDeadRun(deadExecution.parse(JSON.parse(body)), this.#ports);
      await Promise.race([consumed.then(() => queue.delete(body)), crashed]);
    }
  }

  #wrappedPorts(): Ports {
    const durable = this.#durable;
    const clock: Clock = {
      now: () => durable.nowMs(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, ms);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        }),
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
    const ids = this.seam.wrap('ids', new SystemIds());
    return {
      runs: this.seam.wrap('runs', durable.runs),
      ledger: this.seam.wrap('ledger', durable.ledger),
      blobs: this.seam.wrap('blobs', durable.blobs),
      engine: this.seam.wrap('engine', engine),
      http: this.seam.wrap('http', { fetch: durable.provider }),
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
