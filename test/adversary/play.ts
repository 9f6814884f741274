import type { DecideEvent, Dispatch, RunIdentity, StepRequest } from '../../core/contract/machine.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import type { Json } from '../../core/model/json.ts';
import { isForPlans, modelSkillId } from '../../core/model/model-step.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import type { Attack, Script } from './attack.ts';
import type { AttackedPlatform, FixtureSite, Release } from './attacked-platform.ts';
import { releases } from './attacked-platform.ts';
import { fixedPlaybooks } from './fixture/playbooks.ts';
import { forged } from './forge.ts';
import type { Oracle } from './oracle/judge.ts';
import type { Order } from './oracle/known-run.ts';
import { hasEffect, orderOf, releaseOf } from './orders.ts';
import { askPerson } from './person.ts';
import { PlayedRun } from './played-run.ts';

/** What became of one attack. */
export interface Played {
  readonly reachedDispatch: boolean;
  /** Code with an effect was called, and nothing of it was forged. */
  readonly effects: number;
  readonly approvals: number;
  readonly ended: string;
  /** Runs that were begun by others. */
  readonly below: number;
  /** Of these, those that ordered something, and what of it had an effect. */
  readonly dispatchedBelow: number;
  readonly effectsBelow: number;
  /** Plans that the gate should have refused. */
  readonly passed: readonly string[];
  /** Orders of Decide that were not authorised. */
  readonly leaked: readonly string[];
  /** What reached the world without being authorised. */
  readonly unauthorized: readonly string[];
}

const mostTurns = 60;
/** Looks at a run that waits for a person before the attack is over. */
const looksAtStuck = 3;
const deadlineMs = 10 * 365 * 86_400_000;
/** Plays one attack to its end against the engine, and has both borders judged. */
export class Play {
  readonly #attack: Attack;
  readonly #platform: AttackedPlatform;
  readonly #site: FixtureSite;
  readonly #oracle: Oracle;
  readonly #passed: string[] = [];
  readonly #leaked: string[] = [];
  readonly #unauthorized: string[] = [];
  readonly #orders: StepRequest[] = [];
  readonly #runs = new Map<string, PlayedRun>();
  /** Runs that were begun, with the one that has begun each, and were not yet played. */
  readonly #begun: { readonly run: PlayedRun; readonly by: PlayedRun }[] = [];
  /** Runs that forged orders have begun. */
  readonly #leftAlone = new Set<string>();
  readonly #dispatchedBelow = new Set<string>();
  #effects = 0;
  #effectsBelow = 0;
  #approvals = 0;
  /** What skill hosts run now, and what Decide knows of. */
  #hosted: Release = releases[0];
  #known: Release = releases[0];

  constructor(attack: Attack, platform: AttackedPlatform, site: FixtureSite, oracle: Oracle) {
    this.#attack = attack;
    this.#platform = platform;
    this.#site = site;
    this.#oracle = oracle;
  }

  async play(): Promise<Played> {
    const { tenantId, agent, input, untrusted, nowMs, seed, script, unanswered, budget, deployment } = this.#attack;
    this.#platform.clock.nowMs = nowMs;
    this.#platform.started.length = 0;
    this.#site.world.begin(seed, unanswered);
    const playbook = script === 'playbook' ? { playbook: 'scripted' } : {};
    const asked = { tenantId, agent, input, untrusted: [...untrusted], budget };
    const identity = await this.#platform.createRun({ ...asked, ...playbook });
    const thinks = this.#platform.thinks(agent, deployment);
    this.#oracle.begin(identity.runId, {
      ...{ ...asked, goal: 'trusted', thinks, requestedBy: 'harness', depth: 0 },
      deadlineMs: nowMs + deadlineMs,
    });
    const run = this.#play(identity, { agent, input, depth: 0, thinks }, script);
    const ended = await this.#drive(run);
    for (const one of this.#runs.values()) this.#passed.push(...(await one.confirmed(this.#platform)));
    const reachedDispatch = this.#orders.length > 0;
    if (!this.#attack.early) await this.#forge(run, false);
    return {
      ...{ reachedDispatch, effects: this.#effects, approvals: this.#approvals, ended },
      ...{ below: this.#runs.size - 1, dispatchedBelow: this.#dispatchedBelow.size, effectsBelow: this.#effectsBelow },
      ...{ passed: this.#passed, leaked: this.#leaked, unauthorized: this.#unauthorized },
    };
  }

  #play(identity: RunIdentity, at: PlayedRun['at'], script: Script | 'fixed'): PlayedRun {
    const index = this.#runs.size;
    const { revisions, below, seed } = this.#attack;
    const plans = index === 0 ? revisions : below(index);
    const run = new PlayedRun(identity, at, { script, revisions: plans }, this.#oracle, seed * 17 + index);
    this.#runs.set(identity.runId, run);
    return run;
  }

  async #drive(run: PlayedRun): Promise<string> {
    const { identity, script, model } = run;
    if (script === 'proposed' && !(await this.#propose(run))) return 'rejected';
    let event: DecideEvent = identity;
    let looks = 0;
    for (let turn = 0; turn < mostTurns; turn += 1) {
      if (this.#attack.cold) this.#platform.coldStart();
      this.#site.script = (completed) => run.more(completed);
      const result = await this.#platform.advance(event, this.#known, this.#attack.deployment);
      const wrong = await model.judge(identity, this.#platform.ports.runs);
      if (wrong !== undefined) this.#passed.push(wrong);
      switch (result.next) {
        case 'execute':
          if (await this.#isOvertaken(run, result.items)) return 'overtaken by a forged order';
          event = { ...event, state: result.state, outcomes: await this.#wave(run, result.items) };
          break;
        case 'pause':
        case 'wait':
          await this.#playBegun();
          if (run.stuckBelow > 0 && (looks += 1) > looksAtStuck) return 'waits for a run that waits';
          this.#until(result.until);
          event = result.next === 'pause' ? { ...event, state: result.state, outcomes: [] } : await this.#newest(run);
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

  /** Plays what was begun, each to its end. */
  async #playBegun(): Promise<void> {
    for (let next = this.#begun.shift(); next; next = this.#begun.shift()) {
      const ended = await this.#drive(next.run);
      if (ended.startsWith('waits')) next.by.stuckBelow += 1;
    }
  }

  /** A person's answer gives the run to the next generation. */
  async #newest({ identity }: PlayedRun): Promise<RunIdentity> {
    const head = await this.#platform.ports.runs.readHead(identity);
    return { ...identity, generation: head?.generation ?? identity.generation };
  }

  async #propose(run: PlayedRun): Promise<boolean> {
    const { accepted, wrong } = await run.propose(this.#platform, this.#known, this.#attack.deployment);
    if (wrong !== undefined) this.#passed.push(wrong);
    return accepted;
  }

  /** Forged orders come before the true ones of a wave; what then becomes of the run is no question of permissions. */
  async #isOvertaken(run: PlayedRun, items: readonly Dispatch[]): Promise<boolean> {
    const { early, forge, seed } = this.#attack;
    if (!early || forge.length === 0 || (this.#approvals === 0 && seed % 3 > 0)) return false;
    await this.#judgeOrders(run, items);
    await this.#forge(run, true);
    return true;
  }

  async #judgeOrders(run: PlayedRun, items: readonly Dispatch[]): Promise<void> {
    for (const { request } of items) {
      // The questions of the engine itself; that a plan asks none of them is judged at the gate.
      if (!isForPlans(request.skill, request.action)) continue;
      const order = orderOf(request, await this.#argumentsOf(request), false);
      // An order to settle begins nothing; should it do so all the same, the world tells.
      const wrong = request.settleOnly
        ? undefined
        : this.#oracle.dispatched(order, releaseOf(request, this.#known), this.#platform.clock.now());
      if (wrong !== undefined) this.#leaked.push(wrong);
      this.#orders.push(request);
      if (run.at.depth > 0) this.#dispatchedBelow.add(request.runId);
    }
  }

  async #wave(run: PlayedRun, items: readonly Dispatch[]): Promise<StepOutcome[]> {
    await this.#judgeOrders(run, items);
    this.#platform.clock.nowMs += this.#attack.delayMs;
    const outcomes: StepOutcome[] = [];
    for (const { request } of items) outcomes.push(await this.#execute(run, request, this.#hosted, false));
    // What was begun may be over before the run above decides again, or begin only when it waits.
    if (this.#attack.seed % 2 === 0) await this.#playBegun();
    return outcomes;
  }

  async #execute(run: PlayedRun, request: StepRequest, release: Release, isForged: boolean): Promise<StepOutcome> {
    const args = await this.#argumentsOf(request);
    if (request.skill === modelSkillId) this.#site.thought = run.model.answer(request, args, run.seen);
    const order = orderOf(request, args, isForged);
    const outcome = await this.#watched(order, request, release);
    if (request.skill === agentSkillId) await this.#judgeBegun(order, run);
    if (outcome.kind === 'done' && !isForged && isForPlans(request.skill, request.action)) {
      const output = outcome.output ?? (await this.#platform.outputOf(request));
      const wrong = this.#oracle.answered(order, output);
      if (wrong !== undefined) this.#unauthorized.push(wrong);
      run.seen.set(request.stepId, output);
    }
    return outcome;
  }

  /** Carries an order out, and has judged what happened in the world meanwhile. */
  async #watched(order: Order, request: StepRequest, release: Release): Promise<StepOutcome> {
    const { world } = this.#site;
    const [happenings, connections] = [world.happenings.length, world.connections.length];
    const skill = this.#platform.skill(request.skill, release);
    if (!skill) throw new Error(`There is no function of '${request.skill}'.`);
    const outcome =
      request.skill === agentSkillId
        ? await this.#platform.pursue(request, release, this.#attack.deployment)
        : await this.#platform.execute(request, skill);
    for (const happening of world.happenings.slice(happenings)) {
      const wrong = this.#oracle.happened(order, happening, this.#platform.clock.now());
      if (wrong !== undefined) this.#unauthorized.push(`${order.forged ? 'forged: ' : ''}${wrong}`);
      if (order.forged || !hasEffect(happening)) continue;
      this.#effects += 1;
      if ((this.#runs.get(order.runId)?.at.depth ?? 0) > 0) this.#effectsBelow += 1;
    }
    for (const connection of world.connections.slice(connections)) {
      const wrong = this.#oracle.connected(connection);
      if (wrong !== undefined) this.#unauthorized.push(wrong);
    }
    return outcome;
  }

  /** Runs that an order has begun; those of a forged one are judged and left alone. */
  async #judgeBegun(order: Order, by: PlayedRun): Promise<void> {
    const { runs } = this.#platform.ports;
    const { started, clock } = this.#platform;
    for (const identity of started.splice(0)) {
      if (this.#runs.has(identity.runId) || this.#leftAlone.has(identity.runId)) continue;
      const [request, head] = await Promise.all([runs.readRequest(identity), runs.readHead(identity)]);
      if (!request || !head) throw new Error(`Run ${identity.runId} was started and is not there.`);
      const thinks = this.#platform.thinks(request.agent, this.#attack.deployment);
      const stored = { request, deadlineMs: head.deadlineMs, thinks };
      const wrong = this.#oracle.begun(order, stored, releases[0], clock.now());
      if (wrong !== undefined) this.#unauthorized.push(`${order.forged ? 'forged: ' : ''}${wrong}`);
      if (order.forged) {
        this.#leftAlone.add(identity.runId);
        continue;
      }
      const { agent, input, playbook } = request;
      const script = playbook === undefined ? 'goal' : Object.hasOwn(fixedPlaybooks, playbook) ? 'fixed' : 'playbook';
      const run = this.#play(identity, { agent, input, depth: by.at.depth + 1, thinks }, script);
      if (script === 'fixed') run.followsPlaybook(playbook ?? '');
      this.#begun.push({ run, by });
    }
  }

  async #forge(run: PlayedRun, isEarly: boolean): Promise<void> {
    const { clock } = this.#platform;
    const { nowMs } = clock;
    for (const how of this.#attack.forge) {
      // A note that is planted past Decide carries the label of the order that was stolen, whatever its text.
      const original = this.#orders.findLast(({ skill }) => skill !== 'Notes:v1' && skill !== modelSkillId);
      if (!original) return;
      const deepest = [...this.#runs.values()].toSorted((a, b) => b.at.depth - a.at.depth)[0]?.identity.runId;
      const about = { seed: this.#attack.seed, isEarly, deepest: deepest ?? original.runId };
      const order = forged(how, original, await this.#argumentsOf(original), about);
      if (order.nowMs !== undefined) clock.nowMs = order.nowMs;
      await this.#execute(run, order.request, order.release, true);
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
