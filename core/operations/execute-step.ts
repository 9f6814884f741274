import type { StepRequest } from '../contract/machine.ts';
import type { Effect, LedgerItem, LedgerRef } from '../model/effect.ts';
import type { Failure, SendOutcome } from '../model/failure.ts';
import { ActionError } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { jsonHash, jsonSizeBytes } from '../model/json.ts';
import { ownerName, withoutDeadOwner } from '../model/owner.ts';
import type { LedgerCommand } from '../model/protocol.ts';
import { transition } from '../model/protocol.ts';
import type { ActionDefinition, LookupAnswer, SkillDefinition } from '../model/skill.ts';
import { skillHashOf } from '../model/skill-contract.ts';
import type { StepOutcome } from '../model/step.ts';
import type { Ports } from '../ports/index.ts';
import { actionContext } from './action-context.ts';
import { loadValue, storeValue } from './stored-value.ts';

export type ExecutePorts = Pick<Ports, 'ledger' | 'blobs' | 'http' | 'clock' | 'ids'>;

/** The worker that executes: a Lambda invocation, or a worker thread on a laptop. */
export interface Worker {
  /** Lifetime of the platform, where one is known; owners of another epoch are dead. */
  readonly epoch: string | undefined;
  /** The moment at which this worker is killed if it has not ended. */
  readonly deadlineMs: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Clocks of two workers may differ by this much. */
const skewMs = 1_000;
/** Outputs up to this size travel in the outcome; larger ones are read from the ledger. 40 of them stay under 256 KiB. */
const travellingOutputBytes = 4 * 1024;
const backoffBaseMs = 500;
const backoffCapMs = 20_000;
const failedLookups = 3;
const retryable = new Set(['transient', 'throttled', 'timeout', 'dependencyDown']);

/**
 * Executes one dispatch of a step under the step protocol (DESIGN section 6) and says what came of it.
 * Whatever happens to this process in between, the ledger tells the next worker what may still be done.
 * Throws StoreUnavailable when the ledger cannot be reached; nothing is sent without an intent on record.
 */
export async function executeStep(
  request: StepRequest,
  skill: SkillDefinition,
  ports: ExecutePorts,
  worker: Worker,
): Promise<StepOutcome> {
  const action = Object.hasOwn(skill.actions, request.action) ? skill.actions[request.action] : undefined;
  if (skill.id !== request.skill || !action) {
    const message = `the function of ${skill.id} was asked for ${request.skill}/${request.action}`;
    return { kind: 'failed', stepId: request.stepId, attempts: 0, failure: { class: 'bug', message } };
  }
  const rendered =
    request.input.kind === 'inline'
      ? request.input.value
      : (JSON.parse(await ports.blobs.get(request.input.key)) as Json);
  return new StepExecution(request, skill, action, rendered, ports, worker).run();
}

class StepExecution {
  readonly #request: StepRequest;
  readonly #action: ActionDefinition;
  readonly #input: Json;
  readonly #ports: ExecutePorts;
  readonly #worker: Worker;
  readonly #owner: string;
  readonly #ref: LedgerRef;
  readonly #hashes: { readonly argsHash: string; readonly skillHash: string };
  readonly #effect: Effect;

  constructor(
    request: StepRequest,
    skill: SkillDefinition,
    action: ActionDefinition,
    input: Json,
    ports: ExecutePorts,
    worker: Worker,
  ) {
    this.#request = request;
    this.#action = action;
    this.#input = input;
    this.#ports = ports;
    this.#worker = worker;
    this.#owner = ownerName(worker.epoch ?? 'cloud', ports.ids.token());
    const { tenantId, runId, stepId, direction } = request;
    this.#ref = { tenantId, skill: skill.id, runId, stepId, direction };
    this.#hashes = { argsHash: jsonHash(input), skillHash: skillHashOf(skill) };
    // Without a lookup nothing can be looked up, whatever was declared.
    this.#effect = action.effect.class === 'Q' && !action.lookup ? { class: 'N' } : action.effect;
  }

  async run(): Promise<StepOutcome> {
    if (this.#hashes.argsHash !== this.#request.argsHash) {
      return this.#failedBefore({
        class: 'bug',
        message: 'the arguments that arrived are not the ones that were planned',
      });
    }
    const parsed = this.#action.input.safeParse(this.#input);
    if (!parsed.success) {
      const issues = parsed.error.issues
        .map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`)
        .join('; ');
      return this.#failedBefore({
        class: 'bug',
        message: `the rendered arguments do not fit ${this.#name()}: ${issues}`,
      });
    }
    if (!this.#timeForOneCall()) return this.#busy(this.#ports.clock.now() + 1_000);
    if (this.#request.settleOnly) return this.#proceed(await this.#ports.ledger.read(this.#ref));

    // The usual path: nobody has begun, and nothing that can fail lies between the claim and the send.
    const { ref, occurrence } = { ref: this.#ref, occurrence: this.#request.occurrence };
    const begun = await this.#write(undefined, { kind: 'begin', ref, occurrence, ...this.#hold(), ...this.#hashes });
    return begun.written ? this.#act(begun.item) : this.#proceed(begun.current);
  }

  /** Goes on from wherever the ledger stands. */
  async #proceed(current: LedgerItem | undefined): Promise<StepOutcome> {
    const { clock } = this.#ports;
    if (!current) {
      // Only a step that is to be settled comes here without an item: it was never begun, and now never will be.
      const by = 'the run is being ended';
      const written = await this.#write(undefined, {
        kind: 'cancel',
        ref: this.#ref,
        occurrence: this.#request.occurrence,
        by,
      });
      return written.written ? { kind: 'canceled', stepId: this.#request.stepId } : this.#proceed(written.current);
    }
    const item = withoutDeadOwner(current, this.#worker.epoch, clock.now());
    const { fence } = item;
    switch (item.status) {
      case 'DONE':
        if (item.argsHash === this.#hashes.argsHash) return this.#doneOutcome(item);
        return this.#outcomeFailed(item, {
          class: 'bug',
          message: `step id '${item.stepId}' was already used for ${this.#name()} with other arguments; a step needs an id of its own`,
        });
      case 'IN_DOUBT':
        return { kind: 'inDoubt', stepId: item.stepId, attempts: item.sends, failure: item.failure };
      case 'FAILED':
      case 'CANCELED': {
        const { occurrence } = this.#request;
        if (occurrence <= item.occurrence || this.#request.settleOnly) return this.#outcomeOf(item);
        return this.#claimAnd(item, { kind: 'reopen', fence, occurrence, ...this.#hold(), ...this.#hashes });
      }
      case 'CLAIMED':
        if (item.leaseUntilMs > clock.now()) return this.#busy(item.leaseUntilMs);
        if (this.#request.settleOnly) {
          const by = 'the run is being ended';
          return this.#settle(item, { kind: 'cancel', ref: this.#ref, occurrence: item.occurrence, by });
        }
        return this.#claimAnd(item, { kind: 'steal', fence, ...this.#hold() });
      case 'INTENT':
      case 'VERIFY':
        if (item.leaseUntilMs > clock.now()) return this.#busy(item.leaseUntilMs);
        return this.#takeOver(item);
    }
  }

  async #claimAnd(item: LedgerItem, command: LedgerCommand): Promise<StepOutcome> {
    const claimed = await this.#write(item, command);
    if (!claimed.written) return this.#afterConflict(claimed.current);
    const intent = await this.#write(claimed.item, {
      kind: 'intent',
      fence: claimed.item.fence,
      ...this.#hold(),
      ...this.#hashes,
    });
    return intent.written ? this.#act(intent.item) : this.#afterConflict(intent.current);
  }

  async #takeOver(item: LedgerItem): Promise<StepOutcome> {
    const taken = await this.#write(item, {
      kind: 'takeover',
      fence: item.fence,
      effect: this.#effect,
      ...this.#hold(),
      ...this.#hashes,
    });
    if (!taken.written) {
      if (taken.refusal !== 'otherArguments') return this.#afterConflict(taken.current);
      const message = 'an earlier send of this step, with other arguments, has an unknown outcome';
      return { kind: 'inDoubt', stepId: item.stepId, attempts: item.sends, failure: { class: 'inDoubt', message } };
    }
    const mine = taken.item;
    if (mine.status === 'VERIFY') return this.#verify(mine);
    if (mine.status !== 'INTENT') return this.#outcomeOf(mine);
    const nothingOpen = this.#effect.class === 'P' || mine.unknownSends === 0;
    if (this.#request.settleOnly && nothingOpen)
      return this.#fail(mine, { class: 'bug', message: 'the run was ended before the step was done' });
    if (mine.sends > this.#action.maxAttempts) {
      const message = `no answer after ${this.#action.maxAttempts} attempts; ${lastFailure(mine)}`;
      return nothingOpen
        ? this.#fail(mine, { class: 'transient', message })
        : this.#settle(mine, { kind: 'doubt', fence: mine.fence, failure: { class: 'inDoubt', message } });
    }
    return this.#act(mine);
  }

  /** Sends, and records what came of it. The intent is on record. */
  async #act(item: LedgerItem): Promise<StepOutcome> {
    const attempt = await this.#call(item, (context) => this.#action.run(this.#input as never, context));
    if (!attempt.ok) return this.#afterFailure(item, attempt.error);
    return this.#commit(item, attempt.value, undefined);
  }

  async #verify(item: LedgerItem): Promise<StepOutcome> {
    const { clock } = this.#ports;
    if (item.status !== 'VERIFY' || this.#effect.class !== 'Q') throw new Error(`verify of a ${item.status} item`);
    const lookup = this.#action.lookup;
    if (!lookup) throw new Error(`${this.#name()} has no lookup`);
    const looked = await this.#call(item, (context) => lookup(item.effectKey, this.#input as never, context));
    const { fence } = item;
    if (!looked.ok) {
      const failure = { class: looked.error.failureClass, message: `lookup: ${looked.error.message}` };
      const tries = item.evidence.filter((entry) => entry.kind === 'lookup').length + 1;
      if (tries >= failedLookups)
        return this.#settle(item, { kind: 'doubt', fence, failure: { class: 'inDoubt', message: failure.message } });
      return this.#letGo(item, failure, { retryAtMs: clock.now() + this.#backoff(tries, undefined), looking: true });
    }
    const answer = looked.value as LookupAnswer<unknown>;
    if (answer.found === true) return this.#commit(item, answer.output, 'found by lookup');
    if (answer.found === 'unknown') {
      return this.#settle(item, {
        kind: 'doubt',
        fence,
        failure: { class: 'inDoubt', message: `lookup: ${answer.why}` },
      });
    }
    const settledAtMs = item.sendBoundMs + this.#effect.settleMs;
    if (clock.now() < settledAtMs) {
      // Absent is no proof yet: the last send may still be on its way.
      return this.#letGo(
        item,
        { class: 'transient', message: 'not found yet' },
        { retryAtMs: settledAtMs, looking: true },
      );
    }
    if (this.#request.settleOnly || item.sends >= this.#action.maxAttempts) {
      return this.#fail(item, {
        class: 'transient',
        message: `not done after ${item.sends} attempts; ${lastFailure(item)}`,
      });
    }
    if (!this.#timeForOneCall())
      return this.#letGo(
        item,
        { class: 'transient', message: 'no time left' },
        { retryAtMs: clock.now(), looking: true },
      );
    const again = await this.#write(item, { kind: 'resend', fence, detail: 'absent by lookup', ...this.#hold() });
    return again.written ? this.#act(again.item) : this.#afterConflict(again.current);
  }

  async #commit(item: LedgerItem, value: unknown, detail: string | undefined): Promise<StepOutcome> {
    const { fence } = item;
    const parsed = this.#action.output.safeParse(value);
    const problems = parsed.success
      ? (this.#action.check?.(this.#input as never, parsed.data as never) ?? [])
      : parsed.error.issues.map((issue) => `${issue.path.join('.') || 'output'}: ${issue.message}`);
    if (problems.length > 0 || !parsed.success) {
      const failure: Failure = {
        class: parsed.success ? 'postconditionFailed' : 'invalidOutput',
        message: problems.join('; '),
      };
      if (this.#effect.class === 'P') return this.#fail(item, failure);
      // Something happened at the provider, but not what was promised: a person has to look, nothing may be sent again.
      return this.#settle(item, { kind: 'doubt', fence, failure });
    }
    const result = await storeValue(parsed.data as Json, this.#ref, this.#ports.blobs);
    const done = await this.#write(item, { kind: 'done', fence, result, ...(detail === undefined ? {} : { detail }) });
    if (done.written) return this.#doneOutcome(done.item);
    if (done.current?.status === 'IN_DOUBT' && done.current.fence === fence) {
      return this.#settle(done.current, { kind: 'lateEvidence', fence, result });
    }
    return this.#afterConflict(done.current);
  }

  async #afterFailure(item: LedgerItem, error: Problem): Promise<StepOutcome> {
    const { clock } = this.#ports;
    const failure: Failure = { class: error.failureClass, message: error.message };
    const { fence, sends } = item;
    const mayRetry = retryable.has(error.failureClass) && sends < this.#action.maxAttempts && !this.#request.settleOnly;
    const retryAtMs = clock.now() + this.#backoff(sends, error.retryAfterMs);

    if (this.#effect.class === 'P' || error.sendOutcome !== 'unknown') {
      if (mayRetry) return this.#letGo(item, failure, { retryAtMs, lastSend: 'notDone' });
      const earlierOpen = item.unknownSends > 0;
      if (earlierOpen && this.#effect.class === 'Q') {
        return this.#letGo(item, failure, { retryAtMs: retryAtMs + this.#effect.settleMs, lastSend: 'notDone' });
      }
      return this.#fail(item, failure);
    }
    switch (this.#effect.class) {
      case 'Q':
        return this.#letGo(item, failure, {
          retryAtMs: Math.max(retryAtMs, clock.now() + this.#effect.settleMs),
          lastSend: 'unknown',
        });
      case 'K':
        if (mayRetry) return this.#letGo(item, failure, { retryAtMs, lastSend: 'unknown' });
        break;
      case 'N':
        break;
    }
    return this.#settle(item, {
      kind: 'doubt',
      fence,
      failure: { class: 'inDoubt', message: `${failure.class}: ${failure.message}` },
    });
  }

  /** Runs code of the skill under its timeout. Never rejects. */
  async #call(
    item: LedgerItem,
    code: (context: ReturnType<typeof actionContext>) => Promise<unknown>,
  ): Promise<{ ok: true; value: unknown } | { ok: false; error: Problem }> {
    const { clock, http } = this.#ports;
    const timeout = new AbortController();
    const finished = new AbortController();
    const context = actionContext({
      effectKey: item.effectKey,
      attempt: item.sends,
      signal: timeout.signal,
      settings: this.#worker.settings,
      http,
      clock,
    });
    const timeoutMs = this.#action.timeoutSeconds * 1000;
    const late = clock.sleep(timeoutMs, finished.signal).then((): never => {
      timeout.abort();
      throw new ActionError(`no answer within ${this.#action.timeoutSeconds} s`, {
        class: 'timeout',
        sendOutcome: 'unknown',
      });
    });
    try {
      return { ok: true, value: await Promise.race([code(context), late]) };
    } catch (error) {
      return { ok: false, error: problemOf(error) };
    } finally {
      late.catch(() => undefined);
      finished.abort();
    }
  }

  #fail(item: LedgerItem, failure: Failure): Promise<StepOutcome> {
    return this.#settle(item, { kind: 'fail', fence: item.fence, effect: this.#effect, failure });
  }

  /** A definite failure before anything was sent; on record, so that it is found again after a crash. */
  async #failedBefore(failure: Failure): Promise<StepOutcome> {
    const current = await this.#ports.ledger.read(this.#ref);
    if (current && current.status !== 'FAILED') return this.#proceedWithoutSending(current, failure);
    if (current && this.#request.occurrence <= current.occurrence) return this.#outcomeOf(current);
    const { occurrence } = this.#request;
    const claim: LedgerCommand = current
      ? { kind: 'reopen', fence: current.fence, occurrence, ...this.#hold(), ...this.#hashes }
      : { kind: 'claim', ref: this.#ref, occurrence, ...this.#hold(), ...this.#hashes };
    const claimed = await this.#write(current, claim);
    return claimed.written ? this.#fail(claimed.item, failure) : this.#afterConflict(claimed.current);
  }

  #proceedWithoutSending(current: LedgerItem, failure: Failure): StepOutcome {
    if (current.status === 'INTENT' || current.status === 'VERIFY') {
      const message = `an earlier send has an unknown outcome, and it cannot be settled: ${failure.message}`;
      return {
        kind: 'inDoubt',
        stepId: current.stepId,
        attempts: current.sends,
        failure: { class: 'inDoubt', message },
      };
    }
    return this.#outcomeFailed(current, failure);
  }

  /** Gives the step back for another try. The end of the lease is the time of that try. */
  async #letGo(
    item: LedgerItem,
    failure: Failure,
    how: { readonly retryAtMs: number; readonly lastSend?: 'unknown' | 'notDone'; readonly looking?: boolean },
  ): Promise<StepOutcome> {
    const { fence } = item;
    const written = await this.#write(item, { kind: 'release', fence, failure, lastSend: 'unknown', ...how });
    if (!written.written) return this.#afterConflict(written.current);
    return { kind: 'retry', stepId: item.stepId, attempts: item.sends, failure, notBeforeMs: how.retryAtMs };
  }

  async #settle(item: LedgerItem, command: LedgerCommand): Promise<StepOutcome> {
    const written = await this.#write(item, command);
    return written.written ? this.#outcomeOf(written.item) : this.#afterConflict(written.current);
  }

  /** Someone else wrote in between: report what stands, change nothing. */
  #afterConflict(current: LedgerItem | undefined): Promise<StepOutcome> | StepOutcome {
    return current ? this.#outcomeOf(current) : this.#busy(this.#ports.clock.now() + 1_000);
  }

  #outcomeOf(item: LedgerItem): Promise<StepOutcome> | StepOutcome {
    switch (item.status) {
      case 'DONE':
        return this.#doneOutcome(item);
      case 'FAILED':
        return this.#outcomeFailed(item, item.failure);
      case 'IN_DOUBT':
        return { kind: 'inDoubt', stepId: item.stepId, attempts: item.sends, failure: item.failure };
      case 'CANCELED':
        return { kind: 'canceled', stepId: item.stepId };
      case 'CLAIMED':
      case 'INTENT':
      case 'VERIFY':
        return this.#busy(item.leaseUntilMs);
    }
  }

  async #doneOutcome(item: LedgerItem): Promise<StepOutcome> {
    if (item.status !== 'DONE') throw new Error(`a ${item.status} item has no result`);
    const output = item.result.kind === 'inline' ? await loadValue(item.result, this.#ports.blobs) : undefined;
    const travels = output !== undefined && jsonSizeBytes(output) <= travellingOutputBytes;
    return { kind: 'done', stepId: item.stepId, attempts: item.sends, ...(travels ? { output } : {}) };
  }

  #outcomeFailed(item: LedgerItem, failure: Failure): StepOutcome {
    return { kind: 'failed', stepId: item.stepId, attempts: item.sends, failure };
  }

  #busy(untilMs: number): StepOutcome {
    return { kind: 'busy', stepId: this.#request.stepId, untilMs };
  }

  async #write(
    seen: LedgerItem | undefined,
    command: LedgerCommand,
  ): Promise<
    { written: true; item: LedgerItem } | { written: false; current: LedgerItem | undefined; refusal?: string }
  > {
    const { ledger, clock, ids } = this.#ports;
    const moved = transition(seen, command, clock.now(), ids.token());
    if (!moved.ok) return { written: false, current: seen, refusal: moved.refusal };
    const result = await ledger.write(moved.next, seen?.writeToken);
    return result.written ? { written: true, item: moved.next } : { written: false, current: result.current };
  }

  #hold(): { owner: string; leaseUntilMs: number } {
    return { owner: this.#owner, leaseUntilMs: this.#worker.deadlineMs + skewMs };
  }

  #timeForOneCall(): boolean {
    return this.#ports.clock.now() + this.#action.timeoutSeconds * 1000 <= this.#worker.deadlineMs;
  }

  /** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
  #backoff(attempt: number, retryAfterMs: number | undefined): number {
    if (retryAfterMs !== undefined) return retryAfterMs;
    const ceiling = Math.min(backoffCapMs, backoffBaseMs * 2 ** (attempt - 1));
    return Math.ceil(this.#ports.ids.fraction() * ceiling);
  }

  #name(): string {
    return `${this.#request.skill}/${this.#request.action}`;
  }
}

interface Problem {
  readonly failureClass: Failure['class'];
  readonly message: string;
  readonly sendOutcome: SendOutcome;
  readonly retryAfterMs: number | undefined;
}

function problemOf(error: unknown): Problem {
  if (ActionError.isInstance(error)) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  return { failureClass: 'bug', message, sendOutcome: 'unknown', retryAfterMs: undefined };
}

function lastFailure(item: LedgerItem): string {
  return item.evidence.findLast((entry) => entry.kind !== 'lookup')?.detail ?? 'no answer';
}
