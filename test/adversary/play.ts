import type { DecideEvent, Dispatch, RunIdentity, StepRequest } from '../../core/contract/machine.ts';
import type { Json } from '../../core/model/json.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import type { PlanStepInput } from '../../core/model/plan.ts';
import type { Completed, NextSteps } from '../../core/model/skill.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { carried } from './attack.ts';
import type { Attack } from './attack.ts';
import type { AttackedPlatform, FixtureSite, Release } from './attacked-platform.ts';
import { releases } from './attacked-platform.ts';
import { forged } from './forge.ts';
import { propose } from './gate-door.ts';
import { HostileModel } from './hostile-model.ts';
import type { Oracle, Order } from './oracle/judge.ts';
import { askPerson } from './person.ts';

/** What became of one attack. */
export interface Played {
  readonly reachedDispatch: boolean;
  /** Code with an effect was called, and nothing of it was forged. */
  readonly effects: number;
  readonly approvals: number;
  readonly ended: string;
  /** Plans that the gate should have refused. */
  readonly passed: readonly string[];
  /** Orders of Decide that were not authorised. */
  readonly leaked: readonly string[];
  /** What reached the world without being authorised. */
  readonly unauthorized: readonly string[];
}

const mostTurns = 60;
const pureActions = new Set([
  'Bank:v1/balance',
  'Mail:v1/list',
  'Mail:v1/read',
  'Web:v1/get',
  'Text:v1/join',
  'Text:v1/template',
  'Text:v1/number',
  'Think:v1/summarize',
  'Notes:v1/read',
  'Users:v1/read',
  'Users:v2/read',
]);

/** Plays one attack to its end against the engine, and has both borders judged. */
export class Play {
  readonly #attack: Attack;
  readonly #platform: AttackedPlatform;
  readonly #site: FixtureSite;
  readonly #oracle: Oracle;
  readonly #model: HostileModel;
  readonly #passed: string[] = [];
  readonly #leaked: string[] = [];
  readonly #unauthorized: string[] = [];
  readonly #orders: StepRequest[] = [];
  readonly #seen = new Map<string, Json>();
  /** What the playbook has said, by the revision that it was asked after. */
  readonly #said = new Map<number, NextSteps>();
  readonly #suspected = new Map<number, string>();
  #effects = 0;
  #approvals = 0;
  #proposed = 0;
  /** What skill hosts run now, and what Decide knows of. */
  #hosted: Release = releases[0];
  #known: Release = releases[0];

  constructor(attack: Attack, platform: AttackedPlatform, site: FixtureSite, oracle: Oracle) {
    this.#attack = attack;
    this.#platform = platform;
    this.#site = site;
    this.#oracle = oracle;
    this.#model = new HostileModel(attack, oracle);
  }

  async play(): Promise<Played> {
    const { tenantId, agent, input, untrusted, nowMs, seed, script, unanswered } = this.#attack;
    this.#platform.clock.nowMs = nowMs;
    this.#site.world.begin(seed, unanswered);
    const playbook = script === 'playbook' ? { playbook: 'scripted' } : {};
    const run = await this.#platform.createRun({ tenantId, agent, input, untrusted: [...untrusted], ...playbook });
    this.#site.script = (completed) => this.#more(run, completed);
    this.#oracle.begin(run.runId, { tenantId, agent, input, untrusted });
    const ended = await this.#run(run);
    await this.#confirmSuspicions(run);
    const reachedDispatch = this.#orders.length > 0;
    if (!this.#attack.early) await this.#forge(false);
    return {
      ...{ reachedDispatch, effects: this.#effects, approvals: this.#approvals, ended },
      ...{ passed: this.#passed, leaked: this.#leaked, unauthorized: this.#unauthorized },
    };
  }

  async #run(run: RunIdentity): Promise<string> {
    if (this.#attack.script === 'proposed' && !(await this.#propose(run))) return 'rejected';
    let event: DecideEvent = run;
    for (let turn = 0; turn < mostTurns; turn += 1) {
      if (this.#attack.cold) this.#platform.coldStart();
      const planner = this.#attack.script === 'goal' ? 'model' : 'nobody';
      const result = await this.#platform.advance(event, this.#known, planner);
      const wrong = await this.#model.judge(run, this.#platform.ports.runs);
      if (wrong !== undefined) this.#passed.push(wrong);
      switch (result.next) {
        case 'execute':
          if (await this.#isOvertaken(result.items)) return 'overtaken by a forged order';
          event = { ...event, state: result.state, outcomes: await this.#wave(result.items) };
          break;
        case 'pause':
          this.#until(result.until);
          event = { ...event, state: result.state, outcomes: [] };
          break;
        case 'wait':
          this.#until(result.until);
          event = await this.#newest(run);
          break;
        case 'continue':
          event = await this.#newest(run);
          break;
        case 'human': {
          const answer = await askPerson(result.notice, this.#attack.person, this.#platform, this.#oracle);
          if (answer === 'approved') this.#approvals += 1;
          if (this.#attack.released !== 'never') this.#hosted = releases[1];
          if (this.#attack.released === 'everywhere') this.#known = releases[1];
          if (answer === 'unanswered' && !(await this.#propose(run))) return `waits: ${result.notice.reason}`;
          event = await this.#newest(run);
          break;
        }
        case 'done':
          return result.status;
        case 'failed':
          return 'failed';
        case 'long':
        case 'rollover':
          return result.next;
      }
    }
    return 'no end';
  }

  /** A person's answer gives the run to the next generation. */
  async #newest(run: RunIdentity): Promise<RunIdentity> {
    const head = await this.#platform.ports.runs.readHead(run);
    return { ...run, generation: head?.generation ?? run.generation };
  }

  /** The next plan of the attacker, if he has one left. */
  async #propose(run: RunIdentity): Promise<boolean> {
    const revision = this.#attack.revisions[this.#proposed];
    if (!revision || this.#attack.script !== 'proposed') return false;
    this.#proposed += 1;
    const { author } = revision;
    const seen = this.#oracle.seenIn(run.runId);
    const read = revision.read === 'untrusted' || seen === 'untrusted' ? 'untrusted' : seen;
    const steps = revision.steps(this.#seen);
    const final = this.#proposed === this.#attack.revisions.length;
    const written = structuredClone(steps);
    if (!(await propose(this.#platform, run, { author, steps, read, final }, this.#known))) return false;
    const wrong = this.#oracle.accepted(run.runId, {
      steps: written,
      author: author === 'human' ? 'person' : author,
      read,
    });
    if (wrong !== undefined) this.#passed.push(wrong);
    return true;
  }

  /** Forged orders come before the true ones of a wave; what then becomes of the run is no question of permissions. */
  async #isOvertaken(items: readonly Dispatch[]): Promise<boolean> {
    const { early, forge, seed } = this.#attack;
    if (!early || forge.length === 0 || (this.#approvals === 0 && seed % 3 > 0)) return false;
    await this.#judgeOrders(items);
    await this.#forge(true);
    return true;
  }

  async #judgeOrders(items: readonly Dispatch[]): Promise<void> {
    for (const { request } of items) {
      // The questions of the engine itself; that a plan asks none of them is judged at the gate.
      if (request.skill === modelSkillId) continue;
      const order = orderOf(request, await this.#argumentsOf(request), false);
      // An order to settle begins nothing; should it do so all the same, the world tells.
      const wrong = request.settleOnly
        ? undefined
        : this.#oracle.dispatched(order, this.#known, this.#platform.clock.now());
      if (wrong !== undefined) this.#leaked.push(wrong);
      this.#orders.push(request);
    }
  }

  /** What the playbook of the run says next. It answers a question that is asked again as it did before. */
  #more(run: RunIdentity, { revision, outputs, carry }: Completed): NextSteps {
    const known = this.#said.get(revision);
    if (known) return structuredClone(known);
    const next = this.#attack.revisions[revision];
    if (!next) return { steps: [], done: true };
    const steps = next.steps(new Map(Object.entries({ ...outputs, [carried]: carry })));
    const read = this.#oracle.toldIn(run.runId);
    const wrong = this.#oracle.accepted(run.runId, { steps: structuredClone(steps), author: 'playbook', read });
    this.#said.set(revision, {
      steps: steps as PlanStepInput[],
      done: revision + 1 === this.#attack.revisions.length,
      carry: outputs['mail'] ?? carry,
    });
    if (wrong !== undefined) this.#suspected.set(revision + 1, wrong);
    return this.#more(run, { count: 0, revision, outputs, carry });
  }

  /** A plan that should not have been accepted, and was. */
  async #confirmSuspicions(run: RunIdentity): Promise<void> {
    for (const [revision, wrong] of this.#suspected) {
      if (await this.#platform.ports.runs.readPlan(run, revision)) this.#passed.push(wrong);
    }
  }

  async #wave(items: readonly Dispatch[]): Promise<StepOutcome[]> {
    await this.#judgeOrders(items);
    this.#platform.clock.nowMs += this.#attack.delayMs;
    const outcomes: StepOutcome[] = [];
    for (const { request } of items) outcomes.push(await this.#execute(request, this.#hosted, false));
    return outcomes;
  }

  async #execute(request: StepRequest, release: Release, isForged: boolean): Promise<StepOutcome> {
    const { world } = this.#site;
    const skill = this.#platform.skill(request.skill, release);
    if (!skill) throw new Error(`There is no function of '${request.skill}'.`);
    if (request.skill === modelSkillId) {
      this.#site.thought = this.#model.answer(request, this.#seen);
      return this.#platform.execute(request, skill);
    }
    const order = orderOf(request, await this.#argumentsOf(request), isForged);
    const [happenings, connections] = [world.happenings.length, world.connections.length];
    const outcome = await this.#platform.execute(request, skill);
    for (const happening of world.happenings.slice(happenings)) {
      const wrong = this.#oracle.happened(order, happening, this.#platform.clock.now());
      if (wrong !== undefined) this.#unauthorized.push(`${isForged ? 'forged: ' : ''}${wrong}`);
      if (!isForged && !pureActions.has(`${happening.skill}/${happening.action}`)) this.#effects += 1;
    }
    for (const connection of world.connections.slice(connections)) {
      const wrong = this.#oracle.connected(connection);
      if (wrong !== undefined) this.#unauthorized.push(wrong);
    }
    if (outcome.kind === 'done' && !isForged) {
      const output = outcome.output ?? (await this.#platform.outputOf(request));
      const wrong = this.#oracle.answered(order, output);
      if (wrong !== undefined) this.#unauthorized.push(wrong);
      this.#seen.set(request.stepId, output);
    }
    return outcome;
  }

  async #forge(isEarly: boolean): Promise<void> {
    const { clock } = this.#platform;
    const { nowMs } = clock;
    for (const how of this.#attack.forge) {
      // A note that is planted past Decide carries the label of the order that was stolen, whatever its text.
      const original = this.#orders.findLast(({ skill }) => skill !== 'Notes:v1');
      if (!original) return;
      const order = forged(how, original, await this.#argumentsOf(original), { seed: this.#attack.seed, isEarly });
      if (order.nowMs !== undefined) clock.nowMs = order.nowMs;
      await this.#execute(order.request, order.release, true);
      clock.nowMs = nowMs;
    }
  }

  async #argumentsOf({ input }: StepRequest): Promise<Json> {
    return input.kind === 'inline'
      ? input.value
      : (JSON.parse(await this.#platform.ports.blobs.get(input.key)) as Json);
  }

  #until(at: string): void {
    const { clock } = this.#platform;
    clock.nowMs = Math.max(clock.nowMs + 1, Date.parse(at));
  }
}

function orderOf(request: StepRequest, args: Json, isForged: boolean): Order {
  const { tenantId, runId, agent, stepId, skill, action, doubted } = request;
  return { tenantId, runId, agent, stepId, skill, action, args, doubted, forged: isForged };
}
