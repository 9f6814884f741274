import * as z from 'zod';
import type { StepRequest } from '../contract/machine.ts';
import type { Effect, LastSend, LedgerItem, LedgerRef } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import { outcomeOfProblem } from '../model/breaker.ts';
import type { Json } from '../model/json.ts';
import { jsonHash } from '../model/json.ts';
import { ownerName } from '../model/owner.ts';
import type { LedgerCommand } from '../model/protocol.ts';
import { isRetryable, reactions } from '../model/reaction.ts';
import { clockSkewMs, transition } from '../model/protocol.ts';
import type { ActionContext, ActionDefinition, SkillDefinition } from '../model/skill.ts';
import { skillHashOf } from '../model/skill-contract.ts';
import type { StepOutcome } from '../model/step.ts';
import { leastTrusted } from '../model/trust.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import { callAction } from './call-action.ts';
import type { Called } from './call-action.ts';
import { judgeUse } from './judge-use.ts';
import { outcomeOf } from './step-outcomes.ts';
import { bounded, problemOf, thrownText } from './thrown.ts';
import type { Admitted, Breakers } from './with-breaker.ts';

export type ExecutePorts = Omit<Ports, 'runs' | 'engine'>;

/** The worker that executes: a Lambda invocation, or a worker thread on a laptop. */
export interface Worker {
  /** Lifetime of the platform, where one is known; owners of another epoch are dead. */
  readonly epoch: string | undefined;
  /** The moment at which this worker is killed if it has not ended. */
  readonly deadlineMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly authorizer: Authorizer;
  /** Of what skills depend on, as this process has seen them. Left out where no skill has a dependency. */
  readonly breakers?: Breakers;
}

/** What the ledger keeps of a step that waits for its dependency although its attempts are used up. */
export const waitingClass = 'dependencyDown' satisfies Failure['class'];
const backoffBaseMs = 500;
const backoffCapMs = 20_000;
const undoBackoffCapMs = 15 * 60_000;
/** Beyond what a call may take, before one that tries whether a dependency is back counts as lost. */
const probeMarginMs = 10_000;
/** Nobody knows when a person will close a breaker. */
const isolatedWaitMs = 60_000;

/** Why a call may not be made now, and when to ask again. */
export interface Refusal {
  readonly failure: Failure;
  readonly retryAtMs: number;
}

export type HeldWrite =
  | { readonly written: true; readonly item: LedgerItem }
  | { readonly written: false; readonly current: LedgerItem | undefined; readonly refusal?: string };

/** A step in the hands of one worker: what it is, and the moves of the protocol on it. */
export class HeldStep {
  readonly request: StepRequest;
  readonly skill: SkillDefinition;
  readonly action: ActionDefinition;
  /** The arguments as the action's schema gives them to its code. */
  readonly parsed: ReturnType<ActionDefinition['input']['safeParse']>;
  readonly ports: ExecutePorts;
  readonly ref: LedgerRef;
  readonly hashes: { readonly argsHash: string; readonly skillHash: string };
  readonly effect: Effect;
  readonly epoch: string | undefined;
  readonly #input: Json;
  readonly #worker: Worker;
  readonly #owner: string;
  #denial: Failure | undefined;
  #admitted: Admitted | undefined;
  /** Whether the last call tried, for all, if the dependency is back. */
  #wasProbe = false;

  constructor(
    request: StepRequest,
    skill: SkillDefinition,
    action: ActionDefinition,
    input: Json,
    ports: ExecutePorts,
    worker: Worker,
  ) {
    this.request = request;
    this.skill = skill;
    this.action = action;
    this.parsed = parsedInput(action, input);
    this.ports = ports;
    this.#input = input;
    this.epoch = worker.epoch;
    this.#worker = worker;
    this.#owner = ownerName(worker.epoch ?? 'cloud', ports.ids.token());
    const { tenantId, runId, stepId, direction, undo } = request;
    this.ref = { tenantId, skill: skill.id, runId, stepId: undo?.stepId ?? stepId, direction };
    this.hashes = { argsHash: jsonHash(input), skillHash: skillHashOf(skill) };
    // Without a lookup nothing can be looked up, whatever was declared.
    const cannotLook = action.effect.class === 'Q' && !action.lookup && !action.pursue;
    this.effect = cannotLook ? { class: 'N' } : action.effect;
  }

  /** Why nothing may be sent; undefined when it may, and before it was judged. */
  get denial(): Failure | undefined {
    return this.#denial;
  }

  /**
   * Judges the use on the arguments that have arrived and the code that is here, whatever Decide made of it. A compensation
   * needs no leave but its done effect. Throws StoreUnavailable.
   */
  async judge(): Promise<Failure | undefined> {
    if (this.request.undo) return undefined;
    const { agent, action, occurrence, doubted, skillHash } = this.request;
    const use = { ...this.ref, ...this.hashes, agent, action, occurrence, input: this.#input, doubted };
    const verdict = await judgeUse(use, { authorizer: this.#worker.authorizer, ...this.ports });
    if (verdict.kind === 'allowed') return undefined;
    if (verdict.kind === 'denied') this.#denial = verdict.failure;
    else if (skillHash !== this.hashes.skillHash) {
      const message = `${this.name()} needs an approval of its own: the skill has changed since its use was planned`;
      this.#denial = { class: 'skillChanged', message };
    } else {
      const why = [...verdict.reasons, ...doubted.map((path) => `'${path}' is not trusted`)].join('; ');
      this.#denial = { class: 'denied', message: `${this.name()} needs an approval, and there is none of it: ${why}` };
    }
    return this.#denial;
  }

  /**
   * Asks the breaker of the skill's dependency for leave of one call, before the ledger says that it is under way: a step
   * that may not call has not begun, and uses up none of its attempts.
   */
  async admit(): Promise<Refusal | undefined> {
    const { dependency } = this.skill;
    const { breakers } = this.#worker;
    if (dependency === undefined || !breakers || this.#admitted) return undefined;
    try {
      this.#admitted = await breakers.admit(dependency, this.action.timeoutSeconds * 1_000 + probeMarginMs);
      return undefined;
    } catch (error) {
      const { failureClass, message, retryAfterMs = isolatedWaitMs } = problemOf(error, this.ports.clock.now());
      return { failure: { class: failureClass, message }, retryAtMs: this.ports.clock.now() + retryAfterMs };
    }
  }

  /** Gives back the leave of a call that was not made after all, so that somebody else may try. */
  async leaveUncalled(): Promise<void> {
    const admitted = this.#admitted;
    this.#admitted = undefined;
    if (admitted) await this.#worker.breakers?.ended(admitted, 'untold');
  }

  /** One call, of which the breaker learns how it ended. */
  async call(item: LedgerItem, code: (context: ActionContext) => Promise<unknown>): Promise<Called> {
    const admitted = this.#admitted;
    this.#admitted = undefined;
    this.#wasProbe = admitted?.probe !== undefined;
    const called = await this.#run(item, code);
    if (admitted)
      await this.#worker.breakers?.ended(admitted, called.ok ? 'success' : outcomeOfProblem(called.problem));
    return called;
  }

  #run(item: LedgerItem, code: (context: ActionContext) => Promise<unknown>): Promise<Called> {
    const { tenantId, trust } = this.request;
    return callAction(code, {
      tenantId,
      skill: this.skill,
      effectKey: item.effectKey,
      attempt: item.sends,
      timeoutSeconds: this.action.timeoutSeconds,
      settings: this.#worker.settings,
      trust: leastTrusted([trust, this.action.trust ?? 'trusted']),
      ports: this.ports,
    });
  }

  fail(item: LedgerItem, failure: Failure): Promise<StepOutcome> {
    return this.settle(item, { kind: 'fail', fence: item.fence, effect: this.effect, failure: this.#named(failure) });
  }

  /** Whatever a compensation fails of, what follows from it is the same. */
  #named(failure: Failure): Failure {
    if (!this.request.undo || failure.class === 'compensationFailed') return failure;
    return { class: 'compensationFailed', message: `${failure.class}: ${failure.message}` };
  }

  /** What becomes of a step that may not call now. The ledger stays as it is. */
  refused(item: LedgerItem | undefined, { failure, retryAtMs }: Refusal): StepOutcome {
    return { kind: 'retry', stepId: this.request.stepId, attempts: item?.sends ?? 0, failure, notBeforeMs: retryAtMs };
  }

  /** Gives the step back for another try. The end of the lease is the time of that try. */
  async letGo(
    item: LedgerItem,
    failure: Failure,
    how: { readonly retryAtMs: number; readonly lastSend?: LastSend; readonly looking?: boolean },
  ): Promise<StepOutcome> {
    const { fence } = item;
    const written = await this.write(item, { kind: 'release', fence, failure, lastSend: 'unknown', ...how });
    if (!written.written) return this.afterConflict(written.current);
    return { kind: 'retry', stepId: item.stepId, attempts: item.sends, failure, notBeforeMs: how.retryAtMs };
  }

  /** Lets go of what goes on by itself. Whoever comes next may look at once; nobody needs to before `untilMs`. */
  async park(item: LedgerItem, untilMs: number, reason: string): Promise<StepOutcome> {
    const written = await this.write(item, { kind: 'park', fence: item.fence });
    return written.written ? { ...this.busy(untilMs), reason } : this.afterConflict(written.current);
  }

  async settle(item: LedgerItem, command: LedgerCommand): Promise<StepOutcome> {
    const written = await this.write(item, command);
    return written.written ? outcomeOf(written.item) : this.afterConflict(written.current);
  }

  /** Someone else wrote in between: report what stands, change nothing. */
  afterConflict(current: LedgerItem | undefined): StepOutcome {
    return current ? outcomeOf(current) : this.busy(this.ports.clock.now() + 1_000);
  }

  busy(untilMs: number): Extract<StepOutcome, { kind: 'busy' }> {
    return { kind: 'busy', stepId: this.request.stepId, untilMs };
  }

  /** The parsed arguments. Throws when they do not fit the schema, which `executeStep` rules out first. */
  get arguments(): never {
    if (!this.parsed.success) throw this.parsed.error;
    return this.parsed.data as never;
  }

  /** One move of the protocol: decided on the item as seen, and written if nobody wrote in between. */
  async write(seen: LedgerItem | undefined, command: LedgerCommand): Promise<HeldWrite> {
    const { ledger, clock, ids } = this.ports;
    const moved = transition(seen, command, clock.now(), ids.token());
    if (!moved.ok) return { written: false, current: seen, refusal: moved.refusal };
    const result = await ledger.write(moved.next, seen?.writeToken);
    return result.written ? { written: true, item: moved.next } : { written: false, current: result.current };
  }

  /** The claim of this worker: its name, and its hard deadline plus skew. */
  hold(): { owner: string; leaseUntilMs: number } {
    return { owner: this.#owner, leaseUntilMs: this.#worker.deadlineMs + clockSkewMs };
  }

  timeForOneCall(): boolean {
    return this.ports.clock.now() + this.action.timeoutSeconds * 1000 <= this.#worker.deadlineMs;
  }

  /** Whether something that has failed so may help itself. Nobody but a person helps a compensation, so it tries on. */
  mayTryAgain(failureClass: Failure['class'], sends: number): boolean {
    if (sends >= this.action.maxAttempts || this.request.settleOnly) return false;
    return this.request.undo !== undefined || isRetryable(failureClass);
  }

  /**
   * Whether something that has failed so, and whose attempts are used up, waits all the same: its last call has only tried
   * for all whether the dependency is back, and those that were not let in use up no attempts either.
   */
  waitsForDependency(failureClass: Failure['class']): boolean {
    const { dependency } = this.skill;
    if (dependency === undefined || this.request.settleOnly || this.request.undo) return false;
    const isIll = reactions[failureClass].health === 'ill' && isRetryable(failureClass);
    return isIll && this.#wasProbe && (this.#worker.breakers?.isDown(dependency) ?? false);
  }

  /** Whether the ledger may still lead to another send, as far as the number of attempts goes. */
  hasAttemptsLeft({ sends, evidence }: LedgerItem, next: number): boolean {
    if (sends + next <= this.action.maxAttempts) return true;
    const last = evidence.findLast(({ kind }) => kind !== 'lookup');
    return last?.kind === 'failure' && last.detail.startsWith(`${waitingClass}: `);
  }

  /** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
  backoff(attempt: number, retryAfterMs: number | undefined): number {
    if (this.request.undo) {
      return Math.max(retryAfterMs ?? 0, Math.min(undoBackoffCapMs, this.request.undo.backoffMs * 2 ** (attempt - 1)));
    }
    if (retryAfterMs !== undefined) return retryAfterMs;
    const ceiling = Math.min(backoffCapMs, backoffBaseMs * 2 ** (attempt - 1));
    return Math.ceil(this.ports.ids.fraction() * ceiling);
  }

  name(): string {
    return `${this.request.skill}/${this.request.action}`;
  }
}

/** Schemas may hold code of the author, which may throw: then the arguments do not fit. */
function parsedInput({ input: schema }: ActionDefinition, input: Json): HeldStep['parsed'] {
  try {
    return schema.safeParse(input);
  } catch (error) {
    const message = bounded(`the input schema threw ${thrownText(error)}`);
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input }]) };
  }
}
