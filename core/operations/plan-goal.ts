import * as z from 'zod';
import type { Json, JsonObject } from '../model/json.ts';
import { planAnswer, verifyAnswer } from '../model/model-answers.ts';
import type { PlanAnswer } from '../model/model-answers.ts';
import { isForPlans, modelSkillId, sealedTexts } from '../model/model-step.ts';
import type { plannedPurpose } from '../model/model-step.ts';
import type { AcceptedStep, PlanStepInput } from '../model/plan.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { AgentDefinition, Registry } from '../model/skill.ts';
import type { Purpose } from '../model/think-input.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import { chosenPlaybook } from './chosen-playbook.ts';
import type { OpenStep } from './decide.ts';
import { modelStepOutput } from './model-skill.ts';
import type { WindowPlans } from './open-steps.ts';
import { planOf, windowSteps } from './open-steps.ts';
import { recoveriesLeft } from './plan-budget.ts';
import type { Proposal } from './plan-next.ts';
import type { RunReader } from './run-reader.ts';
import { shortlistOfAgent } from './shortlist-of-agent.ts';

/** Plans of one model that the gate may reject before a person is asked. */
const rounds = 3;
const shortlistSkills = 12;
/** Results that a model is told of one by one; older ones are compacted first, so that a prompt does not grow with the run. */
const toldResults = 30;

/** What one revision of a goal hands to the next. */
const goalCarry = z.object({
  /** How often this question was asked. */
  round: z.int().positive().default(1),
  /** Of the run, when it was asked. */
  generation: z.int().positive().default(1),
  /** The planner has said that nothing follows these steps. */
  last: z.boolean().default(false),
  /** Steps that are over and not yet part of a summary. */
  told: z.array(z.string()).default([]),
  /** The step whose answer is the summary of what was before. */
  summaryStep: z.string().optional(),
});
type GoalCarry = z.infer<typeof goalCarry>;

/** A run that has only a goal, and what is known of it when somebody has to plan. */
export interface GoalRun {
  readonly head: RunHead;
  readonly plans: WindowPlans;
  readonly request: RunRequest;
  readonly agent: AgentDefinition;
  /** Steps that have failed and are no longer waited for. */
  readonly failed: readonly OpenStep[];
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
    if (failed.length > 0) return this.#ask('revise', { failed });
    if (head.revision === 0) return this.#ask('plan', {});
    const last = planOf(plans, head.revision);
    const [asked] = last.steps;
    if (last.author === 'engine' && asked) return this.#afterModel(asked);
    // The planner's steps are over.
    if (this.#run.agent.planning === 'incremental' && !this.#carried.last) return this.#planOn();
    return this.#run.agent.verify ? this.#ask('verify', {}) : this.#end({ output: last.output, read: last.read });
  }

  /** What is too much to be told one by one is shortened first. */
  #planOn(): Promise<GoalPlan> {
    return this.#told().length > toldResults ? this.#ask('compact', {}) : this.#ask('plan', {});
  }

  get #carried(): GoalCarry {
    const { head, plans } = this.#run;
    return goalCarry.parse((head.revision === 0 ? undefined : planOf(plans, head.revision).carry) ?? {});
  }

  /** Steps that are over and that no summary speaks of, oldest first. */
  #told(): string[] {
    const { head, plans } = this.#run;
    const over = windowSteps(head, plans).filter(
      ({ step, status }) => status === 'completed' && isForPlans(step.skill, step.action),
    );
    return [...new Set([...this.#carried.told, ...over.map(({ step }) => step.id)])];
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

  async #afterModel(asked: AcceptedStep): Promise<GoalPlan> {
    const { head } = this.#run;
    const { value, argumentTrust } = await this.#reader.output(head, asked);
    const { answer } = modelStepOutput.parse(value);
    switch (asked.action) {
      case 'verify':
        return this.#afterVerdict(verifyAnswer.parse(answer), argumentTrust);
      case 'compact':
        return this.#ask('plan', { summaryStep: asked.id });
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
          ? this.#ask('verify', { output: answer.output, read })
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
          known: this.#knownIds(),
        });
      }
    }
  }

  #playbook(answer: PlanAnswer, read: Trust): GoalPlan {
    const { agent } = this.#run;
    const chosen = chosenPlaybook(answer, agent);
    if (!chosen.ok) return { kind: 'wrong', problem: chosen.problem };
    const reason = `playbook ${answer.playbook}: ${answer.reasoning}`;
    const { steps, output } = chosen;
    const carry = this.#handOn({ last: true });
    const known = this.#knownIds();
    return proposed({ author: 'planner', read, reason, final: !agent.verify, carry, steps, output, known });
  }

  /** A later question means these steps by their ids, also when their revisions are long past. */
  #knownIds(): string[] {
    const { told, summaryStep } = this.#carried;
    return summaryStep === undefined ? told : [...told, summaryStep];
  }

  async #afterVerdict({ satisfied, findings }: z.infer<typeof verifyAnswer>, read: Trust): Promise<GoalPlan> {
    const { head, plans, request } = this.#run;
    if (satisfied) return this.#end(outputBefore(head, plans));
    if (recoveriesLeft(head, request) > 0) return this.#ask('revise', { findings, read });
    return stuck(`the goal is not reached, and the plan was revised as often as it may be. ${findings.join(' ')}`);
  }

  #handOn(change: Partial<GoalCarry>): Json {
    const { told, summaryStep } = this.#carried;
    return { told, ...(summaryStep === undefined ? {} : { summaryStep }), ...change };
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

  async #ask(
    purpose: Exclude<Purpose, typeof plannedPurpose>,
    about: {
      readonly failed?: readonly OpenStep[];
      readonly problems?: readonly string[];
      readonly findings?: readonly string[];
      readonly output?: Json | undefined;
      readonly round?: number;
      readonly read?: Trust;
      readonly summaryStep?: string;
    },
  ): Promise<GoalPlan> {
    const { head, plans, request, agent } = this.#run;
    const summaryStep = about.summaryStep ?? this.#carried.summaryStep;
    const told = about.summaryStep === undefined ? this.#told() : [];
    const { failed = [], problems = [], findings = [], round = 1, output } = about;
    const unfinished = windowSteps(head, plans).filter(
      ({ status }) => status !== 'completed' && status !== 'skipped' && status !== 'compensated',
    );
    const texts = {
      ...{ goal: request.goal, inputUntrusted: request.untrusted, mode: agent.planning ?? 'upfront', round },
      ...{ problems: [...problems], findings: [...findings] },
      skills: shortlistOfAgent(request.goal, agent, this.#registry, shortlistSkills),
      failures: failed.flatMap(({ id, state }) => {
        const entry = unfinished.find(({ step: one }) => one.id === id);
        if (!entry || state.status !== 'failed') return [];
        const { skill, action } = entry.step;
        return [{ stepId: id, skill, action, class: state.failure.class, message: state.failure.message }];
      }),
      playbooks: Object.entries(agent.playbooks).flatMap(([name, { description, input, plan }]) =>
        plan.kind === 'fixed' ? [{ name, description, input: z.toJSONSchema(input, { io: 'input' }) as Json }] : [],
      ),
    };
    const step: PlanStepInput = {
      id: `${purpose}-${head.revision + 1}`,
      skill: modelSkillId,
      action: purpose,
      input: {
        texts: sealedTexts(texts),
        input: '${input}',
        completed: await Promise.all(told.map((id) => this.#toldOf(id))),
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
      carry: { round, generation: head.generation, told, ...(summaryStep === undefined ? {} : { summaryStep }) },
      ...(failed.length > 0 ? { supersedes: unfinished.map(({ step: one }) => one.id) } : {}),
    });
  }

  /** A result as a model is told of it. */
  async #toldOf(id: string): Promise<JsonObject> {
    const { head } = this.#run;
    const found = await this.#reader.findStep(head, id, head.revision);
    if (!found) throw new Error(`Run ${head.runId} has no step '${id}', which its planner is to be told of.`);
    const { skill, action } = found.step;
    const { trust } = await this.#reader.output(head, found.step);
    return { id, skill, action, status: 'completed', output: `\${steps.${id}.output}`, trust };
  }
}

const whys: Readonly<Record<Exclude<Purpose, typeof plannedPurpose>, string>> = {
  plan: 'a model plans for the goal',
  revise: 'a model plans again',
  verify: 'a model checks the goal against the results',
  compact: 'a model shortens what has been',
};

function stuck(reason: string): GoalPlan {
  return { kind: 'stuck', reason };
}

function proposed(value: Proposal): GoalPlan {
  return { kind: 'proposed', value };
}

/** The output that the newest plan before the verdict has declared. */
function outputBefore(head: RunHead, plans: WindowPlans): Pick<Proposal, 'output' | 'read'> {
  const numbers = [...plans.keys()].filter((one) => one <= head.revision).toSorted((a, b) => b - a);
  for (const number of numbers) {
    const { output, read } = planOf(plans, number);
    if (output !== undefined) return { output, read };
  }
  return { output: undefined, read: 'trusted' };
}
