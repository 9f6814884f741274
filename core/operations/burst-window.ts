import type { BurstState } from '../contract/machine.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { RunHead } from '../model/run.ts';
import { isStepOver } from '../model/step.ts';
import type { StepOutcome, StepState, StepStatus } from '../model/step.ts';
import type { Ports } from '../ports/index.ts';
import { adopted, pausedUntilMs } from './adopt-revision.ts';
import { closeFrom } from './close-step.ts';
import type { OpenStep } from './decision.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import {
  itemsBySteps,
  ledgerRefOf,
  occurrenceOf,
  ownMember,
  ownerOf,
  planOf,
  stateFromLedger,
  wantedOf,
  unrecordedFailure,
  windowSteps,
  withStatuses,
} from './open-steps.ts';
import type { RunReader } from './run-reader.ts';
import { outcomeOf } from './step-outcomes.ts';

const keptFailureCharacters = 300;

/** The open window of a run within one decision: the head, its plans, and where each step stands. */
export class BurstWindow {
  #state: BurstState;
  #plans: WindowPlans = new Map();
  #openSteps: OpenStep[] = [];
  readonly #ports: Pick<Ports, 'ledger' | 'clock' | 'ids'>;
  readonly #epoch: string | undefined;
  readonly #reader: RunReader;

  constructor(
    state: BurstState,
    dependencies: { readonly ports: Pick<Ports, 'ledger' | 'clock' | 'ids'>; readonly epoch: string | undefined },
    reader: RunReader,
  ) {
    this.#state = state;
    this.#ports = dependencies.ports;
    this.#epoch = dependencies.epoch;
    this.#reader = reader;
  }

  get state(): BurstState {
    return this.#state;
  }

  get head(): RunHead {
    return this.#state.head;
  }

  get plans(): WindowPlans {
    return this.#plans;
  }

  get openSteps(): readonly OpenStep[] {
    return this.#openSteps;
  }

  /** False once the newest revision says that nobody will add to the plan. */
  get morePlanned(): boolean {
    return this.head.revision === 0 || !planOf(this.#plans, this.head.revision).final;
  }

  /** Open steps of plans of one author, whoever has mended them since. */
  plannedBy(author: PlanRevision['author']): OpenStep[] {
    const ids = new Set(
      windowSteps(this.head, this.#plans)
        .filter(({ revision }) => ownerOf(planOf(this.#plans, revision)) === author)
        .map(({ step }) => step.id),
    );
    return this.#openSteps.filter(({ id }) => ids.has(id));
  }

  setHead(head: RunHead): void {
    this.#state = { ...this.#state, head };
  }

  adopt(plan: PlanRevision): void {
    this.#state = adopted(this.#state, this.#plans, plan);
  }

  headWritten(atMs: number): void {
    this.#state = { ...this.#state, headWrittenAtMs: atMs };
  }

  steps(ids: readonly string[]): WindowStep[] {
    return windowSteps(this.head, this.#plans).filter(({ step }) => ids.includes(step.id));
  }

  /** Builds the open steps from the state of the burst, or, where that may be behind, from the ledger. */
  async load(options: { readonly fromLedger: boolean }): Promise<void> {
    this.#plans = await this.#reader.windowPlans(this.head);
    const window = windowSteps(this.head, this.#plans);
    const items = options.fromLedger ? await this.#readLedger(window) : undefined;
    this.#openSteps = window.map((entry) => ({
      id: entry.step.id,
      after: entry.step.after,
      optional: entry.step.optional ?? false,
      timeoutSeconds: entry.step.timeoutSeconds,
      occurrence: occurrenceOf(this.head, entry.step.id),
      ...(entry.step.compensates === undefined ? {} : { undoes: entry.step.compensates.stepId }),
      state: items && !isStepOver(entry.status) ? this.#ledgerState(entry, items) : this.#carriedState(entry),
    }));
    if (items) this.apply(this.#openSteps);
  }

  /** Takes over the states after a decision: into the head's characters, and into what the burst carries. */
  apply(decided: readonly OpenStep[]): void {
    const steps = this.#withCompensated(decided);
    this.#openSteps = [...steps];
    const statuses = new Map<string, StepStatus>();
    const notBefore: Record<string, number> = {};
    const failures: Record<string, Failure> = {};
    const lost: Record<string, number> = {};
    for (const { id, state } of steps) {
      statuses.set(id, state.status);
      if (state.status === 'pending') {
        if (state.notBeforeMs > 0) notBefore[id] = state.notBeforeMs;
        if (state.lost > 0) lost[id] = state.lost;
      }
      if (state.status === 'failed' || state.status === 'inDoubt') {
        failures[id] = { ...state.failure, message: state.failure.message.slice(0, keptFailureCharacters) };
      }
    }
    const unsettled = new Set(steps.filter(({ state }) => !isStepOver(state.status)).map(({ id }) => id));
    const occurrences = Object.entries(this.head.occurrences).filter(([id]) => unsettled.has(id));
    const lookAgain = this.head.lookAgain?.filter((id) => statuses.get(id) === 'pending') ?? [];
    const head = {
      ...withStatuses(this.head, this.#plans, statuses),
      lost,
      occurrences: Object.fromEntries(occurrences),
      lookAgain: lookAgain.length > 0 ? lookAgain : undefined,
    };
    this.#state = { ...this.#state, head, notBefore, failures };
  }

  /** A step whose compensation is done is compensated, while it is still in the window. */
  #withCompensated(steps: readonly OpenStep[]): readonly OpenStep[] {
    const undone = new Set(
      steps.flatMap(({ id, undoes, state }) => (undoes && state.status === 'completed' ? [id] : [])),
    );
    if (undone.size === 0) return steps;
    const window = windowSteps(this.head, this.#plans);
    const compensated = new Set(
      window.flatMap(({ step: { id, compensates } }) => {
        const original = compensates && undone.has(id) ? compensates : undefined;
        return window.some(({ step, revision }) => step.id === original?.stepId && revision === original.revision)
          ? [original?.stepId]
          : [];
      }),
    );
    return steps.map((step) =>
      compensated.has(step.id) && step.state.status === 'completed'
        ? { ...step, state: { status: 'compensated' } }
        : step,
    );
  }

  markRunning(ids: readonly string[]): void {
    const running = new Map<string, StepStatus>(ids.map((id) => [id, 'running']));
    this.setHead(withStatuses(this.head, this.#plans, running));
    this.#state = { ...this.#state, stepsRun: this.#state.stepsRun + ids.length };
  }

  /** A dispatch without an answer is looked up: the ledger knows more than the state machine. */
  async translateLost(outcomes: readonly StepOutcome[]): Promise<StepOutcome[]> {
    return Promise.all(
      outcomes.map(async (outcome) => {
        if (outcome.kind !== 'lost') return outcome;
        const [entry] = this.steps([outcome.stepId]);
        if (!entry) return outcome;
        const item = await this.#ports.ledger.read(ledgerRefOf(this.head, entry.step));
        return item ? this.#outcomeFromLedger(outcome, entry, item) : outcome;
      }),
    );
  }

  /** Outputs that came along with outcomes need not be read again by the next step. */
  rememberOutputs(outcomes: readonly StepOutcome[]): void {
    if (outcomes.length === 0) return;
    const steps = new Map(windowSteps(this.head, this.#plans).map(({ step }) => [step.id, step]));
    for (const outcome of outcomes) {
      const step = steps.get(outcome.stepId);
      if (step && outcome.kind === 'done' && outcome.output !== undefined) {
        const { output: value, trust, argumentTrust = trust } = outcome;
        this.#reader.rememberOutput(this.head, step, { value, trust, argumentTrust });
      }
    }
  }

  /**
   * Before a canceled run ends, every step that was not begun is closed in the ledger, so that a dispatch still on
   * its way cannot begin it. True when one of them turns out to have begun after all: it has to be settled first.
   */
  async cancelUnbegun(): Promise<boolean> {
    const unbegun = this.#openSteps.filter(({ state }) => state.status === 'pending' && state.notBeforeMs === 0);
    const states = new Map<string, StepState>();
    for (const entry of this.steps(unbegun.map(({ id }) => id))) {
      states.set(entry.step.id, await this.#cancelOne(entry));
    }
    this.apply(this.#openSteps.map((step) => ({ ...step, state: states.get(step.id) ?? step.state })));
    return [...states.values()].some(({ status }) => status !== 'skipped');
  }

  async #cancelOne(entry: WindowStep): Promise<StepState> {
    const ref = ledgerRefOf(this.head, entry.step);
    const occurrence = occurrenceOf(this.head, entry.step.id);
    const by = (this.head.compensation ?? this.head.cancelRequested)?.by ?? 'the run is being ended';
    const closing = await closeFrom(undefined, { kind: 'cancel', ref, occurrence, by }, this.#ports);
    if (closing.closed) return { status: 'skipped' };
    return this.#ledgerState(entry, new Map(closing.current ? [[entry.step.id, closing.current]] : []));
  }

  #outcomeFromLedger(lost: Extract<StepOutcome, { kind: 'lost' }>, entry: WindowStep, item: LedgerItem): StepOutcome {
    const { stepId } = lost;
    const attempts = item.sends;
    const state = this.#ledgerState(entry, new Map([[stepId, item]]));
    switch (state.status) {
      case 'completed':
        return item.status === 'DONE'
          ? { ...outcomeOf(item), stepId }
          : { kind: 'done', stepId, attempts, trust: 'untrusted' };
      case 'failed':
        return { kind: 'failed', stepId, attempts, failure: state.failure };
      case 'inDoubt':
        return { kind: 'inDoubt', stepId, attempts, failure: state.failure };
      case 'skipped':
      case 'compensated':
        return { kind: 'canceled', stepId };
      case 'pending':
        return state.notBeforeMs > 0 ? { kind: 'busy', stepId, untilMs: state.notBeforeMs } : lost;
    }
  }

  #ledgerState(entry: WindowStep, items: ReadonlyMap<string, LedgerItem>): StepState {
    const { step } = entry;
    const item = items.get(step.id);
    // A step that could not be dispatched has no item, and its failure stands until a person asks for another try.
    if (!item && entry.status === 'failed') return { status: 'failed', failure: unrecordedFailure };
    const state = stateFromLedger(item, wantedOf(this.head, step), this.#ports.clock.now(), this.#epoch);
    if (state.status !== 'pending' || state.notBeforeMs > 0) return state;
    const notBeforeMs = pausedUntilMs(entry, this.head, this.#plans);
    return notBeforeMs > this.#ports.clock.now() ? { ...state, notBeforeMs } : state;
  }

  #carriedState(entry: WindowStep): StepState {
    const { id } = entry.step;
    switch (entry.status) {
      case 'pending':
      case 'running':
        return {
          status: 'pending',
          notBeforeMs: ownMember(this.#state.notBefore, id) ?? 0,
          lost: ownMember(this.head.lost, id) ?? 0,
        };
      case 'failed':
      case 'inDoubt':
        return { status: entry.status, failure: ownMember(this.#state.failures, id) ?? unrecordedFailure };
      case 'completed':
      case 'skipped':
      case 'compensated':
        return { status: entry.status };
    }
  }

  async #readLedger(window: readonly WindowStep[]): Promise<ReadonlyMap<string, LedgerItem>> {
    const refs = window.filter(({ status }) => !isStepOver(status)).map(({ step }) => ledgerRefOf(this.head, step));
    const items = refs.length === 0 ? [] : await this.#ports.ledger.readMany(refs);
    return itemsBySteps(
      this.head,
      window.map(({ step }) => step),
      items,
    );
  }
}
