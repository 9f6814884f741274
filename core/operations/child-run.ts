import type { StepRequest } from '../contract/machine.ts';
import { Problem } from '../contract/problems.ts';
import { childRunId, mostDepth, partKey } from '../model/agent-step.ts';
import type { RunBudget } from '../model/budget.ts';
import { budgetOf } from '../model/budget.ts';
import type { FailureClass } from '../model/failure.ts';
import { ActionError, StoreUnavailable } from '../model/failure.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { isFinal } from '../model/run.ts';
import type { Pursuit, PursuitMode } from '../model/skill.ts';
import type { Ports, RunRef } from '../ports/index.ts';
import type { HandedOn, Pursue } from './agent-skill.ts';
import { cancelRun } from './cancel-run.ts';
import { createRun } from './create-run.ts';
import { orderOf } from './run-order.ts';
import type { Order, OrderDependencies } from './run-order.ts';
import { outputOfRun } from './run-output.ts';
import { RunReader } from './run-reader.ts';
import { ensureRunning } from './wake-run.ts';

export interface ChildDependencies extends OrderDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'spend' | 'engine' | 'clock' | 'ids'>;
}

/** A run that ends wakes its parent; these are for when that was lost. The wait grows with the age of the run. */
const shortestWaitMs = 1_000;
const longestWaitMs = 15 * 60_000;

/** Carries out the steps that hand on a part of a goal: each is a run of the agent named, under an id that the effect key gives. */
export function pursueChild(request: StepRequest, dependencies: ChildDependencies): Pursue {
  return (agent) =>
    async (handedOn: HandedOn, mode, { effectKey }) => {
      try {
        return await new ChildRun(request, agent, handedOn, effectKey, dependencies).pursue(mode);
      } catch (error) {
        throw asActionError(error);
      }
    };
}

class ChildRun {
  readonly #request: StepRequest;
  readonly #agent: string;
  readonly #handedOn: HandedOn;
  readonly #dependencies: ChildDependencies;
  readonly #parent: RunRef;
  readonly #run: RunRef;
  /** Of its part of the parent's budget. */
  readonly #key: string;

  constructor(
    request: StepRequest,
    agent: string,
    handedOn: HandedOn,
    effectKey: string,
    dependencies: ChildDependencies,
  ) {
    const { tenantId, runId } = request;
    this.#request = request;
    this.#agent = agent;
    this.#handedOn = handedOn;
    this.#dependencies = dependencies;
    this.#parent = { tenantId, runId };
    this.#run = { tenantId, runId: childRunId(effectKey) };
    this.#key = partKey(request);
  }

  async pursue(mode: PursuitMode): Promise<Pursuit> {
    const { ports } = this.#dependencies;
    const there = await ports.runs.readHead(this.#run);
    let head = there ?? (await (mode === 'goOn' ? this.#begin() : this.#keepFromBeginning()));
    if (!isFinal(head.status)) head = mode === 'end' ? await this.#end(head) : await this.#keepRunning(head);
    return isFinal(head.status) ? this.#result(head) : this.#goesOn(head);
  }

  async #begin(): Promise<RunHead> {
    const { parent, asked, depth } = await this.#above();
    if (depth > mostDepth) {
      throw failed(
        'denied',
        `run ${this.#parent.runId} is itself ${mostDepth} runs below the one that a person asked for, and hands nothing on; let an agent further up do it`,
      );
    }
    const { goal, playbook, input } = this.#handedOn;
    const order = orderOf(
      {
        principal: this.#parent,
        request: {
          agent: this.#agent,
          ...(goal === undefined ? {} : { goal }),
          ...(playbook === undefined ? {} : { playbook }),
          ...(input === undefined ? {} : { input }),
        },
      },
      this.#dependencies,
    );
    const budget = await this.#budget(order);
    const deadlineSeconds = this.#handedOn.budget?.deadlineSeconds ?? order.agent.deadlineSeconds;
    return createRun(
      this.#run,
      (nowMs) => this.#requestOf(order, asked, { depth, budget, nowMs }),
      ({ createdAtMs }) => Math.min(parent.deadlineMs, createdAtMs + deadlineSeconds * 1000),
      this.#dependencies.ports,
    );
  }

  /** Takes the place of the run before one who is still about to begin it can: that one finds a run that is over. */
  async #keepFromBeginning(): Promise<RunHead> {
    const { parent, asked, depth } = await this.#above();
    const { goal, playbook, input } = this.#handedOn;
    const order = { goal: goal ?? playbook ?? '', source: {}, input: input ?? {}, untrusted: [] };
    return createRun(
      this.#run,
      (nowMs) => this.#requestOf(order, asked, { depth, budget: {}, nowMs }),
      () => parent.deadlineMs,
      this.#dependencies.ports,
      'the run above was ended before this one had begun',
    );
  }

  async #above(): Promise<{ readonly parent: RunHead; readonly asked: RunRequest; readonly depth: number }> {
    const { runs } = this.#dependencies.ports;
    const [parent, asked] = await Promise.all([runs.readHead(this.#parent), runs.readRequest(this.#parent)]);
    if (!parent || !asked)
      throw new Error(`Run ${this.#parent.runId}, which hands on a part of its goal, is not in the table.`);
    return { parent, asked, depth: (asked.parent?.depth ?? 0) + 1 };
  }

  #requestOf(
    order: Omit<Order, 'agent'>,
    asked: RunRequest,
    { depth, budget, nowMs }: { readonly depth: number; readonly budget: RunBudget; readonly nowMs: number },
  ): RunRequest {
    const { agent, runId, stepId, occurrence, handedOn: labels } = this.#request;
    return {
      ...this.#run,
      agent: this.#agent,
      goal: order.goal,
      // Who hands on without saying how far it may be believed is not believed.
      ...(this.#handedOn.goal === undefined ? {} : { goalTrust: labels?.goal ?? 'untrusted' }),
      ...order.source,
      input: order.input,
      untrusted: [...new Set([...order.untrusted, ...(labels?.untrusted ?? Object.keys(this.#handedOn.input ?? {}))])],
      labels: asked.labels,
      budget,
      requestedBy: asked.requestedBy,
      parent: { agent, runId, stepId, occurrence, depth },
      createdAtMs: nowMs,
    };
  }

  /** Money and tokens are set aside in the account of the parent before there is a run that could use them. */
  async #budget({ agent }: Order): Promise<RunBudget> {
    const limits = this.#request.budget ?? {};
    const wanted = budgetOf(this.#handedOn.budget ?? {});
    const own = budgetOf(agent.budget ?? {});
    const allotment = await this.#dependencies.ports.spend.allot(
      this.#parent,
      this.#key,
      { wanted, atMost: own },
      limits,
    );
    if (allotment.kind === 'refused') {
      const { unit, allowed, used, wanted: amount } = allotment.refusal;
      throw failed(
        'budgetExceeded',
        `the run may use ${allowed} ${unit}, has used or set aside ${used}, and agent '${this.#agent}' would need ${amount}. Resume the run with a larger budget, or hand on less`,
      );
    }
    const counted = (['steps', 'recoveries'] as const).flatMap((unit) => {
      const given = [wanted[unit], own[unit], limits[unit]].filter((one) => one !== undefined);
      return given.length === 0 ? [] : [[unit, Math.min(...given)] as const];
    });
    return { ...allotment.part, ...Object.fromEntries(counted) };
  }

  /** A run whose first execution was not started, or has died before it began, is started again. */
  async #keepRunning(head: RunHead): Promise<RunHead> {
    return head.status === 'pending' ? ensureRunning(head, this.#dependencies.ports) : head;
  }

  async #end(head: RunHead): Promise<RunHead> {
    const { ports } = this.#dependencies;
    const principal = { tenantId: head.tenantId, subject: this.#parent.runId };
    const reason = `the run that has begun it is being ${this.#request.compensating ? 'taken back' : 'ended'}`;
    try {
      const compensate = this.#request.compensating === true;
      await cancelRun({ principal, runId: head.runId, reason, compensate }, ports);
    } catch (error) {
      // It was over before it could be ended: what it has come to counts.
      if (!(error instanceof Problem) || error.code !== 'run-over') throw error;
    }
    return (await ports.runs.readHead(this.#run)) ?? head;
  }

  async #result(head: RunHead): Promise<Pursuit> {
    const { ports, registry } = this.#dependencies;
    await ports.spend.takeBack(this.#parent, this.#key, await ports.spend.ofRun(this.#run));
    const { runId } = this.#run;
    const why = head.ending ?? 'no reason given';
    const story = `agent '${this.#agent}' did not reach its part of the goal: its run ${runId} is ${head.status} (${why})`;
    if (head.status === 'declined' || head.status === 'canceled') throw failed('refusal', story);
    if (head.status !== 'completed') throw failed('bug', story);
    const reader = new RunReader(ports);
    const output = await outputOfRun(head, await reader.request(head), reader, registry);
    if (output.kind === 'problem') {
      throw failed('bug', `the output of run ${runId} of agent '${this.#agent}' cannot be told: ${output.why}`);
    }
    const { value: result, trust } = output.kind === 'none' ? ({ value: null, trust: 'trusted' } as const) : output;
    return { over: true, output: { runId, result }, trust };
  }

  #goesOn({ createdAtMs, runId, status, waitingFor }: RunHead): Pursuit {
    const nowMs = this.#dependencies.ports.clock.now();
    const untilMs = nowMs + Math.min(longestWaitMs, Math.max(shortestWaitMs, nowMs - createdAtMs));
    const waits = status === 'escalated' && waitingFor ? ` (${waitingFor.reason})` : '';
    const { stepId } = this.#request;
    const reason = `step '${stepId}' goes on as ${runId} of agent '${this.#agent}', which is ${status}${waits}`;
    return { over: false, untilMs, reason: reason.slice(0, 300) };
  }
}

/** Nothing goes on any more. */
function failed(failureClass: FailureClass, message: string): ActionError {
  return new ActionError(message, { class: failureClass, sendOutcome: 'notDone' });
}

/** What is wrong with the order ends the step; what a later look may find otherwise does not. */
function asActionError(error: unknown): unknown {
  if (error instanceof StoreUnavailable) {
    return new ActionError(error.message, { class: 'storeUnavailable', sendOutcome: 'unknown', cause: error });
  }
  if (!(error instanceof Problem)) return error;
  if (error.status >= 500 || error.retryAfterSeconds !== undefined) {
    return new ActionError(error.message, { class: 'dependencyDown', sendOutcome: 'unknown', cause: error });
  }
  const details = (error.problems ?? []).map((one) => JSON.stringify(one)).join(' ');
  return failed('bug', `${error.message} ${details}`.trim());
}
