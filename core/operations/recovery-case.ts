import { usedAction } from '../model/alternatives.ts';
import { hasModels } from '../authz/with-models.ts';
import { escalationFor } from '../model/escalation.ts';
import type { Failure } from '../model/failure.ts';
import { diffOf } from '../model/guarded-edit.ts';
import type { JsonObject } from '../model/json.ts';
import type { PlanRevision } from '../model/plan.ts';
import { reactions } from '../model/reaction.ts';
import { recoveriesLeftFor, signatureOf, storyInWords, toldOf } from '../model/recovery.ts';
import type { RecoveryNote, Tried } from '../model/recovery.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun } from '../model/run.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import type { HumanNeed, OpenStep } from './decision.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import { ownerOf, planOf, windowSteps, writtenStep } from './open-steps.ts';
import type { Proposal } from './accept-proposal.ts';
import { actionOf } from './plan-provenance.ts';

/** A run in which something has failed. */
export interface FailedRun {
  readonly head: RunHead;
  readonly plans: WindowPlans;
  readonly request: RunRequest;
  readonly agent: AgentDefinition;
}

/** What a recovery does, as far as its revision is not that of the plan which it mends. */
export interface Mending {
  readonly decision: RecoveryNote['decision'];
  readonly why: string;
  readonly steps: Proposal['steps'];
  readonly redefines: readonly string[];
  readonly read: Trust;
  readonly words?: PlanRevision['author'];
  readonly notBeforeMs?: number;
  readonly diff?: NonNullable<RecoveryNote['diff']>;
}

/** One step that has failed or cannot go on, with all that is known of it. */
export class RecoveryCase {
  readonly run: FailedRun;
  readonly entry: WindowStep;
  readonly failure: Failure;
  readonly occurrence: number;
  /** `HotelBooking:v1/book` */
  readonly uses: string;
  /** What was planned at first. */
  readonly planned: string;
  readonly signature: string;
  /** What was done about it before. */
  readonly story: readonly Tried[];
  readonly #mended: RecoveryNote | undefined;

  constructor(run: FailedRun, entry: WindowStep, failure: Failure, occurrence: number) {
    this.run = run;
    this.entry = entry;
    this.failure = failure;
    this.occurrence = occurrence;
    const { step, revision } = entry;
    this.uses = `${step.skill}/${step.action}`;
    const { recovery } = planOf(run.plans, revision);
    const mended = recovery?.stepId === step.id ? recovery : undefined;
    this.#mended = mended;
    this.planned = mended?.planned ?? this.uses;
    this.story = mended?.tried ?? [];
    this.signature = signatureOf(failure, this.uses);
  }

  get id(): string {
    return this.entry.step.id;
  }

  get newest(): PlanRevision {
    return planOf(this.run.plans, this.run.head.revision);
  }

  get owner(): PlanRevision['author'] {
    return ownerOf(planOf(this.run.plans, this.entry.revision));
  }

  /** Whether a model is asked: that of whoever plans knows its plan best, and is asked by the plan's own rules. */
  get isForModel(): boolean {
    const { agent, request } = this.run;
    return !isPlannedOn(this.owner, request) && hasModels(agent) && reactions[this.failure.class].mayEditPlan;
  }

  get left(): { readonly step: number; readonly run: number } {
    const { head, request } = this.run;
    const { recoveries } = budgetOfRun(head, request);
    const most = recoveries === undefined ? undefined : Math.max(0, recoveries - (head.replans ?? 0));
    return recoveriesLeftFor(this.id, head.recoveries, most);
  }

  /** Why nothing more is tried; undefined while something may be. */
  exhausted(): string | undefined {
    const { step, run } = this.left;
    if (run === 0) return 'the run has had as many recoveries as it may';
    if (step === 0) return 'the step has had as many recoveries as it may';
    const counts = this.run.head.recoveries ?? {};
    const count = Object.hasOwn(counts, this.id) ? counts[this.id] : undefined;
    if (count?.signature === this.signature) return 'the same failure came again after a recovery';
    const { mostEdits } = reactions[this.failure.class];
    // What was tried before a person has set the run going again does not count.
    const since = count === undefined ? [] : this.story.slice(-count.count);
    const edits = since.filter((one) => one.class === this.failure.class && one.decision !== 'alternative').length;
    return mostEdits > 0 && edits >= mostEdits
      ? `no further change of the plan helps with ${this.failure.class}`
      : undefined;
  }

  /** Whether what a step with this failure class is replaced by may be an alternative. */
  get mayBeReplaced(): boolean {
    return reactions[this.failure.class].alternative;
  }

  told(decision: Tried['decision'], why: string, shadow = false): Tried[] {
    const { failure, uses, story } = this;
    return toldOf(story, { class: failure.class, uses, decision, why, ...(shadow ? { shadow: true as const } : {}) });
  }

  /** The revision that mends the plan: what its author has left open stays open, and its output stays as it is. */
  proposal(mending: Mending): Proposal {
    const { decision, why, steps, redefines, read, words, notBeforeMs, diff } = mending;
    const done = decision === 'diagnose' ? [...this.story] : this.told(decision, why);
    return this.#addition({
      ...{ author: 'recovery', read, reason: why, steps, redefines },
      recovery: {
        ...this.#note(decision, done),
        occurrence: this.occurrence + 1,
        ...(words === undefined ? {} : { words, ...this.#leftByOperator(words) }),
        ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
        ...(diff === undefined ? {} : { diff }),
      },
    });
  }

  /**
   * The revision in which a person gives the step other arguments.
   *
   * @param kept literals of the step as it stands that may not be believed: a person who leaves one has not vouched for it
   */
  edit(edit: {
    readonly by: string;
    readonly why: string;
    readonly input: JsonObject;
    readonly kept: NonNullable<RecoveryNote['kept']>;
  }): Proposal {
    const { by, why, input, kept } = edit;
    const { failure, uses, id, entry } = this;
    const step = { ...writtenStep(entry.step), input };
    const story = toldOf(this.story, { class: failure.class, uses, decision: 'edit', by, why });
    return this.#addition({
      ...{ author: 'operator', read: this.read, steps: [step], redefines: [id] },
      reason: `${by} gave step '${id}' other arguments: ${why}`.slice(0, 1_000),
      recovery: {
        ...this.#note('edit', story),
        occurrence: this.occurrence + 1,
        editors: [...new Set([...(this.#mended?.editors ?? []), by])],
        ...(kept.length === 0 ? {} : { kept }),
        diff: diffOf([step], new Map([[id, entry.step]])),
      },
    });
  }

  /** Whoever puts the words of an operator elsewhere knows no more of those that were not theirs. */
  #leftByOperator(words: PlanRevision['author']): Pick<RecoveryNote, 'kept'> {
    const kept = this.#mended?.kept;
    return words === 'operator' && kept !== undefined ? { kept } : {};
  }

  /** The revision that asks a model. */
  question(steps: Proposal['steps'], round: number): Proposal {
    const reason = `a model finds out why step '${this.id}' failed`;
    const recovery = { ...this.#note('diagnose', [...this.story]), occurrence: this.occurrence, round };
    // What failures say comes from outside.
    return this.#addition({ author: 'engine', read: 'untrusted', reason, steps, recovery });
  }

  #addition(own: Pick<Proposal, 'author' | 'read' | 'reason' | 'steps' | 'redefines' | 'recovery'>): Proposal {
    const { output, final, carry } = this.newest;
    return { ...own, output, final, carry };
  }

  #note(decision: RecoveryNote['decision'], done: Tried[]): Omit<RecoveryNote, 'occurrence'> {
    const { id: stepId, signature, planned, owner, newest } = this;
    const base = newest.recovery?.base ?? newest.revision;
    const editors = this.#mended?.editors;
    return {
      ...{ stepId, decision, signature, planned, owner, base, tried: done },
      ...(editors === undefined ? {} : { editors }),
    };
  }

  /** The least trusted of what those had read who wrote the step and what it stands among. */
  get read(): Trust {
    return leastTrusted([planOf(this.run.plans, this.entry.revision).read, this.newest.read]);
  }

  /** Who wrote the words of the step as it stands. */
  get words(): PlanRevision['author'] {
    const { author, recovery } = planOf(this.run.plans, this.entry.revision);
    return recovery?.words ?? author;
  }

  /** What a person is told when nothing else is done. @param why besides the failure itself */
  need(why: string, story: readonly Tried[] = this.story): HumanNeed {
    const { failure, id: stepId, occurrence } = this;
    const before = story.length === 0 ? '' : `; ${storyInWords(story)}`;
    return {
      ...{ escalation: escalationFor(failure), stepId, occurrence, failure },
      reason: `step '${stepId}' failed: ${failure.message}; ${why}${before}`,
      ...(story.length === 0 ? {} : { tried: story }),
    };
  }
}

/** Whether a model goes on with its own plan. One that it has handed in for a run is nobody's to go on with. */
function isPlannedOn(owner: PlanRevision['author'], { plan }: Pick<RunRequest, 'plan'>): boolean {
  return owner === 'planner' && plan === undefined;
}

/** The steps of a run about which something may be done, in plan order. */
export function casesOf(failed: readonly OpenStep[], run: FailedRun): RecoveryCase[] {
  const entries = new Map(windowSteps(run.head, run.plans).map((entry) => [entry.step.id, entry]));
  return failed.flatMap(({ id, occurrence, state }) => {
    const entry = entries.get(id);
    const failure =
      state.status === 'failed' ? state.failure : state.status === 'pending' ? state.lastFailure : undefined;
    return entry && failure ? [new RecoveryCase(run, entry, failure, occurrence)] : [];
  });
}

/**
 * Steps that can be helped should they fail, as far as that is known beforehand: an alternative is declared, or a model may
 * be asked. Questions of the engine are none of them.
 */
export function recoverableSteps(run: FailedRun, { skills }: Pick<Registry, 'skills'>): ReadonlySet<string> {
  const { head, plans, agent, request } = run;
  if (agent.recovery === 'off') return new Set();
  const asks = hasModels(agent);
  return new Set(
    windowSteps(head, plans).flatMap(({ step, revision }) => {
      const plan = planOf(plans, revision);
      if (plan.author === 'engine') return [];
      const { recovery } = plan;
      const planned = recovery?.stepId === step.id ? recovery.planned : `${step.skill}/${step.action}`;
      const { skill, action } = usedAction(planned);
      const declared = actionOf({ skills }, skill, action)?.alternatives ?? [];
      return declared.length > 0 || (asks && !isPlannedOn(ownerOf(plan), request)) ? [step.id] : [];
    }),
  );
}
