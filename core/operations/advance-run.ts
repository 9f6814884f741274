import type { SkillFunctions } from '../authz/catalogue.ts';
import { hasModels } from '../authz/with-models.ts';
import type { Limits } from '../contract/limits.ts';
import type { DecideEvent, DecideResult, RunIdentity } from '../contract/machine.ts';
import { burstsOfLongWave, executionName } from '../contract/machine.ts';
import type { DistributiveOmit } from '../model/distributive-omit.ts';
import type { RunHead } from '../model/run.ts';
import { isEnding, statusUnderWay } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import { isoTime } from './iso-time.ts';
import { BurstWindow } from './burst-window.ts';
import { closeQuestions } from './close-questions.ts';
import { compensationEnding } from './compensation-ending.ts';
import { decide } from './decide.ts';
import { undoPlannedBy } from './decide-compensation.ts';
import { DecisionRecovery } from './decision-recovery.ts';
import type { Decision, HumanNeed, OpenStep, Verdict } from './decision.ts';
import { dispatchSteps } from './dispatch-steps.ts';
import type { Planned } from './accept-proposal.ts';
import { recoveriesLeft, recoveriesWith } from './plan-budget.ts';
import { noticeOf, rejectedNeed, storyOf } from './human-needs.ts';
import { endOf } from './end-of-run.ts';
import { openBurst } from './open-burst.ts';
import { onFailureOf } from './on-failure.ts';
import { openEscalation } from './open-escalation.ts';
import { planNext } from './plan-next.ts';
import { RunReader } from './run-reader.ts';
import { leftOpen, takeBack } from './take-back.ts';
import { noteOf } from './trace/note-decision.ts';
import { wakeParent } from './wake-run.ts';
import { writeHeadOf } from './write-head.ts';

export interface AdvanceDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'engine' | 'breakers' | 'clock' | 'ids'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
  readonly limits: Limits;
  /** Lifetime of the platform, where one is known (core/model/owner.ts). */
  readonly epoch: string | undefined;
}

/** A decision may need several rounds: outcomes, then a plan, then steps that cannot be rendered. */
const roundsPerDecision = 50;
const undoRoundsPerDecision = 8;

/**
 * The Decide step: reads what the table says (or carries on from the state of the burst), applies the outcomes of the
 * last wave, asks the pure `decide`, does what it says about plans and records, and names the next state.
 * The closure remembers immutable values between calls; everything else is in the event and in the table.
 */
export function createAdvance(dependencies: AdvanceDependencies): (event: DecideEvent) => Promise<DecideResult> {
  const reader = new RunReader(dependencies.ports);
  return (event) => new Advance(dependencies, reader, event).result();
}

class Advance {
  readonly #dependencies: AdvanceDependencies;
  readonly #reader: RunReader;
  readonly #event: DecideEvent;
  readonly #identity: RunIdentity;

  constructor(dependencies: AdvanceDependencies, reader: RunReader, event: DecideEvent) {
    this.#dependencies = dependencies;
    this.#reader = reader;
    this.#event = event;
    const { tenantId, runId, agent, generation } = event;
    this.#identity = { tenantId, runId, agent, generation };
  }

  async result(): Promise<DecideResult> {
    const opened =
      this.#event.state ?? (await openBurst(this.#identity, { ...this.#dependencies, reader: this.#reader }));
    if ('next' in opened) return opened;
    // Whoever ended it may have died before the parent knew.
    if (!('startedAtMs' in opened)) return this.#told(opened.over);
    const window = new BurstWindow(opened, this.#dependencies, this.#reader);
    await window.load({ fromLedger: this.#event.state === undefined });
    const dependencies = { ...this.#dependencies, reader: this.#reader };
    const recovery = new DecisionRecovery(dependencies);
    let outcomes = await window.translateLost(this.#event.outcomes ?? []);
    window.rememberOutputs(outcomes);

    for (let round = 0; round < roundsPerDecision; round += 1) {
      const verdict = await this.#verdict(window, outcomes, await recovery.recoverable(window));
      window.apply(verdict.steps);
      outcomes = [];
      const { decision } = verdict;
      const recovered = decision.kind === 'recover' ? await recovery.recover(window, decision.failed) : undefined;
      const back = [decision, recovered].find((one) => one?.kind === 'compensate');
      if (back) {
        const moved = await takeBack(window, back.failure, dependencies, () => this.#writeHead(window));
        if (!moved) return { ...this.#identity, next: 'continue' };
        // A long run with little to undo is looked through in pieces.
        if (round >= undoRoundsPerDecision) return this.#leave(window, { kind: 'continue' });
        continue;
      }
      if (recovered?.kind === 'human') return this.#handUpHuman(window, recovered.need);
      if (recovered?.kind === 'planned' && !(await this.#adopt(window, recovered))) {
        return { ...this.#identity, next: 'continue' };
      }
      if (decision.kind === 'recover' || decision.kind === 'compensate') continue;
      if (decision.kind === 'plan') {
        const planned = await this.#plan(window, decision.failed);
        if (planned === undefined) continue;
        if (planned.kind === 'continue') return { ...this.#identity, next: 'continue' };
        return planned.kind === 'end' ? this.#leave(window, planned) : this.#handUpHuman(window, planned.need);
      }
      if (decision.kind === 'execute' || decision.kind === 'long') {
        const wave = await dispatchSteps(
          window.steps(decision.stepIds),
          {
            identity: this.#identity,
            head: window.head,
            plans: window.plans,
            request: await this.#reader.request(window.head),
            settleOnly: isEnding(window.head) || this.#now() >= window.head.deadlineMs,
          },
          dependencies,
        );
        if (wave.held.length > 0) {
          outcomes = wave.held;
          continue;
        }
        if (decision.kind === 'long') {
          const { items } = wave;
          const burstsInGeneration = window.head.burstsInGeneration + burstsOfLongWave(items.length) - 1;
          const status = statusUnderWay(window.head);
          return this.#handUp(window, { status, burstsInGeneration }, { next: 'long', items });
        }
        window.markRunning(decision.stepIds);
        return this.#goOn(window, { next: 'execute', items: wave.items });
      }
      if (decision.kind === 'pause') return this.#goOn(window, { next: 'pause', until: isoTime(decision.untilMs) });
      if (decision.kind === 'end' && decision.status === 'canceled' && (await leftOpen(window, dependencies))) continue;
      return this.#leave(window, decision);
    }
    throw new Error(`Run ${this.#identity.runId}: no decision after ${roundsPerDecision} rounds.`);
  }

  async #verdict(
    window: BurstWindow,
    outcomes: readonly StepOutcome[],
    recoverable: ReadonlySet<string>,
  ): Promise<Verdict> {
    const { head, state, morePlanned } = window;
    const { limits } = this.#dependencies;
    return decide({
      run: {
        status: head.status,
        cancelRequested: head.cancelRequested !== undefined,
        ...(head.compensation === undefined
          ? {}
          : { compensation: { ...head.compensation, planned: undoPlannedBy(window.plans.get(head.revision)) } }),
        deadlineMs: head.deadlineMs,
        burstsInGeneration: head.burstsInGeneration,
      },
      steps: window.openSteps,
      outcomes,
      morePlanned,
      replannable: await this.#replannable(window),
      onFailure: onFailureOf(await this.#reader.request(head), this.#dependencies.registry),
      recoverable,
      nowMs: this.#now(),
      burst: { deadlineMs: state.startedAtMs + limits.burstSeconds * 1000, stepsRun: state.stepsRun },
      limits,
    });
  }

  /** Steps that a model has planned itself, as long as the run may be planned anew. */
  async #replannable(window: BurstWindow): Promise<ReadonlySet<string>> {
    const { head } = window;
    const agent = this.#dependencies.registry.agents.get(head.agent);
    const request = await this.#reader.request(head);
    // Nobody goes on with a plan that was handed in.
    if (request.plan !== undefined || !hasModels(agent) || recoveriesLeft(head, request) === 0) return new Set();
    return new Set(window.plannedBy('planner').map(({ id }) => id));
  }

  /** Adds to the plan; undefined when something was added. */
  async #plan(
    window: BurstWindow,
    failed: readonly OpenStep[],
  ): Promise<Extract<Decision, { kind: 'end' | 'human' | 'continue' }> | undefined> {
    const { head } = window;
    const request = await this.#reader.request(head);
    const dependencies = { ...this.#dependencies, reader: this.#reader };
    const planned = await planNext(head, window.plans, request, dependencies, failed);
    if (planned.kind === 'declined') return { kind: 'end', status: 'declined', reason: planned.reason };
    if (planned.kind === 'rejected') return { kind: 'human', need: rejectedNeed(planned.failure, head.revision + 1) };
    return (await this.#adopt(window, planned)) ? undefined : { kind: 'continue' };
  }

  /** False when somebody who knows more of the run takes it back. */
  async #adopt(window: BurstWindow, { plan, fresh }: Extract<Planned, { kind: 'planned' }>): Promise<boolean> {
    if (plan.takesBack) return false;
    const { head } = window;
    this.#reader.rememberPlan(plan);
    window.adopt(plan);
    window.setHead({ ...window.head, ...recoveriesWith(head, plan) });
    // The first plan is shown at once: the next head write is due.
    if (head.revision === 0) window.headWritten(0);
    // A revision that was written before a crash may have begun; a fresh one cannot have.
    await window.load({ fromLedger: !fresh });
    return true;
  }

  /** Stays within the burst; the head is written at most once a second. */
  async #goOn(
    window: BurstWindow,
    next:
      | { next: 'execute'; items: Extract<DecideResult, { next: 'execute' }>['items'] }
      | { next: 'pause'; until: string },
  ): Promise<DecideResult> {
    const nowMs = this.#now();
    if (nowMs - window.state.headWrittenAtMs >= this.#dependencies.limits.headWriteMs) {
      window.setHead({ ...window.head, status: statusUnderWay(window.head) });
      if (!(await this.#writeHead(window))) return { ...this.#identity, next: 'continue' };
      window.headWritten(nowMs);
    }
    return { ...this.#identity, ...next, state: window.state };
  }

  async #leave(
    window: BurstWindow,
    decision: Exclude<Decision, { kind: 'plan' | 'compensate' | 'recover' | 'execute' | 'long' | 'pause' }>,
  ): Promise<DecideResult> {
    switch (decision.kind) {
      case 'continue':
        return this.#handUp(window, { status: statusUnderWay(window.head) }, { next: 'continue' });
      case 'wait': {
        const { untilMs, reason } = decision;
        const waitingFor = { kind: 'time', untilMs, reason } as const;
        return this.#handUp(window, { status: 'waiting', waitingFor }, { next: 'wait', until: isoTime(untilMs) });
      }
      case 'human':
        return this.#handUpHuman(window, decision.need);
      case 'rollover': {
        const input = { ...this.#identity, generation: this.#identity.generation + 1 };
        const name = executionName(input.runId, input.generation);
        const status = statusUnderWay(window.head);
        return this.#handUp(window, { status }, { next: 'rollover', execution: { name, input } });
      }
      case 'end': {
        const { status } = decision;
        const { compensation } = window.head;
        const ending = compensation
          ? await compensationEnding({ ...window.head, compensation }, this.#reader)
          : decision.reason;
        await closeQuestions(window.head, status, { ...this.#dependencies, reader: this.#reader });
        const head: Partial<RunHead> = { status, ...(status === 'completed' ? {} : { ending }) };
        const over = await this.#handUp(window, head, endOf(this.#identity, { status, ending }));
        return over.next === 'continue' ? over : this.#told(window.head);
      }
    }
  }

  /** The end of a run that another one may wait for. */
  async #told(head: RunHead): Promise<DecideResult> {
    const { parent } = await this.#reader.request(head);
    if (parent) await wakeParent({ tenantId: head.tenantId, runId: parent.runId }, this.#dependencies.ports);
    return endOf(this.#identity, head);
  }

  #handUpHuman(window: BurstWindow, need: HumanNeed): Promise<DecideResult> {
    const inbox = this.#dependencies.registry.agents.get(this.#identity.agent)?.inbox;
    const notice = noticeOf(this.#identity, { ...storyOf(need, window), ...need }, this.#now(), inbox);
    const { escalationId, kind, reason } = notice;
    const waitingFor = { kind: 'human', escalationId, escalation: kind, reason: reason.slice(0, 300) } as const;
    return this.#handUp(window, { status: 'escalated', waitingFor }, { next: 'human', notice });
  }

  async #handUp(window: BurstWindow, change: Partial<RunHead>, next: HandUp): Promise<DecideResult> {
    window.setHead({ ...window.head, ...change });
    // Somebody else moved the run: whoever comes next reads what they wrote.
    if (!(await this.#writeHead(window))) return { ...this.#identity, next: 'continue' };
    const { ports } = this.#dependencies;
    // Before the trace names the item: from then on it can be answered.
    if (next.next === 'human' && (await openEscalation(next, ports)) === 'stale') {
      return { ...this.#identity, next: 'continue' };
    }
    const note = noteOf(window.head, next);
    if (note) await ports.runs.createNote(note);
    return { ...this.#identity, ...next };
  }

  #writeHead(window: BurstWindow): Promise<boolean> {
    return writeHeadOf(window, { ports: this.#dependencies.ports, reader: this.#reader });
  }

  #now(): number {
    return this.#dependencies.ports.clock.now();
  }
}

type HandUp = DistributiveOmit<Exclude<DecideResult, { next: 'execute' | 'pause' }>, keyof RunIdentity>;
