import type { SkillFunctions } from '../authz/catalogue.ts';
import { diagnoseAnswer } from '../model/diagnose-answer.ts';
import type { PlanRevision } from '../model/plan.ts';
import { reactions } from '../model/reaction.ts';
import type { Registry } from '../model/skill.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import { applied } from './apply-diagnosis.ts';
import { questionAbout } from './ask-diagnosis.ts';
import { closeStep } from './close-step.ts';
import type { HumanNeed, OpenStep } from './decision.ts';
import { modelStepOutput } from './model-skill.ts';
import { onFailureOf } from './on-failure.ts';
import { ledgerRefOf, windowSteps } from './open-steps.ts';
import { acceptProposal, judgeProposal } from './accept-proposal.ts';
import type { Planned, Proposal } from './accept-proposal.ts';
import { casesOf } from './recovery-case.ts';
import type { FailedRun, RecoveryCase } from './recovery-case.ts';
import type { RunReader } from './run-reader.ts';
import { alternativesOf } from './take-alternative.ts';

export interface RecoverDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'breakers' | 'clock' | 'ids'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
  readonly reader: RunReader;
}

export type Recovered =
  | Extract<Planned, { kind: 'planned' }>
  /** Nothing here helps: the plan's own author, or a person, has to see to it. */
  | { readonly kind: 'none' }
  /** What the run has done is to be undone. */
  | { readonly kind: 'compensate'; readonly failure: string }
  | { readonly kind: 'human'; readonly need: HumanNeed };

/** A decision that is not allowed is asked for once more. */
const mostRounds = 2;

/**
 * Does something about steps that have failed, or that wait for a dependency that is down: first what rules know, then what
 * a model decides whose question and answer are steps of the run. What is done is a revision of the plan, which passes the
 * gate of every plan; a crash at any moment finds it, or finds what it follows from. Throws StoreUnavailable.
 */
export async function recoverRun(
  failed: readonly OpenStep[],
  run: FailedRun,
  dependencies: RecoverDependencies,
): Promise<Recovered> {
  const { head } = run;
  const written = await dependencies.ports.runs.readPlan(head, head.revision + 1);
  if (written) return { kind: 'planned', plan: written, fresh: false };
  const cases = casesOf(failed, run);
  const recovery = new Recovery(run, dependencies);
  const asked = await recovery.answered(cases);
  if (asked) return asked;
  for (const one of cases) {
    const ruled = await recovery.byRule(one);
    if (ruled.kind !== 'none') return ruled;
  }
  for (const one of cases) {
    const diagnosed = await recovery.byModel(one);
    if (diagnosed.kind !== 'none') return diagnosed;
  }
  return { kind: 'none' };
}

const none: Recovered = { kind: 'none' };

class Recovery {
  readonly #run: FailedRun;
  readonly #dependencies: RecoverDependencies;

  constructor(run: FailedRun, dependencies: RecoverDependencies) {
    this.#run = run;
    this.#dependencies = dependencies;
  }

  get #isShadow(): boolean {
    return this.#run.agent.recovery === 'shadow';
  }

  /** What follows from the question that the newest revision has asked, if it was about one of these. */
  async answered(cases: readonly RecoveryCase[]): Promise<Recovered | undefined> {
    const newest = this.#run.plans.get(this.#run.head.revision);
    const { recovery } = newest ?? {};
    const [question] = newest?.steps ?? [];
    if (recovery?.decision !== 'diagnose' || !question) return undefined;
    const about = cases.find(({ id, occurrence }) => id === recovery.stepId && occurrence === recovery.occurrence);
    return about ? this.#follow(about, question, recovery.round ?? 1) : undefined;
  }

  async byRule(failed: RecoveryCase): Promise<Recovered> {
    if (failed.exhausted() !== undefined) return none;
    // Its answer comes first.
    if (this.#isAsking(failed)) return none;
    const alternatives = await alternativesOf(failed, this.#dependencies);
    const [first] = alternatives;
    if (first === undefined) return none;
    if (this.#isShadow) return this.#recorded(failed, 'alternative', first.reason);
    for (const proposal of alternatives) {
      const planned = await this.#mend(failed, proposal);
      if (planned === 'open') return none;
      if (planned.kind === 'planned') return planned;
    }
    return none;
  }

  /** Whether the newest revision is a question that is not answered yet, or one about the goal. */
  #isAsking({ newest, run }: RecoveryCase): boolean {
    if (newest.author !== 'engine') return false;
    if (newest.recovery === undefined) return true;
    return windowSteps(run.head, run.plans).some(
      ({ revision, status }) => revision === newest.revision && status === 'pending',
    );
  }

  async byModel(failed: RecoveryCase): Promise<Recovered> {
    // What only waits goes on waiting.
    if (!this.#hasFailed(failed) || !failed.isForModel) return none;
    const why = failed.exhausted();
    if (why !== undefined) return this.#givenUp(failed, `nothing more is tried, for ${why}`);
    return this.#ask(failed, 1, []);
  }

  #hasFailed({ entry }: RecoveryCase): boolean {
    return entry.status === 'failed';
  }

  async #ask(failed: RecoveryCase, round: number, problems: readonly string[]): Promise<Recovered> {
    const proposal = await questionAbout(failed, round, problems, this.#dependencies);
    const planned = await this.#accept(proposal);
    if (planned.kind === 'planned') return planned;
    const why = planned.kind === 'rejected' ? planned.failure.message : planned.reason;
    return this.#givenUp(failed, `no model could be asked what to do: ${why}`);
  }

  async #follow(failed: RecoveryCase, question: PlanRevision['steps'][number], round: number): Promise<Recovered> {
    const { ports, reader, registry } = this.#dependencies;
    const item = await ports.ledger.read(ledgerRefOf(this.#run.head, question));
    if (item?.status !== 'DONE') {
      const why = item?.status === 'FAILED' ? item.failure.message : 'its question was not answered';
      return this.#givenUp(failed, `no model has said what to do: ${why}`);
    }
    const { value } = await reader.output(this.#run.head, question);
    const answer = diagnoseAnswer.parse(modelStepOutput.parse(value).answer);
    const judged = applied(failed, answer, registry, ports.clock.now());
    switch (judged.kind) {
      case 'person':
        return this.#told(failed, 'escalate', judged.why);
      case 'compensate':
        return this.#told(failed, 'compensate', judged.why);
      case 'wrong':
        return this.#again(failed, round, judged.problems);
      case 'proposed':
        break;
    }
    if (this.#isShadow) return this.#recorded(failed, answer.decision, judged.value.reason);
    const planned = await this.#mend(failed, judged.value);
    if (planned === 'open')
      return this.#givenUp(failed, 'it is not proven that nothing has happened, so it is not tried again');
    if (planned.kind === 'planned') return planned;
    if (planned.kind === 'declined') return this.#givenUp(failed, planned.reason);
    return this.#again(failed, round, planned.problems ?? [planned.failure.message]);
  }

  #again(failed: RecoveryCase, round: number, problems: readonly string[]): Promise<Recovered> | Recovered {
    if (round < mostRounds) return this.#ask(failed, round + 1, problems);
    return this.#givenUp(failed, `the model has decided ${round} times what it may not: ${problems.join('; ')}`);
  }

  /** `open`: the step has begun after all, or may have. */
  async #mend(failed: RecoveryCase, proposal: Proposal): Promise<Planned | 'open'> {
    const { ports } = this.#dependencies;
    // Judged first: what nobody has begun is closed for good.
    const judged = await judgeProposal(proposal, this.#run, this.#dependencies);
    if (judged.kind === 'rejected') return judged;
    const ref = ledgerRefOf(this.#run.head, failed.entry.step);
    if (!(await closeStep(ref, failed.occurrence, failed.failure, ports))) return 'open';
    return this.#accept(proposal);
  }

  #accept(proposal: Proposal): Promise<Planned> {
    return acceptProposal(proposal, this.#run, this.#dependencies);
  }

  /** In shadow mode nothing is done but to say what would have been. */
  #recorded(failed: RecoveryCase, decision: Parameters<RecoveryCase['told']>[0], why: string): Recovered {
    if (!this.#hasFailed(failed)) return none;
    const story = failed.told(decision, why, true);
    return { kind: 'human', need: failed.need(`recovery would have decided '${decision}'`, story) };
  }

  #told(failed: RecoveryCase, decision: 'escalate' | 'compensate', why: string): Recovered {
    const said = `step '${failed.id}' failed, and a model decided to undo what the run has done: ${why}`;
    if (decision === 'compensate' && !this.#isShadow) return { kind: 'compensate', failure: said };
    const story = failed.told(decision, why, this.#isShadow);
    return { kind: 'human', need: failed.need(decision === 'escalate' ? why : said, story) };
  }

  /** Nothing more is tried: the run is undone if its author wants that, and otherwise a person sees to it. */
  #givenUp(failed: RecoveryCase, why: string): Recovered {
    const { advice, compensation } = reactions[failed.failure.class];
    const wants = onFailureOf(this.#run.request, this.#dependencies.registry);
    if (wants === 'compensate' && compensation && !this.#isShadow) {
      return { kind: 'compensate', failure: `step '${failed.id}' failed: ${failed.failure.message}; ${why}` };
    }
    return { kind: 'human', need: failed.need(`${why}. ${advice}`) };
  }
}
