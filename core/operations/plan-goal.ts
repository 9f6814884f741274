import * as z from 'zod';
import type { Json } from '../model/json.ts';
import { planAnswer, verifyAnswer } from '../model/model-answers.ts';
import type { PlanAnswer } from '../model/model-answers.ts';
import { modelSkillId, questionId, sealedTexts } from '../model/model-step.ts';
import type { AcceptedStep, PlanStepInput } from '../model/plan.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import { isStepOver } from '../model/step.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import { chosenPlaybook } from './chosen-playbook.ts';
import type { OpenStep } from './decision.ts';
import { goalCarry } from './goal-carry.ts';
import type { GoalCarry } from './goal-carry.ts';
import { whys } from './goal-purpose.ts';
import type { GoalPurpose } from './goal-purpose.ts';
import { modelStepOutput } from './model-skill.ts';
import type { WindowPlans } from './open-steps.ts';
import { outputBefore, planOf, windowSteps } from './open-steps.ts';
import { recoveriesLeft } from './plan-budget.ts';
import type { Proposal } from './accept-proposal.ts';
import type { RunReader } from './run-reader.ts';
import { consideredFor, shortlistOfAgent } from './shortlist-of-agent.ts';
import { failuresOf, toldSoFar } from './told-results.ts';
import type { ToldSoFar } from './told-results.ts';

/** Plans of one model that the gate may reject before a person is asked. */
const rounds = 3;
const shortlistSkills = 12;
/** Results that a model is told of one by one; older ones are compacted first, so that a prompt does not grow with the run. */
const toldResults = 30;

/** A run that has only a goal, and what is known of it when somebody has to plan. */
export interface GoalRun {
  readonly head: RunHead;
  readonly plans: WindowPlans;
  readonly request: RunRequest;
  readonly agent: AgentDefinition;
  /** Steps that have failed and are no longer waited for. */
  readonly failed: readonly OpenStep[];
}

/** What a question is about, besides what every question tells. */
interface About {
  readonly failed?: readonly OpenStep[];
  readonly problems?: readonly string[];
  readonly findings?: readonly string[];
  /** What a person wants to be planned instead of what is not over. */
  readonly instructions?: string;
  readonly output?: Json | undefined;
  readonly round?: number;
  readonly read?: Trust;
  readonly summaryStep?: string;
  readonly afterwards?: GoalCarry['afterwards'];
}

export type GoalPlan =
  | { readonly kind: 'proposed'; readonly value: Proposal }
  | { readonly kind: 'declined'; readonly reason: string }
  /** The answer is no plan that could be tried; it can be asked for again. */
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'stuck'; readonly reason: string };

/**
 * What comes next in a run whose plan a model makes. A model's answer is a step like any other: the engine adds a revision
 * with that one step, and once it is done the answer is read and becomes the next revision, which passes the same gate as
 * any plan. Pure but for reading what is immutable.
 */
export class GoalPlanner {
  readonly #run: GoalRun;
  readonly #registry: Registry;
  readonly #reader: RunReader;

  constructor(run: GoalRun, registry: Registry, reader: RunReader) {
    this.#run = run;
    this.#registry = registry;
    this.#reader = reader;
  }

  async next(): Promise<GoalPlan> {
    const { head, plans, failed } = this.#run;
    if (head.revision === 0) return this.#ask('plan', {});
    const last = planOf(plans, head.revision);
    const [asked] = last.steps;
    if (failed.length > 0) return this.#askAgain(failed, asked);
    if (last.author === 'engine' && asked) return this.#afterModel(asked);
    // The planner's steps are over.
    if (this.#run.agent.planning === 'incremental' && !this.#carried.last) return this.#askInShort('plan', {});
    const { output, read } = last;
    return this.#run.agent.verify ? this.#askInShort('verify', { output, read }) : this.#end({ output, read });
  }

  /** What is too much to be told one by one is shortened first. */
  async #askInShort(purpose: 'plan' | 'revise' | 'verify', about: About): Promise<GoalPlan> {
    const { before, newly } = await this.#told();
    if (before.length + newly.length <= toldResults) return this.#ask(purpose, about);
    // Failures stay open meanwhile, so that they are asked about next.
    const { output, read } = about;
    return this.#ask('compact', { output, read, afterwards: purpose === 'revise' ? 'plan' : purpose });
  }

  /** @param asked the first step of the newest revision */
  #askAgain(failed: readonly OpenStep[], asked: AcceptedStep | undefined): Promise<GoalPlan> {
    const isShort = asked?.skill === modelSkillId && asked.action === 'compact';
    return isShort ? this.#ask('revise', { failed, summaryStep: asked.id }) : this.#askInShort('revise', { failed });
  }

  get #carried(): GoalCarry {
    const { head, plans } = this.#run;
    return goalCarry.parse((head.revision === 0 ? undefined : planOf(plans, head.revision).carry) ?? {});
  }

  #told(): Promise<ToldSoFar> {
    const { head, plans } = this.#run;
    return toldSoFar(head, plans, this.#carried.since, this.#reader);
  }

  /** A model that is told of a step would take another one of its id for the same. */
  async #taken(): Promise<readonly string[]> {
    const { before, newly } = await this.#told();
    return [...before, ...newly].map(({ id }) => id);
  }

  /** The same question again, with what the gate had against the answer. */
  async again(problems: readonly string[]): Promise<GoalPlan> {
    const { head, plans } = this.#run;
    const last = planOf(plans, head.revision);
    // A person who has set the run going again wants it to be tried again.
    const round = this.#carried.generation === head.generation ? this.#carried.round + 1 : 1;
    if (round > rounds) {
      return stuck(`${rounds} plans of the model were rejected; of the last one: ${problems.join(' ')}`);
    }
    const purpose = last.steps[0]?.action === 'revise' ? 'revise' : 'plan';
    return this.#ask(purpose, { problems, round });
  }

  /** The question that a person at the inbox has asked: a plan for what is not over, whoever planned it. */
  async instructed(instructions: string, by: string): Promise<Proposal> {
    const { head, plans, failed } = this.#run;
    const [asked] = planOf(plans, head.revision).steps;
    const purpose = asked?.skill === modelSkillId && asked.action === 'plan' ? 'plan' : 'revise';
    const { value } = await this.#ask(purpose, { failed, instructions });
    return { ...value, reason: `a model plans anew, as ${by} wants: ${instructions}`.slice(0, 1_000) };
  }

  async #afterModel(asked: AcceptedStep): Promise<GoalPlan> {
    const { head } = this.#run;
    const { value, argumentTrust } = await this.#reader.output(head, asked);
    const { answer } = modelStepOutput.parse(value);
    switch (asked.action) {
      case 'verify':
        return this.#afterVerdict(verifyAnswer.parse(answer), argumentTrust);
      case 'compact': {
        const { output, read } = planOf(this.#run.plans, head.revision);
        return this.#ask(this.#carried.afterwards, { summaryStep: asked.id, output, read });
      }
      default:
        return this.#afterPlan(planAnswer.parse(answer), argumentTrust);
    }
  }

  async #afterPlan(answer: PlanAnswer, read: Trust): Promise<GoalPlan> {
    const { agent } = this.#run;
    switch (answer.decision) {
      case 'decline':
        return { kind: 'declined', reason: `the model declined: ${answer.reason ?? answer.reasoning.slice(0, 500)}` };
      case 'done':
        return agent.verify
          ? this.#askInShort('verify', { output: answer.output, read })
          : this.#end({ output: answer.output, read });
      case 'playbook':
        return this.#playbook(answer, read);
      case 'plan': {
        const nothingFollows = agent.planning === 'incremental' ? answer.final === true : true;
        const { steps = [], output } = answer;
        const final = nothingFollows && !agent.verify;
        return proposed({
          author: 'planner',
          read,
          reason: answer.reasoning,
          steps,
          output,
          final,
          carry: this.#handOn({ last: nothingFollows }),
          taken: await this.#taken(),
        });
      }
    }
  }

  async #playbook(answer: PlanAnswer, read: Trust): Promise<GoalPlan> {
    const { agent } = this.#run;
    const chosen = chosenPlaybook(answer, agent);
    if (!chosen.ok) return { kind: 'wrong', problem: chosen.problem };
    const reason = `playbook ${answer.playbook}: ${answer.reasoning}`;
    const { steps, output } = chosen;
    const carry = this.#handOn({ last: true });
    const taken = await this.#taken();
    return proposed({ author: 'planner', read, reason, final: !agent.verify, carry, steps, output, taken });
  }

  async #afterVerdict({ satisfied, findings }: z.infer<typeof verifyAnswer>, read: Trust): Promise<GoalPlan> {
    const { head, plans, request } = this.#run;
    if (satisfied) return this.#end(outputBefore(head, plans));
    if (recoveriesLeft(head, request) > 0) return this.#ask('revise', { findings, read });
    return stuck(`the goal is not reached, and the plan was revised as often as it may be. ${findings.join(' ')}`);
  }

  #handOn(change: Partial<GoalCarry>): Json {
    const { since, summaryStep } = this.#carried;
    return {
      ...(since === undefined ? {} : { since }),
      ...(summaryStep === undefined ? {} : { summaryStep }),
      ...change,
    };
  }

  /** The output is a model's, whoever writes the last revision. */
  #end({ output, read }: Pick<Proposal, 'output' | 'read'>): GoalPlan {
    return proposed({
      author: 'engine',
      read: leastTrusted(['model', read]),
      reason: 'the goal is reached',
      steps: [],
      output,
      final: true,
      carry: undefined,
    });
  }

  async #ask(purpose: GoalPurpose, about: About): Promise<Extract<GoalPlan, { kind: 'proposed' }>> {
    const { head, plans, request, agent } = this.#run;
    const summaryStep = about.summaryStep ?? this.#carried.summaryStep;
    // A new summary speaks of all that is over by now.
    const { since, newly } =
      about.summaryStep === undefined ? await this.#told() : { since: head.revision + 1, newly: [] };
    const { failed = [], problems = [], findings = [], round = 1, instructions, output, afterwards } = about;
    const unfinished = windowSteps(head, plans).filter(({ status }) => !isStepOver(status));
    const texts = {
      ...{ goal: request.goal, inputUntrusted: request.untrusted, mode: agent.planning ?? 'upfront', round },
      ...{ problems: [...problems], findings: [...findings] },
      ...(instructions === undefined ? {} : { instructions }),
      skills: shortlistOfAgent(request.goal, agent, this.#registry, shortlistSkills),
      failures: failuresOf(failed, unfinished),
      playbooks: Object.entries(agent.playbooks).flatMap(([name, { description, input, plan }]) =>
        plan.kind === 'fixed' ? [{ name, description, input: z.toJSONSchema(input, { io: 'input' }) as Json }] : [],
      ),
    };
    const step: PlanStepInput = {
      id: questionId(purpose, head.revision + 1),
      skill: modelSkillId,
      action: purpose,
      input: {
        texts: sealedTexts(texts),
        input: '${input}',
        told: { since, steps: newly.map(({ id }) => id) },
        ...(summaryStep === undefined ? {} : { summary: `\${steps.${summaryStep}.output.answer.summary}` }),
      },
      why: whys[purpose],
    };
    // What failures and verdicts say comes from outside, or from a model that has read it.
    const read = leastTrusted([
      about.read ?? 'trusted',
      request.goalTrust ?? 'trusted',
      failed.length > 0 ? 'untrusted' : 'trusted',
    ]);
    return proposed({
      ...{ author: 'engine', read, reason: whys[purpose], steps: [step], output, final: false },
      carry: {
        ...{ round, generation: head.generation, since },
        ...(summaryStep === undefined ? {} : { summaryStep }),
        ...(afterwards === undefined ? {} : { afterwards }),
      },
      ...(failed.length > 0 || instructions !== undefined
        ? { supersedes: unfinished.map(({ step: one }) => one.id) }
        : {}),
      ...(head.revision > 0 && purpose !== 'revise'
        ? {}
        : { considered: consideredFor(texts.skills, agent, this.#registry) }),
    });
  }
}

function stuck(reason: string): GoalPlan {
  return { kind: 'stuck', reason };
}

function proposed(value: Proposal): Extract<GoalPlan, { kind: 'proposed' }> {
  return { kind: 'proposed', value };
}
