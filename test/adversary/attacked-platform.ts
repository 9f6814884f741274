import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../../core/adapters/memory/index.ts';
import { openCedarAuthorizer } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import type { SkillFunctions } from '../../core/authz/catalogue.ts';
import { withModels } from '../../core/authz/with-models.ts';
import { limits } from '../../core/contract/limits.ts';
import type { DecideEvent, DecideResult, RunIdentity, StepRequest } from '../../core/contract/machine.ts';
import type { Json } from '../../core/model/json.ts';
import { AddressRefused } from '../../core/model/failure.ts';
import { whyNotPublic } from '../../core/model/public-address.ts';
import type { RunHead, RunRequest } from '../../core/model/run.ts';
import type { Completed, NextSteps, Registry, SkillDefinition } from '../../core/model/skill.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { createAdvance } from '../../core/operations/advance-run.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import type { ModelStepOutput } from '../../core/operations/model-skill.ts';
import { loadValue } from '../../core/operations/stored-value.ts';
import type { Authorizer } from '../../core/ports/authorizer.ts';
import type { Clock, Http, Ports } from '../../core/ports/index.ts';
import { CountingIds } from '../fixtures/counting-ids.ts';
import { fixtureAgents, fixturePolicies } from './fixture/agents.ts';
import { fixtureSkills } from './fixture/skills.ts';
import { World } from './fixture/world.ts';
import { addressOf } from './fixture/names.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';

export const releases = ['1.0.0', '1.1.0'] as const;
export type Release = (typeof releases)[number];

type DecideOfReleases = Readonly<Record<Release, (event: DecideEvent) => Promise<DecideResult>>>;

/** A clock that stands where it is put. A sleeper wakes when it is told to only. */
export class StandingClock implements Clock {
  nowMs = 0;

  now(): number {
    return this.nowMs;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

/** What is attacked: the project, its policies compiled, and the network around it. */
export interface Site {
  readonly registries: Readonly<Record<Release, Registry>>;
  /** The same with a model, for runs that have only a goal. */
  readonly goalRegistries?: Readonly<Record<Release, Registry>>;
  readonly authorizer: Authorizer;
  readonly http: Http;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What one thread needs once: the world, the skills in two releases, and the policies compiled. */
export class FixtureSite implements Site {
  readonly world = new World();
  /** What the playbook of every agent answers. */
  script: (completed: Completed) => NextSteps = () => ({ steps: [], done: true });
  /** What the model answers next. */
  thought: ModelStepOutput | undefined;
  readonly registries: Readonly<Record<Release, Registry>>;
  readonly goalRegistries: Readonly<Record<Release, Registry>>;
  readonly authorizer: Authorizer;
  readonly http: Http;
  readonly settings = {};
  readonly secrets = {};

  constructor() {
    this.http = outsideHttp(this.world);
    const agents = new Map(fixtureAgents((completed) => this.script(completed)).map((agent) => [agent.name, agent]));
    const registry = (release: Release): Registry => ({
      skills: new Map(fixtureSkills(this.world, release).map((skill) => [skill.id, skill])),
      agents,
    });
    this.registries = { '1.0.0': registry('1.0.0'), '1.1.0': registry('1.1.0') };
    const model = modelSkill(async () => {
      if (!this.thought) throw new Error('The model was asked, and nobody has said what it answers.');
      return this.thought;
    });
    const planning = (release: Release): Registry => {
      const { skills } = this.registries[release];
      const incremental = [...agents].map(([name, agent]) => [name, { ...agent, planning: 'incremental' }] as const);
      return withModels({ skills, agents: new Map(incremental) }, ['openai:obedient'], model);
    };
    this.goalRegistries = { '1.0.0': planning('1.0.0'), '1.1.0': planning('1.1.0') };
    const policies = compilePolicies(this.goalRegistries['1.0.0']);
    this.authorizer = openCedarAuthorizer(policies, fixturePolicies, { cachedDecisions: 20_000 });
  }
}

/** The engine over memory: Decide and skill hosts, without state machines between them. */
export class AttackedPlatform {
  readonly clock = new StandingClock();
  readonly ports: Ports;
  #advance: DecideOfReleases;
  #advanceGoal: DecideOfReleases;
  readonly functions: SkillFunctions = { arnOf: (id) => `arn:${id}:1` };
  readonly site: Site;
  readonly #ids = new CountingIds();

  constructor(site: Site) {
    this.site = site;
    this.ports = {
      runs: new MemoryRunStore(),
      ledger: new MemoryEffectLedger(),
      blobs: new MemoryBlobStore(),
      engine: { start: async () => 'started', succeedTask: async () => 'settled' },
      http: site.http,
      ...memoryReach(site.secrets),
      clock: this.clock,
      ids: this.#ids,
    };
    this.#advance = this.#decides(site.registries);
    this.#advanceGoal = this.#decides(site.goalRegistries ?? site.registries);
  }

  /** The functions begin anew and remember nothing. */
  coldStart(): void {
    const { registries, goalRegistries } = this.site;
    this.#advance = this.#decides(registries);
    this.#advanceGoal = this.#decides(goalRegistries ?? registries);
  }

  skill(id: string, release: Release): SkillDefinition | undefined {
    const { registries, goalRegistries = registries } = this.site;
    return goalRegistries[release].skills.get(id);
  }

  /**
   * Decide, of a deployment with skills of that release.
   *
   * @param planner who plans when nobody has: the model of the deployment, or nobody, because it has none
   */
  advance(event: DecideEvent, release: Release, planner: 'model' | 'nobody' = 'nobody'): Promise<DecideResult> {
    return (planner === 'model' ? this.#advanceGoal : this.#advance)[release](event);
  }

  #decides(registries: Site['registries']): DecideOfReleases {
    const { ports, functions, site } = this;
    const { authorizer } = site;
    const decided = (release: Release) => {
      const registry = registries[release];
      return createAdvance({ ports, registry, functions, authorizer, limits: limits.parse({}), epoch: undefined });
    };
    return { '1.0.0': decided('1.0.0'), '1.1.0': decided('1.1.0') };
  }

  /** A run that waits for its first plan. */
  async createRun(
    order: Pick<RunRequest, 'tenantId' | 'agent' | 'input' | 'untrusted' | 'playbook'>,
  ): Promise<RunIdentity> {
    const { tenantId, agent } = order;
    const runId = `run-${this.#ids.ulid()}`;
    const nowMs = this.clock.now();
    const request: RunRequest = {
      ...{ ...order, runId, goal: 'Do as the planner says.', labels: {}, requestedBy: 'harness', budget: {} },
      createdAtMs: nowMs,
    };
    const head: RunHead = {
      ...{ tenantId, runId, agent, status: 'pending', generation: 1, version: 1, writeToken: this.#ids.token() },
      ...{ revision: 0, window: [], stepsRetired: 0, burstsInGeneration: 0, lost: {}, occurrences: {} },
      ...{ deadlineMs: nowMs + 10 * 365 * 86_400_000, createdAtMs: nowMs, updatedAtMs: nowMs },
    };
    await this.ports.runs.createRun(request, head);
    return { tenantId, runId, agent, generation: 1 };
  }

  /** An output that was too large to travel with its outcome. */
  async outputOf({ tenantId, skill, runId, stepId, direction }: StepRequest): Promise<Json> {
    const item = await this.ports.ledger.read({ tenantId, skill, runId, stepId, direction });
    return item?.status === 'DONE' ? loadValue(item.result, this.ports.blobs) : null;
  }

  /** Hands an order to the function of a skill, whatever the order says. */
  async execute(request: StepRequest, skill: SkillDefinition): Promise<StepOutcome> {
    const { authorizer, settings } = this.site;
    const worker = { epoch: undefined, deadlineMs: this.clock.now() + 150_000, settings, authorizer };
    return executeStep(request, skill, this.ports, worker);
  }
}

/** The network of the fixture: names that lead where they should not, and answers that send elsewhere. */
function outsideHttp(world: World): Http {
  return {
    fetch: async (url, _init, addresses) => {
      const { hostname, pathname, search } = new URL(url);
      const address = addressOf(hostname, world.random);
      if (address === undefined) throw new TypeError('fetch failed');
      // As the adapter of the network does it; the oracle is told of every connection that is made.
      const why = addresses === 'public' ? whyNotPublic(address) : undefined;
      if (why !== undefined) throw new AddressRefused(hostname, address, why);
      world.connections.push({ skill: world.skill, url, address });
      if (pathname === '/to') return new Response(null, { status: 302, headers: { location: search.slice(1) } });
      if (pathname === '/loop') return new Response(null, { status: 307, headers: { location: '/loop' } });
      return new Response('page');
    },
  };
}
