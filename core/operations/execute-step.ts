import type { StepRequest } from '../contract/machine.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { withoutDeadOwner } from '../model/owner.ts';
import type { LedgerCommand } from '../model/protocol.ts';
import { transition } from '../model/protocol.ts';
import type { SkillDefinition } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import { HeldStep } from './held-step.ts';
import type { ExecutePorts, Worker } from './held-step.ts';
import { lastFailure, sendStep, verifyStep } from './send-step.ts';
import { undoAction } from './undo-action.ts';
import { failedOutcome, inDoubtOutcome, outcomeOf } from './step-outcomes.ts';

export type { ExecutePorts, Worker } from './held-step.ts';

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
  const doing =
    request.direction === 'F'
      ? ({ ok: true, action } as const)
      : await undoAction(request, { skill, action }, rendered, ports);
  if (!doing.ok) return { kind: 'failed', stepId: request.stepId, attempts: 0, failure: doing.failure };
  const held = new HeldStep(request, skill, doing.action, rendered, ports, worker);
  try {
    // The ledger knows a compensation by the step that it undoes, the run by an id of its own.
    return { ...(await new StepExecution(held).run()), stepId: request.stepId };
  } finally {
    await held.leaveUncalled();
  }
}

/** Who closes a step that is settled because its run is over. */
const endedWithTheRun = 'the run is being ended';

class StepExecution {
  readonly #held: HeldStep;

  constructor(held: HeldStep) {
    this.#held = held;
  }

  async run(): Promise<StepOutcome> {
    if (this.#held.hashes.argsHash !== this.#held.request.argsHash) {
      return this.#failedBefore({
        class: 'bug',
        message: 'the arguments that arrived are not the ones that were planned',
      });
    }
    const { parsed } = this.#held;
    if (!parsed.success) {
      const issues = parsed.error.issues
        .map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`)
        .join('; ');
      return this.#failedBefore({
        class: 'bug',
        message: `the rendered arguments do not fit ${this.#held.name()}: ${issues}`,
      });
    }
    if (!this.#held.timeForOneCall()) return this.#held.busy(this.#held.ports.clock.now() + 1_000);
    const denial = await this.#held.judge();
    if (denial) return this.#refuse(denial);
    if (this.#held.request.settleOnly) return this.#proceed(await this.#held.ports.ledger.read(this.#held.ref));

    const refusal = await this.#held.admit();
    if (refusal) {
      // What has ended says so, and what is held by somebody stays theirs, whether or not it may be called now.
      const current = await this.#held.ports.ledger.read(this.#held.ref);
      return current ? this.#proceed(current) : this.#held.refused(undefined, refusal);
    }
    // The usual path: nobody has begun, and nothing that can fail lies between the claim and the send.
    const { ref, request } = this.#held;
    const begun = await this.#held.write(undefined, {
      kind: 'begin',
      ref,
      occurrence: request.occurrence,
      ...this.#held.hold(),
      ...this.#held.hashes,
    });
    return begun.written ? sendStep(this.#held, begun.item) : this.#proceed(begun.current);
  }

  /** Closes what may not be begun. What has begun all the same is settled, without another send. */
  async #refuse(failure: Failure): Promise<StepOutcome> {
    const { ref, request, ports } = this.#held;
    const current = await ports.ledger.read(ref);
    const refused = await this.#held.write(current, { kind: 'refuse', ref, occurrence: request.occurrence, failure });
    if (refused.written) return outcomeOf(refused.item);
    return refused.refusal === undefined ? this.#held.afterConflict(refused.current) : this.#proceed(current);
  }

  /** Goes on from wherever the ledger stands. */
  async #proceed(current: LedgerItem | undefined): Promise<StepOutcome> {
    const { clock } = this.#held.ports;
    if (!current) {
      // Only a step that is to be settled comes here without an item: it was never begun, and now never will be.
      const written = await this.#held.write(undefined, {
        kind: 'cancel',
        ref: this.#held.ref,
        occurrence: this.#held.request.occurrence,
        by: endedWithTheRun,
      });
      return written.written ? { kind: 'canceled', stepId: this.#held.request.stepId } : this.#proceed(written.current);
    }
    const item = withoutDeadOwner(current, this.#held.epoch, clock.now());
    const { fence } = item;
    switch (item.status) {
      case 'DONE':
        if (item.argsHash === this.#held.hashes.argsHash) return outcomeOf(item);
        return failedOutcome(item, {
          class: 'bug',
          message: `step id '${item.stepId}' was already used for ${this.#held.name()} with other arguments; a step needs an id of its own`,
        });
      case 'IN_DOUBT':
        return this.#held.request.lookAgain && this.#held.effect.class === 'Q'
          ? this.#lookAgain(item)
          : outcomeOf(item);
      case 'FAILED':
      case 'CANCELED': {
        const { occurrence } = this.#held.request;
        if (occurrence <= item.occurrence || this.#held.request.settleOnly) return outcomeOf(item);
        return this.#claimAnd(item, { kind: 'reopen', fence, occurrence, ...this.#held.hold(), ...this.#held.hashes });
      }
      case 'CLAIMED':
        if (item.leaseUntilMs > clock.now()) return this.#held.busy(item.leaseUntilMs);
        if (this.#held.request.settleOnly) {
          return this.#held.settle(item, {
            kind: 'cancel',
            ref: this.#held.ref,
            occurrence: item.occurrence,
            by: endedWithTheRun,
          });
        }
        return this.#claimAnd(item, { kind: 'steal', fence, ...this.#held.hold() });
      case 'INTENT':
      case 'VERIFY':
        if (item.leaseUntilMs > clock.now()) return this.#held.busy(item.leaseUntilMs);
        return this.#takeOver(item);
    }
  }

  async #lookAgain(item: LedgerItem): Promise<StepOutcome> {
    const { effect } = this.#held;
    const refusal = await this.#held.admit();
    if (refusal) return this.#held.refused(item, refusal);
    const looking = await this.#held.write(item, {
      kind: 'lookAgain',
      fence: item.fence,
      effect,
      ...this.#held.hold(),
    });
    return looking.written ? verifyStep(this.#held, looking.item) : this.#held.afterConflict(looking.current);
  }

  async #claimAnd(item: LedgerItem, command: LedgerCommand): Promise<StepOutcome> {
    const refusal = await this.#held.admit();
    if (refusal) return this.#held.refused(item, refusal);
    const claimed = await this.#held.write(item, command);
    if (!claimed.written) return this.#held.afterConflict(claimed.current);
    const intent = await this.#held.write(claimed.item, {
      kind: 'intent',
      fence: claimed.item.fence,
      ...this.#held.hold(),
      ...this.#held.hashes,
    });
    return intent.written ? sendStep(this.#held, intent.item) : this.#held.afterConflict(intent.current);
  }

  async #takeOver(item: LedgerItem): Promise<StepOutcome> {
    const command: LedgerCommand = {
      kind: 'takeover',
      fence: item.fence,
      effect: this.#held.effect,
      ...this.#held.hold(),
      ...this.#held.hashes,
    };
    const ahead = transition(item, command, this.#held.ports.clock.now(), item.writeToken);
    const refusal = ahead.ok && this.#leadsToCall(ahead.next) ? await this.#held.admit() : undefined;
    if (refusal) return this.#held.refused(item, refusal);
    const taken = await this.#held.write(item, command);
    if (!taken.written) {
      if (taken.refusal !== 'otherArguments') return this.#held.afterConflict(taken.current);
      const message = 'an earlier send of this step, with other arguments, has an unknown outcome';
      return inDoubtOutcome(item, { class: 'inDoubt', message });
    }
    const mine = taken.item;
    if (mine.status === 'VERIFY') return verifyStep(this.#held, mine);
    if (mine.status !== 'INTENT') return outcomeOf(mine);
    if (this.#leadsToCall(mine)) return sendStep(this.#held, mine);
    const nothingOpen = this.#nothingOpen(mine);
    const { denial } = this.#held;
    if (denial) {
      if (nothingOpen) return this.#held.fail(mine, denial);
      const message = `an earlier send has an unknown outcome, and it may not be sent again: ${denial.message}`;
      return this.#held.settle(mine, { kind: 'doubt', fence: mine.fence, failure: { class: 'inDoubt', message } });
    }
    if (this.#held.request.settleOnly && nothingOpen)
      return this.#held.fail(mine, { class: 'bug', message: 'the run was ended before the step was done' });
    const message = `no answer after ${this.#held.action.maxAttempts} attempts; ${lastFailure(mine)}`;
    return nothingOpen
      ? this.#held.fail(mine, { class: 'transient', message })
      : this.#held.settle(mine, { kind: 'doubt', fence: mine.fence, failure: { class: 'inDoubt', message } });
  }

  #nothingOpen({ unknownSends }: LedgerItem): boolean {
    return this.#held.effect.class === 'P' || unknownSends === 0;
  }

  /** Whether a step that was taken over is called again: to look, or to send. */
  #leadsToCall(taken: LedgerItem): boolean {
    if (taken.status === 'VERIFY') return true;
    if (taken.status !== 'INTENT' || this.#held.denial) return false;
    if (this.#held.request.settleOnly && this.#nothingOpen(taken)) return false;
    return this.#held.hasAttemptsLeft(taken, 0);
  }

  /** A definite failure before anything was sent; on record, so that it is found again after a crash. */
  async #failedBefore(failure: Failure): Promise<StepOutcome> {
    const current = await this.#held.ports.ledger.read(this.#held.ref);
    if (current && current.status !== 'FAILED') return this.#proceedWithoutSending(current, failure);
    if (current && this.#held.request.occurrence <= current.occurrence) return outcomeOf(current);
    const { occurrence } = this.#held.request;
    const claim: LedgerCommand = current
      ? { kind: 'reopen', fence: current.fence, occurrence, ...this.#held.hold(), ...this.#held.hashes }
      : { kind: 'claim', ref: this.#held.ref, occurrence, ...this.#held.hold(), ...this.#held.hashes };
    const claimed = await this.#held.write(current, claim);
    return claimed.written ? this.#held.fail(claimed.item, failure) : this.#held.afterConflict(claimed.current);
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
    return failedOutcome(current, failure);
  }
}
